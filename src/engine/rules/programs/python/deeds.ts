// What a Python source does that no model's code needs, judged by its calls (calls.ts): text that is decoded or downloaded and
// then run, shells handed to connections, commands of a shell, folders of the person's deleted, keys read, the machine's
// settings sent away, programs reached for by names put together. Reading settings, building extensions, asking nvcc for its
// version and downloading weights are ordinary. What it can miss: see calls.ts; commands that are put together at run time.
import { FORMAT_ESCAPE } from '../../code-in-text.ts';
import { DATA_FILE, pythonFacts, type Call, type PythonFacts } from './calls.ts';
import { TextBudget } from './text-budget.ts';
import { tokensOf } from './tokens.ts';
import type { Value } from './value.ts';

export interface Deed {
  readonly what: string;
  readonly severity: 'high' | 'medium';
  /** Character in the source. */
  readonly at: number;
}

/** Sources of models' code are shorter (CWE-400). */
const MAX_SOURCE = 2 ** 21;
/** Texts that are decoded and run are read in turn (CWE-674). */
const MAX_NESTED = 3;
const MAX_DEEDS = 16;

export function deedsOf(source: string): Deed[] {
  return deedsIn(source, 0, new TextBudget());
}

/** `budget`: one for a file, with the texts in it that are read as sources of their own. */
function deedsIn(source: string, depth: number, budget: TextBudget): Deed[] {
  const facts = pythonFacts(tokensOf(source.slice(0, MAX_SOURCE)), budget);
  const found = new Map<string, Deed>();
  for (const call of facts.calls) {
    if (!affords(budget, call)) continue;
    const deed = runsHidden(call, depth, budget) ?? startsProgram(call, budget) ?? loadsCode(call) ?? deletes(call) ?? touchesSecrets(call, facts) ?? sendsAway(call) ?? calledIn(call);
    if (deed !== undefined && !found.has(deed.what) && found.size < MAX_DEEDS) found.set(deed.what, { ...deed, at: call.at });
  }
  const carried = uploadsKept(facts);
  if (carried !== undefined && !found.has(carried.what)) found.set(carried.what, carried);
  const format = facts.texts.find(({ text }) => FORMAT_ESCAPE.test(text.slice(0, MAX_SOURCE)));
  if (depth === 0 && budget.isSpent) found.set(TOO_MUCH, { what: TOO_MUCH, severity: 'medium', at: 0 });
  if (format !== undefined) found.set(FORMATS, { what: FORMATS, severity: 'medium', at: format.at });
  const shell = reverseShell(facts);
  if (shell !== undefined && !found.has(shell.what)) found.set(shell.what, shell);
  return [...found.values()];
}

/** Arguments of this size are read as often as they are given; longer ones may be one text that any number of calls share. */
const SHORT = 1000;

function affords(budget: TextBudget, { args, named }: Call): boolean {
  let size = 0;
  for (const { text, items } of [...args, ...named.values()]) size += (text?.length ?? 0) + (items?.reduce((sum, item) => sum + 1 + (item.text?.length ?? 0), 0) ?? 0);
  return size <= SHORT || budget.takes(size);
}

/** Nobody's code does: what is put together behind it may be meant to be passed over. */
const TOO_MUCH = 'puts together more text than can be followed';
const FORMATS = 'holds a format that walks to the interpreter behind what it is given';

type Judged = Omit<Deed, 'at'>;

const RUNS = /^(?:exec|eval|execfile|runpy\.run_\w+|code\.InteractiveInterpreter|types\.(?:FunctionType|CodeType)|ctypes\.CDLL|ctypes\.cdll\.LoadLibrary)$/;
const IMPORTS = /^(?:__import__|importlib\.import_module)$/;
const UNPICKLES = /^(?:pickle|cPickle|_pickle|dill|cloudpickle|marshal|joblib|jsonpickle|shelve)\.(?:loads?|decode|open)$/;
const STARTS = /^(?:os\.(?:system|popen[234]?|startfile|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)|posix\.system|nt\.system|subprocess\.(?:Popen|run|call|check_call|check_output|getoutput|getstatusoutput)|commands\.getoutput|pty\.spawn|asyncio\.create_subprocess_(?:shell|exec)|popen2\.\w+)$/;

function runsHidden({ name, args, named }: Call, depth: number, budget: TextBudget): Judged | undefined {
  const given = [...args, ...named.values()];
  const from = given.map(({ from: origin }) => origin).find((origin) => origin === 'decoded' || origin === 'downloaded');
  if (IMPORTS.test(name) && args[0]?.from === 'decoded' && args[0].carried === true) return { what: 'imports a module by a name that it decodes first', severity: 'high' };
  if (RUNS.test(name)) {
    if (from === 'downloaded') return { what: 'runs what it downloads', severity: 'high' };
    if (from === 'decoded') return { what: 'runs text that it decodes first', severity: 'high' };
    if (/^(?:exec|eval|execfile)$/.test(name) && args[0]?.from === 'data') return { what: 'runs what stands in a file that is no source', severity: 'high' };
    if (/^(?:exec|eval)$/.test(name) && args[0]?.from === 'typed') return { what: 'runs what is typed in', severity: 'medium' };
    const text = args[0]?.text;
    // What stands there as a text and is run is read as a source of its own.
    const inner = text !== undefined && depth < MAX_NESTED && text.length > 8 ? deedsIn(text, depth + 1, budget)[0] : undefined;
    return inner === undefined ? undefined : { what: `${inner.what}, out of a text`, severity: 'high' };
  }
  const carried = from === 'downloaded' || given.some((value) => value.carried === true);
  if (UNPICKLES.test(name) && from !== undefined && carried) return { what: from === 'downloaded' ? 'unpickles what it downloads' : 'unpickles what it carries in another form', severity: 'high' };
  if (STARTS.test(name) && from !== undefined) return { what: from === 'downloaded' ? 'starts a program out of what it downloads' : 'starts a program by a command that it decodes first', severity: 'high' };
  return undefined;
}

/** Commands that builds and set-ups ask: compilers, drivers, packages, versions. */
const BUILDS = new Set('nvcc hipcc rocminfo rocm_agent_enumerator nvidia-smi rocm-smi xpu-smi gcc g++ cc c++ clang clang++ cl cmake make ninja meson git hg svn which where ldconfig lscpu lspci uname sw_vers sysctl cat ls echo python python3 pip pip3 uv conda ffmpeg ffprobe sox espeak lsb_release xcrun xcodebuild lipo otool nm objdump objcopy ld ar install_name_tool patchelf dpkg rpm apt-get yum brew tar unzip gzip cp mv mkdir touch chmod ln df du free ps top true false protoc swig cargo rustc go node npm npx java javac mvn docker aws gsutil gcloud kubectl srun sbatch scontrol sinfo squeue mpirun torchrun accelerate deepspeed horovodrun ray jupyter tensorboard wandb huggingface-cli hf open xdg-open explorer start cmd.exe clear cls stty tput hostname date env id lsof numactl taskset nice perf strace gdb addr2line c++filt readelf strip dot latex pdflatex convert inkscape tesseract pandoc black isort ruff flake8 mypy pytest tox sphinx-build twine pre-commit clang-format'.split(' '));
/** What a command hands itself over to, or fetches things with. */
const SHELL = /(?:^|[\s;&|(])(?:curl|wget)\b[^\n]{0,300}\|\s{0,4}(?:sudo\s{1,4})?(?:(?:ba|z|da|k)?sh|python\d?|perl)\b|\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)\b[^\n]{0,80}\s-[a-z]{0,4}[ec]\b|\bsocat\b[^\n]{0,80}\bexec:|\b(?:ba|z|da|k)?sh\s{1,4}-i\b|\bpowershell(?:\.exe)?\b[^\n]{0,120}-e(?:nc|ncodedcommand)?\b|\bbase64\s{1,4}(?:-d|--decode|-D)\b[^\n]{0,200}\|\s{0,4}(?:ba|z)?sh\b|\bmkfifo\b|\bcertutil\b[^\n]{0,80}-urlcache|\bmshta\b|\bbitsadmin\b|\bIEX\b|\bDownloadString\b|\bnohup\s{1,4}\S{0,80}\/\.\w|(?:^|[\s;&])(?:\.\/|~\/|\/tmp\/)?\.\w{2,40}\/\S{1,80}[^\n]{0,80}>\s{0,2}\/dev\/null[^\n]{0,20}&\s{0,4}$/i;
const DESTROYS = /\brm\s{1,4}-[a-zA-Z]{0,6}[rR][a-zA-Z]{0,6}\s{1,4}(?:--no-preserve-root\s{1,4})?(?:\/|~|\$HOME)(?:\*|\/?\s|\/?$|\/?[;&|])|\bmkfs\.|\bdd\s{1,4}if=\/dev\/(?:zero|u?random)\s{1,4}of=\/dev\/|:\(\)\s{0,2}\{|\bdel\s{1,4}\/[fsq]\b|\bformat\s{1,4}c:/i;
const SETTLES = /\bcrontab\b|\/etc\/(?:cron|passwd|shadow|sudoers|ld\.so\.preload|profile)|authorized_keys|\.(?:bashrc|bash_profile|zshrc|profile)\b|\bsystemctl\s{1,4}(?:--user\s{1,4})?enable\b|\bschtasks\b|\breg\s{1,4}add\b|\blaunchctl\b|LaunchAgents|\buseradd\b|\bvisudo\b/i;
const FETCHES = /(?:^|[\s;&|"'])(?:curl|wget)\s|\bchmod\s{1,4}(?:\+x|[0-7]*7[0-7]*)\s/;

function commandOf(args: readonly Value[], named: ReadonlyMap<string, Value>): { readonly words: readonly string[]; readonly whole: string; readonly constant: boolean } | undefined {
  const first = args[0] ?? named.get('args') ?? named.get('cmd');
  if (first === undefined) return undefined;
  const items = first.items ?? args;
  if (first.text !== undefined && first.items === undefined) {
    const more = args.slice(1).flatMap(({ text }) => text ?? []);
    const whole = [first.text, ...more].join(' ');
    return { words: first.text.trim().split(/\s+/), whole, constant: true };
  }
  const words = items.flatMap(({ text }) => text ?? []);
  return words.length === 0 ? undefined : { words, whole: words.join(' '), constant: items.every(({ text }) => text !== undefined) };
}

/** The beginning of a command. */
function programOf(command: Value | undefined): string {
  return (command?.items?.find(({ text }) => text !== undefined) ?? command)?.text ?? '';
}

function startsProgram({ name, args, named, roundabout }: Call, budget: TextBudget): Judged | undefined {
  if (!STARTS.test(name)) return undefined;
  // What a person gives on the command line, or another function hands over, is not known.
  if (name === 'pty.spawn') return args[0]?.text === undefined && args[0]?.items === undefined && args[0]?.from === undefined ? undefined : { what: 'spawns a shell', severity: 'high' };
  // Nobody who means well reaches for a shell by way of __import__ or getattr.
  if (roundabout) return { what: `reaches for ${name} in a roundabout way`, severity: 'high' };
  const command = commandOf(args, named);
  if (command === undefined) return undefined;
  const { words, whole, constant } = command;
  const deed = shellDeed(whole);
  if (deed !== undefined) return deed;
  if (!constant) return undefined;
  const program = (words[0] ?? '').replace(/^.*[\\/]/, '').toLowerCase();
  if (/^(?:(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|perl|ruby|php)$/.test(program) || /^python\d?(?:\.\d+)?$/.test(program)) return words.length > 2 && /^[-/][ceC]/.test(words[1] ?? '') && runsCode(words.slice(2).join(' '), budget) ? { what: 'runs code in an interpreter of its own', severity: 'high' } : undefined;
  if (/^(?:nc|ncat|netcat|socat|telnet|curl|wget|scp|ftp|tftp|sshpass|nmap|whoami|xmrig|crontab|mshta|certutil|bitsadmin|calc|calc\.exe|notepad\.exe|wscript|cscript|rundll32|regsvr32|msiexec)$/.test(program)) return { what: `starts ${program}`, severity: 'medium' };
  // Of commands given as one text only a bare word, such as os.system('id'), tells no purpose.
  if (/^(?:os\.system|os\.popen)$/.test(name) && /^(?:id|env|uname|hostname|ps|cat|ls|echo|touch|open|calc|sh|bash|rm)$/.test(program) && !/version|clear/.test(whole)) return { what: `starts ${program} by way of a shell`, severity: 'medium' };
  return FETCHES.test(whole) && !BUILDS.has(program) ? { what: 'downloads by way of a shell', severity: 'medium' } : undefined;
}

function runsCode(text: string, budget: TextBudget): boolean {
  return shellDeed(text) !== undefined || deedsIn(text, MAX_NESTED, budget).length > 0;
}

function shellDeed(command: string): Judged | undefined {
  if (SHELL.test(command)) return { what: 'hands a shell to a connection, or runs what it downloads', severity: 'high' };
  if (DESTROYS.test(command)) return { what: 'deletes everything', severity: 'high' };
  return SETTLES.test(command) ? { what: 'changes what starts with the machine or who may enter it', severity: 'high' } : undefined;
}

const LIBRARIES = /^(?:ctypes\.(?:CDLL|PyDLL|WinDLL|OleDLL)|ctypes\.(?:cdll|pydll|windll|oledll)\.LoadLibrary|torch\.(?:ops|classes)\.load_library|tensorflow\.load_(?:op_)?library)$|(?:^|\.)dlopen$/;
/** Beside the source or where anybody may write; a bare name is a library of the system. */
const OWN_PATH = /^(?:\.{1,2}[\\/]|~|\/(?:tmp|var\/tmp|dev\/shm)\/|[a-z]+:\/\/)/i;

/** Publishers whose repositories' code people load by name; anybody else's is run without being asked. */
const KNOWN_REPOSITORIES = /^(?:pytorch|facebookresearch|ultralytics|snakers4|isl-org|intel-isl|NVIDIA|huggingface|openai|google-research|microsoft)\//i;

/** Native code and repositories that the source names, and modules out of files that are not called so. */
function loadsCode({ name, args, named }: Call): Judged | undefined {
  const text = (at: number, key: string): string | undefined => (args[at] ?? named.get(key))?.text;
  if (LIBRARIES.test(name) && (OWN_PATH.test(text(0, 'name') ?? '') || DATA_FILE.test(text(0, 'name') ?? ''))) return { what: 'loads a library of native code by a path of its own', severity: 'medium' };
  if (name === 'torch.hub.load' && named.get('trust_repo')?.name === 'True' && text(0, 'repo_or_dir') !== undefined && !KNOWN_REPOSITORIES.test(text(0, 'repo_or_dir') ?? '') && named.get('source')?.text !== 'local') return { what: 'runs a repository’s code without asking whether it is trusted', severity: 'medium' };
  if (name === 'zipimport.zipimporter' && DATA_FILE.test(text(0, 'archivepath') ?? '')) return { what: 'imports a file that is not called a module', severity: 'medium' };
  const module = name === 'importlib.util.spec_from_file_location' ? text(1, 'location') : undefined;
  return module !== undefined && !/\.(?:pyc?|so|pyd|dylib)$|\/$/i.test(module) && module !== '' ? { what: 'imports a file that is not called a module', severity: 'medium' } : undefined;
}

const HOME = /^(?:~|\/|\/\*|\/home|\/root|\/etc|\/usr|\/var|C:[\\/]?|\$HOME)\/?$/i;

function deletes({ name, args }: Call): Judged | undefined {
  if (!/^(?:shutil\.rmtree|os\.removedirs|distutils\.dir_util\.remove_tree)$/.test(name)) return undefined;
  const [first] = args;
  return (first?.text !== undefined && HOME.test(first.text)) || first?.name === 'pathlib.Path.home' || first?.name === 'Path.home' ? { what: 'deletes a whole home or system folder', severity: 'high' } : undefined;
}

const SECRETS = /(?:^|[\\/~])\.ssh[\\/](?:id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys)$|\.aws[\\/]credentials$|^\/etc\/(?:shadow|passwd)$|\.gnupg[\\/]|\.kube[\\/]config$|\.netrc$|\.docker[\\/]config\.json$|(?:Login Data|Cookies|logins\.json|wallet\.dat|key[34]\.db)$|\.git-credentials$|\.huggingface[\\/]token$|huggingface[\\/]token$/;
const STARTUP = /(?:^|[\\/])\.(?:bashrc|bash_profile|bash_login|zshrc|zprofile|profile|xinitrc)$|(?:^|[\\/])(?:sitecustomize|usercustomize)\.py$|^\/etc\/(?:cron|profile|rc\.local|ld\.so\.preload|systemd)|LaunchAgents|[\\/]Startup[\\/]|[\\/]autostart[\\/]|[\\/]systemd[\\/]user[\\/]|authorized_keys$|crontabs[\\/]/;
const OPENS = /(?:^|\.)(?:open|write_text|write_bytes|read_text|read_bytes|copy2?|copyfile|copytree|move)$/;

/** Paths are followed through expanduser and os.path.join as far as their texts stand there. */
function touchesSecrets({ name, args, named }: Call, { imports }: PythonFacts): Judged | undefined {
  if (!OPENS.test(name)) return undefined;
  const path = args.map((value) => value.text ?? (value.items ?? []).map(({ text }) => text ?? '').join('/')).find((text) => text !== '') ?? '';
  const mode = args[1]?.text ?? named.get('mode')?.text ?? (/write|copy|move/.test(name) ? 'w' : 'r');
  if (STARTUP.test(path) && /[wax+]/.test(mode)) return { what: 'changes what starts with the machine or who may enter it', severity: 'high' };
  const sends = [...imports].some((module) => /^(?:socket|requests|httpx|urllib|http|smtplib|ftplib|aiohttp|paramiko|telnetlib)\b/.test(module));
  // /etc/passwd alone is read for names of users.
  return SECRETS.test(path) && (sends || !path.endsWith('/passwd')) ? { what: 'reaches for keys and passwords', severity: 'high' } : undefined;
}

const SENDS = /^(?:(?:requests|httpx)\.(?:post|put|patch|get|request)|urllib\.request\.(?:urlopen|Request)|aiohttp\.ClientSession\.post|socket\.gethostbyname|socket\.getaddrinfo)$|\.(?:sendall|sendto|sendmail|send_message|storbinary)$/;

function sendsAway({ name, args, named }: Call): Judged | undefined {
  if (!SENDS.test(name)) return undefined;
  const given = [...args, ...named.values()];
  // A machine looks up its own name every day; part of a longer name it is a message.
  const looked = /\.(?:gethostbyname|getaddrinfo)$/.test(name);
  const sent = given.find(({ from, text, items }) => from === 'machine' && (!looked || text !== undefined || items !== undefined));
  if (sent !== undefined) return { what: 'sends settings or the name of the machine away', severity: 'high' };
  return undefined;
}

/** Names that stand for a call into the interpreter or the system, put together from pieces. */
function calledIn({ name, roundabout }: Call): Judged | undefined {
  return roundabout && /^(?:exec|eval|compile|os\.(?:system|popen|exec\w+|fork)|subprocess\.\w+|marshal\.loads|pty\.spawn|socket\.socket)$/.test(name) && name !== 'compile' ? { what: `reaches for ${name} in a roundabout way`, severity: 'high' } : undefined;
}

const KEPT_FOLDER = /^(?:~|\$HOME|\/root|\/home\/[^/]{1,60})?\/?\.(?:aws|ssh|gnupg|kube|azure|config\/(?:gcloud|gh)|mozilla|electrum|bitcoin)(?:[\\/*]|$)/;
const WALKS = /^(?:os\.(?:listdir|walk|scandir)|glob\.i?glob|shutil\.(?:make_archive|copytree|copy2?)|tarfile\.open|zipfile\.ZipFile)$|\.(?:iterdir|rglob|glob|add|write)$/;
const UPLOADS = /^(?:(?:requests|httpx)\.(?:post|put|patch|request)|requests\.Session\.(?:post|put)|urllib\.request\.(?:urlopen|Request)|aiohttp\.ClientSession\.post)$|\.(?:sendall|storbinary|put_object|upload_file(?:obj)?)$/;

/** A folder of keys is gone through, and something is sent. */
function uploadsKept({ calls, texts }: PythonFacts): Deed | undefined {
  const kept = texts.find(({ text }) => text.length < 200 && KEPT_FOLDER.test(text.trim()) && /^(?:[~$/.])/.test(text.trim()));
  if (kept === undefined || !calls.some(({ name }) => WALKS.test(name) || /(?:^|\.)(?:open|read_text|read_bytes)$/.test(name))) return undefined;
  const upload = calls.find(({ name, args, named }) => UPLOADS.test(name) && (name !== 'urllib.request.urlopen' || args.length > 1 || named.has('data')));
  return upload === undefined ? undefined : { what: 'sends keys or settings of this machine to another', severity: 'high', at: upload.at };
}

function reverseShell({ calls }: PythonFacts): Deed | undefined {
  const connect = calls.find(({ name }) => /\.(?:connect|create_connection)$/.test(name) && !/sqlite|psycopg|mysql|asyncpg|pymongo|websocket/.test(name));
  const dup = calls.find(({ name, args }) => name === 'os.dup2' && args.length === 2);
  const shell = calls.find(({ name, args: [first], named }) => STARTS.test(name) && /^\s*(?:(?:\/(?:usr\/)?bin\/)?(?:ba|z|da)?sh|cmd(?:\.exe)?)(?:\s|$)/.test(programOf(first ?? named.get('args') ?? named.get('cmd'))));
  if (connect === undefined || !calls.some(({ name }) => name === 'socket.socket' || name === 'socket.create_connection')) return undefined;
  return dup !== undefined || shell !== undefined ? { what: 'hands a shell to a connection', severity: 'high', at: (dup ?? shell ?? connect).at } : undefined;
}
