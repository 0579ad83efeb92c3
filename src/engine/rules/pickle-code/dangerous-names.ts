// What a pickle must not import: modules and functions that run code, start programs, touch files, the network or memory,
// or load further pickles. A module listed here condemns its submodules as well. Nothing depends on this list being
// complete: what is on no list is "review", never clean.

export interface DangerousGroup {
  readonly why: string;
  /** Whole modules, submodules included. */
  readonly modules?: readonly string[];
  /** 'module.name'; dotted names below them are condemned as well. */
  readonly names?: readonly string[];
}

export const BUILTINS: ReadonlySet<string> = new Set(['builtins', '__builtin__', '__builtins__']);
/** Do harm by themselves. */
export const HARMFUL_BUILTIN_NAMES: ReadonlySet<string> = new Set(['eval', 'exec', 'compile', 'execfile', '__import__', 'open', 'file', 'input', 'raw_input', 'breakpoint', 'getattr', 'setattr', 'delattr', 'globals', 'locals', 'vars', 'apply', '__build_class__', 'exit', 'quit', 'help', 'reload', 'map', 'filter', 'license']);
/** Help to build harm, and have no place in a model. */
export const ODD_BUILTIN_NAMES: ReadonlySet<string> = new Set(['memoryview', 'classmethod', 'staticmethod', 'property', 'super', 'dir', 'callable', 'next', 'iter', 'type', 'reduce', 'credits', 'copyright']);

export const DANGEROUS: readonly DangerousGroup[] = [
  {
    why: 'runs programs or system calls',
    modules: ['os', 'posix', 'nt', 'posixpath', 'ntpath', 'subprocess', '_posixsubprocess', '_winapi', 'commands', 'popen2', 'pty', 'tty', 'pexpect', 'sh', 'plumbum', 'fabric', 'invoke', 'paramiko', 'multiprocessing', 'concurrent', 'asyncio', 'distutils', 'setuptools', 'pip', 'ensurepip', 'venv', 'signal', 'psutil', 'resource', 'faulthandler', 'crypt', 'pwd', 'grp', 'spwd', 'syslog', 'termios', 'fcntl', 'winreg', '_winreg', 'msvcrt', 'win32api', 'win32com', 'winrm', 'sched', 'dbm', 'antigravity', 'this', 'nturl2path'],
    names: ['platform.popen', 'cgitb.lookup', 'uuid._get_command_stdout', 'uuid._popen', 'ctypes.util._get_soname', 'numpy.distutils.exec_command', 'torch.utils.cpp_extension', 'torch.utils.collect_env', 'torch._inductor', 'torch.distributed.run', 'torch.distributed.elastic', 'torch.distributed.launcher', 'lib2to3.pgen2.pgen.generate_grammar', 'numpy.f2py', 'tensorflow.python.platform', 'IPython.utils.process'],
  },
  {
    why: 'runs or compiles Python code',
    modules: ['code', 'codeop', 'runpy', 'pdb', 'bdb', 'cProfile', 'profile', 'trace', 'timeit', 'doctest', 'unittest', 'test', 'idlelib', 'pydoc', 'py_compile', 'compileall', 'zipimport', 'importlib', 'imp', 'pkgutil', 'site', 'lib2to3', 'ast', 'symtable', 'dis', 'inspect', 'types', 'new', 'gc', 'sys', 'atexit', 'weakref', 'threading', '_thread', 'thread', 'linecache', 'rlcompleter', 'IPython', 'jupyter', 'nbformat', 'pytest', '_pytest', 'nose', 'sympy', 'numexpr', 'js2py', 'jinja2', 'mako', 'Cython', 'cffi', 'numba', 'llvmlite', 'execnet', 'RestrictedPython', 'asteval', '_testcapi', '_xxsubinterpreters', '_interpreters', 'functools', 'operator', '_operator', 'itertools', 'contextlib', 'tracemalloc', 'readline', 'cmd', 'cgi', 'cgitb', 'wsgiref', 'modulefinder', 'pyclbr', 'tkinter', 'turtle', 'turtledemo', 'curses', 'xdrlib'],
    names: ['logging.config', 'logging.FileHandler', 'logging.handlers', 'pandas.eval', 'pandas.core.computation', 'pandas.core.frame.DataFrame.eval', 'pandas.core.frame.DataFrame.query', 'pandas.DataFrame.query', 'numpy.testing', 'numpy.core._internal', 'numpy.ma.timer_comparison', 'numpy.f2py', 'torch.jit.unsupported_tensor_ops', 'torch.jit.annotations', 'torch.fx', 'torch._dynamo', 'torch.package', 'torch.utils.bottleneck', 'torch.utils._config_module', 'torch.testing._internal', 'torch._C', 'torch.ops', 'torch._ops', 'torch.library', 'tensorflow.py_function', 'keras.src.legacy', 'keras.layers.Lambda', 'keras.src.layers.core.lambda_layer', 'transformers.dynamic_module_utils', 'hydra.utils.call', 'hydra.utils.instantiate', 'hydra.utils.get_method', 'hydra.utils.get_class', 'hydra.utils.get_object', 'hydra._internal', 'transformers.utils.import_utils', 'sklearn.externals', 'scipy.weave', 'collections.namedtuple', 'dataclasses.make_dataclass', 'enum.Enum', 'pyparsing.unicode', 'copyreg.add_extension', 'copy_reg.add_extension'],
  },
  {
    why: 'loads further pickles or models, which can run code in turn',
    modules: ['pickle', '_pickle', 'cPickle', 'pickletools', 'shelve', 'marshal', 'dill', 'cloudpickle', '_compat_pickle', 'jsonpickle', 'yaml', 'ruamel', 'skops', 'mlflow', 'hickle', 'klepto', 'pathos', 'ray', 'dask', 'srsly'],
    names: ['joblib.load', 'joblib.numpy_pickle.load', 'joblib.memory', 'joblib.externals', 'joblib.parallel', 'joblib._parallel_backends', 'numpy.load', 'numpy.lib.npyio', 'numpy.lib._npyio_impl', 'numpy.lib.format', 'numpy.loadtxt', 'numpy.genfromtxt', 'numpy.DataSource', 'torch.load', 'torch.save', 'torch.hub', 'torch.serialization', 'torch.jit.load', 'torch.jit.save', 'torch.jit._serialization', 'torch.storage._load_from_bytes', 'torch.package.PackageImporter', 'torch.utils.data.datapipes', 'torch.distributed.checkpoint', 'torch.distributed.rpc', 'torch.multiprocessing', 'torch.utils.model_zoo', 'torchvision.datasets', 'pandas.read_pickle', 'pandas.io', 'pandas.read_csv', 'pandas.DataFrame.to_csv', 'pandas.to_pickle', 'keras.models.load_model', 'keras.saving', 'keras.utils.get_file', 'tensorflow.keras.models.load_model', 'tensorflow.keras.utils.get_file', 'tensorflow.saved_model', 'tensorflow.io', 'transformers.pipeline', 'transformers.pipelines', 'huggingface_hub', 'sklearn.datasets', 'xgboost.Booster.load_model', 'spacy.load', 'nltk.data.load', 'nltk.downloader', 'datasets.load_dataset', 'scipy.io', 'statsmodels.iolib.smpickle'],
  },
  {
    why: 'reads or writes files',
    modules: ['shutil', 'tempfile', 'fileinput', 'glob', 'io', '_io', '_pyio', 'zipfile', 'tarfile', 'gzip', 'bz2', 'lzma', 'mmap', 'sqlite3', '_sqlite3', 'aiofiles', 'fsspec', 'pyfilesystem', 'h5py', 'netrc', 'plistlib', 'configparser', 'csv', 'filecmp', 'stat', 'tokenize', 'mailbox', 'mailcap'],
    names: ['codecs.open', 'pathlib.Path.write_text', 'pathlib.Path.write_bytes', 'pathlib.Path.unlink', 'pathlib.Path.open', 'pathlib.Path.read_text', 'pathlib.Path.read_bytes', 'pathlib.Path.touch', 'pathlib.Path.rename', 'pathlib.Path.rmdir', 'pathlib.Path.chmod', 'pathlib.Path.mkdir', 'numpy.save', 'numpy.savez', 'numpy.savetxt', 'xml.sax', 'xml.etree', 'xml.dom'],
  },
  {
    why: 'opens network connections',
    modules: ['socket', '_socket', 'ssl', '_ssl', 'socketserver', 'SocketServer', 'http', 'httplib', 'httplib2', 'urllib', 'urllib2', 'urllib3', 'requests', 'requests_oauthlib', 'httpx', 'aiohttp', 'ftplib', 'smtplib', 'smtpd', 'poplib', 'imaplib', 'nntplib', 'telnetlib', 'xmlrpc', 'xmlrpclib', 'webbrowser', 'asyncore', 'asynchat', 'select', 'selectors', 'BaseHTTPServer', 'SimpleHTTPServer', 'CGIHTTPServer', 'tornado', 'twisted', 'flask', 'django', 'websocket', 'websockets', 'zmq', 'grpc', 'boto', 'boto3', 'botocore', 'google', 'azure', 'pycurl', 'wget', 'dns', 'scapy', 'impacket', 'nmap', 'redis', 'pymongo', 'psycopg2', 'mysql', 'pymysql', 'sqlalchemy', 'gradio', 'streamlit'],
  },
  { why: 'reaches into memory or native code', modules: ['ctypes', '_ctypes', '_ctypes_test', 'pyffi', 'ptrace', 'frida', 'keyboard', 'pynput', 'pyautogui'] },
];

export interface DangerousAct {
  readonly why: string;
  /** Of 'module.name' as a whole. */
  readonly name: RegExp;
}

/**
 * What does the same harm wherever it stands: frameworks keep these under several names (torch.ops.load_library and
 * torch._classes._Classes.load_library, FloatStorage.from_file and UntypedStorage.from_file), and move them.
 */
export const DANGEROUS_ACTS: readonly DangerousAct[] = [
  { why: 'loads native code', name: /\.(?:load_library|load_op_library|_load_lib|LoadLibrary|dlopen)(?:\.|$)/ },
  { why: 'imports whatever name it is given', name: /\.(?:_?import_(?:dotted_name|string|item|module|modules_from_strings)|symbol_by_name)(?:\.|$)/ },
  { why: 'reads, writes or maps a file', name: /\.(?:fromfile|tofile|memmap|ndarray\.dump|[A-Za-z]{0,40}Storage\.(?:from_file|_set_from_file|_write_file|_new_(?:using|shared)_filename_cpu))(?:\.|$)|^(?:torch|torch\.Tensor)\.from_file$|^tensorflow\..{0,200}\.(?:read_file|write_file|ReadFile|WriteFile)$/ },
];
