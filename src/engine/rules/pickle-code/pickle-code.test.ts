// Pickles written byte by byte: what hides in their values, and what honest ones hold that looks like it.
import { gzipSync, zlibSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { fileIntegrity } from '../file-integrity/index.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { pickleCode } from './index.ts';
import { judgeName } from './judge-name.ts';

vi.setConfig({ testTimeout: 60_000 });

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const toText = (bytes: Uint8Array): string => [...bytes].map((byte) => String.fromCharCode(byte)).join('');
const size4 = (length: number): string => String.fromCharCode(length & 255, (length >> 8) & 255, (length >> 16) & 255, 0);

const bytesValue = (bytes: Uint8Array): string => `B${size4(bytes.length)}${toText(bytes)}`;
const textValue = (text: string): string => `X${size4(text.length)}${text}`;
/** {'weights': value}, protocol 3. */
const holding = (value: string): Uint8Array<ArrayBuffer> => latin1(`\x80\x03}X\x07\0\0\0weights${value}s.`);

const PAYLOAD = latin1('\x80\x03cposix\nsystem\nX\x02\0\0\0id\x85R.');
const PLAIN = latin1('\x80\x03}X\x01\0\0\0aX\x01\0\0\0bs.');

async function judge(pickle: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const files = [bytesOf('x.pkl', pickle)];
  return [...new Set([...alarms(await findingsOf(pickleCode, files)), ...alarms(await findingsOf(fileIntegrity, files))])];
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const base64 = (bytes: Uint8Array): string => btoa(toText(bytes));

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

describe('a pickle hidden in a value', () => {
  it.each<readonly [string, string]>([
    ['bytes', bytesValue(PAYLOAD)],
    ['base64', textValue(base64(PAYLOAD))],
    ['base64 as bytes', bytesValue(latin1(base64(PAYLOAD)))],
    ['base64 of base64', textValue(btoa(base64(PAYLOAD)))],
    ['base32', textValue(base32(PAYLOAD))],
    ['base85, as Python writes it', textValue('fCFQ2Z*ysQ3UhgLbY*P{SONe50BK}}QZ4')],
    ['base85, as ZeroMQ writes it', textValue('Fcfq2z/YSq3uHGlBy/p@sonE50bk$$qz4')],
    ['base85, as Adobe writes it', textValue('<~J-0;#Df]W;$?LK6FCf:r=98I&!,5tt;D%~>')],
    ['base85 in the letters of Adobe', bytesValue(latin1('J-0;#Df]W;$?LK6FCf:r=98I&!,5tt;D%'))],
    ['zlib in base85', textValue('c${lsPA<qV&aB`nt}HG|&E<+<Vqjp%Olb|$0|0gT2mb')],
    ['hexadecimal digits', textValue(hexOf(PAYLOAD).toUpperCase())],
    ['escapes', textValue(hexOf(PAYLOAD).replaceAll(/../g, '\\x$&'))],
    ['zlib', bytesValue(zlibSync(PAYLOAD))],
    ['gzip in base64', textValue(base64(gzipSync(PAYLOAD)))],
    ['text of protocol 0', textValue("cposix\nsystem\n(S'id'\ntR.")],
    ['Python 2 text', `c_codecs\nencode\n${textValue(toText(new TextEncoder().encode(toText(PAYLOAD))))}X\x06\0\0\0latin1\x86R`],
    ['bytes behind other bytes', bytesValue(latin1(`head\0\x01${toText(PAYLOAD)}tail`))],
    ['bytes far inside', bytesValue(latin1(`${'\0'.repeat(20_000)}${toText(PAYLOAD)}`))],
    ['base64 behind other bytes', textValue(btoa(`junkjunk${toText(PAYLOAD)}`))],
    ['text of protocol 0 behind other text', textValue("some words cposix\nsystem\n(S'id'\ntR.")],
    ['a line of protocol 0', `V${toText(PAYLOAD).replaceAll('\n', '\\u000a')}\n`],
  ])('is found as %s', async (_, value) => {
    expect(await judge(holding(value))).toEqual(expect.arrayContaining(['critical ASY-PKL-001']));
  });

  it('is reported where it does no harm of its own', async () => {
    expect(await judge(holding(bytesValue(PLAIN)))).toEqual(['medium ASY-PKL-009']);
  });

  it('is found far behind another pickle', async () => {
    expect(await judge(latin1(`\x80\x02N.${'\0'.repeat(2 ** 21)}${toText(PAYLOAD)}`))).toContain('critical ASY-PKL-001');
  });
});

describe('a tensor that is pickled without torch.save', () => {
  const MAGIC = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.';
  const KEY = 'X\x01\0\0\x000';
  const STORAGE = `\x80\x02(X\x07\0\0\0storagectorch\nFloatStorage\n${KEY}X\x03\0\0\0cpuK\x01NtQ.`;
  /** torch.save before 1.6: magic number, protocol, system, what is stored, keys, and one storage of one number. */
  const legacy = (stored: string, behind = ''): Uint8Array<ArrayBuffer> => latin1(`${MAGIC}\x80\x02M\xe9\x03.\x80\x02}.${stored}\x80\x02]${KEY}a.\x01${'\0'.repeat(7)}\0\0\x80\x3f${behind}`);
  const loaded = (value: string): Uint8Array<ArrayBuffer> => latin1(`\x80\x03ctorch.storage\n_load_from_bytes\n${value}\x85R.`);
  const ofProtocol2 = (bytes: Uint8Array): string => `c_codecs\nencode\n${textValue(toText(new TextEncoder().encode(toText(bytes))))}X\x06\0\0\0latin1\x86R`;

  it('is quiet: its numbers are a value that is read to its end', async () => {
    expect(await judge(loaded(bytesValue(legacy(STORAGE))))).toEqual([]);
    expect(await judge(loaded(ofProtocol2(legacy(STORAGE))))).toEqual([]);
  });

  it('is told for what that value loads in turn', async () => {
    expect(await judge(loaded(bytesValue(legacy('\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.'))))).toEqual(['critical ASY-PKL-001']);
  });

  it.each<readonly [string, Uint8Array<ArrayBuffer>]>([
    ['bytes that torch.save never wrote', loaded(bytesValue(latin1('xx')))],
    ['no literal', latin1('\x80\x03ctorch.storage\n_load_from_bytes\ncposixpath\njoin\n)R\x85R.')],
    ['what cannot be read behind it', loaded(bytesValue(latin1(`${MAGIC}${'\xff'.repeat(40)}`)))],
    ['more behind it than its storages', loaded(bytesValue(legacy(STORAGE, '\xff'.repeat(600))))],
  ])('is not, where the value is %s', async (_, pickle) => {
    expect(await judge(pickle)).toContain('critical ASY-PKL-001');
  });
});

describe('honest pickles are quiet', () => {
  it.each<readonly [string, Uint8Array<ArrayBuffer>]>([
    ['words in rows', holding(textValue('the\ncab\ncat\ncub\ncup\ncut\nbad\nRed\n'.repeat(20)))],
    ['bytes that begin as gzip does', holding(bytesValue(latin1(`\x1f\x8b\x08\x00${'fake data'.repeat(20)}`)))],
    ['bytes that begin as a zip does', holding(bytesValue(latin1(`PK\x03\x04${'nope'.repeat(20)}`)))],
    ['bytes that begin as a pickle does', holding(bytesValue(latin1(`\x80\x04K\x05${'nope'.repeat(20)}`)))],
    ['a signed token', holding(textValue('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV'))],
    ['an address of the length of base85', holding(textValue('https://example.com/models/weights/resolve/main/model-00001-of-00002.safetensors?download=true'))],
    ['a checksum', holding(textValue('deadbeef'.repeat(32)))],
    ['a configuration in base64', holding(textValue(btoa('{"hidden_size": 768, "num_layers": 12}')))],
    ['source code as text', holding(textValue("import os\nos.system('rm -rf /')\n"))],
    ['a long line of protocol 0', latin1(`(lp0\nV${'\\u00ff'.repeat(20_000)}\np1\na.`)],
    ['exceptions of Python 2', latin1("cexceptions\nOSError\n(I1\nS'x'\ntR.")],
    ['the type of None', latin1('\x80\x03cbuiltins\ntype\nN\x85R.')],
  ])('%s', async (_, pickle) => {
    expect(await judge(pickle)).toEqual([]);
  });

  it('but a type made by calling type is not', async () => {
    expect(await judge(latin1('\x80\x03cbuiltins\ntype\n(X\x01\0\0\0A)}tR.'))).toEqual(['medium ASY-PKL-003']);
  });
});

describe('what an attacker puts in front', () => {
  const text = `V${'some words '.repeat(600)}\n0`;
  const numbers = `(lp0\n${Array.from({ length: 2000 }, (_, i) => `I${i}\na`).join('')}0`;
  const bytes = `]q\0(${'K\x01'.repeat(3000)}e0`;
  it.each([
    ['a long line of text', `${text}cposix\nsystem\n(Vid\ntR.`],
    ['rows of numbers', `${numbers}cposix\nsystem\n(Vid\ntR.`],
    ['rows of numbers before INST', `${numbers}(S'id'\niposix\nsystem\n.`],
    ['rows of small numbers', `${bytes}cpty\nspawn\nX\x02\0\0\0id\x85R.`],
  ])('%s hides nothing, whatever the file is called', async (_, pickle) => {
    for (const path of ['x.bin', 'x.txt', 'x']) expect(alarms(await findingsOf(pickleCode, [bytesOf(path, latin1(pickle))]))).toEqual(['critical ASY-PKL-001']);
  });

  it.each([
    ['text that begins with an instruction', `Vision ${'models of many kinds '.repeat(400)}\nare described here.\n`],
    ['words in rows', 'cat\ncow\nSam\nVic\nin\nit\nos\nsystem\n'.repeat(800)],
    ['names in rows', 'car\ncat\ncow\ncub\ncup\ncan\ncod\ncob\n'.repeat(800)],
  ])('%s is no pickle', async (_, words) => {
    expect(alarms(await findingsOf(pickleCode, [bytesOf('labels.txt', latin1(words))]))).toEqual([]);
  });

  it.each([
    ['imports', 'ccollections\nOrderedDict\n0'],
    ['calls', 'ccollections\nOrderedDict\n)R0'],
  ])('harmless %s by the ten thousand do not hide one that is not', async (_, harmless) => {
    const flood = await judge(latin1(`\x80\x02${harmless.repeat(70_000)}cposix\nsystem\nX\x02\0\0\0id\x85R.`));
    expect(flood).toContain('medium ASY-FIL-001');
  });

  it('says so where more values look like files than are looked into', async () => {
    const decoys = textValue(base64(latin1(`\x80\x04K\x01.${'\0'.repeat(12)}`))).repeat(4200);
    const { files } = await inspectFiles([bytesOf('x.pkl', latin1(`\x80\x03](${decoys}e.`))]);
    expect(files[0]).toMatchObject({ status: 'partly', reason: expect.stringContaining('not looked into') });
  });

  it('but the same call by the ten thousand is a long list', async () => {
    expect(await judge(latin1(`\x80\x02ccollections\nOrderedDict\nq\x000](${'h\0)R'.repeat(70_000)}e.`))).toEqual([]);
  });

  it('a number of the memo is the same with zeros in front', async () => {
    expect(await judge(latin1('\x80\x04\x8c\x0bcollectionsp0\n0\x8c\x0bOrderedDictp1\n0\x8c\x05posixp00\n0\x8c\x06systemp01\n0g0\ng1\n\x93\x8c\x02id\x85R.'))).toEqual(['critical ASY-PKL-001']);
  });
});

it('opens what old joblib compressed', async () => {
  const packed = zlibSync(PAYLOAD);
  const file = Uint8Array.from([...latin1('ZF0x20'.padEnd(21)), ...packed]);
  expect(alarms(await findingsOf(pickleCode, [bytesOf('x.joblib', file)]))).toEqual(['critical ASY-PKL-001']);
});

describe('functions that call what they are given', () => {
  const globalOf = (name: string): string => `c${name.slice(0, name.lastIndexOf('.'))}\n${name.slice(name.lastIndexOf('.') + 1)}\n`;
  it.each([
    ['torch._tensor._rebuild_from_type_v2', 'own.make', 0],
    ['torch._tensor._rebuild_from_type_v2', 'scipy._lib._bunch._make_tuple_bunch', 0],
    ['copyreg._reconstructor', 'own.Thing', 1],
    ['numpy.random._pickle.__generator_ctor', 'own.make', 1],
    ['pandas.core.indexes.base._new_Index', 'own.Thing', 0],
  ])('%s calls %s', async (caller, called, place) => {
    const args = place === 0 ? globalOf(called) : `${globalOf('builtins.object')}${globalOf(called)}`;
    expect(await judge(latin1(`\x80\x02${globalOf(caller)}(${args}X\x01\0\0\0xtR.`))).toEqual(['medium ASY-PKL-003']);
  });
});

describe('callbacks', () => {
  const given = (value: string): string => `csklearn.feature_extraction.text\nTfidfVectorizer\n)\x81}X\x09\0\0\0tokenizer${value}sb`;
  it.each<readonly [string, string, readonly string[]]>([
    ['an unknown function in the state of an estimator', given('cown.text\ntokens\n'), ['medium ASY-PKL-004']],
    ['an unknown class there', given('cown.text\nTokens\n'), ['low ASY-PKL-004']],
    ['a function of scikit-learn’s there', given('csklearn.feature_extraction.text\nstrip_accents_unicode\n'), []],
    ['a class of scikit-learn’s that is written as a function', 'csklearn.compose._column_transformer\nmake_column_selector\n)\x81}X\x07\0\0\0patternX\x01\0\0\0asb', []],
    ['a function beside it, called', 'csklearn.compose._column_transformer\nmake_column_transformer\n)R', ['medium ASY-PKL-003']],
    ['a partial function of a harmless one', 'cfunctools\npartial\n(c__builtin__\nmax\nK\x01tR', []],
    ['a partial function of an unknown one', 'cfunctools\npartial\n(cown.text\ntokens\ntR', ['medium ASY-PKL-003']],
    ['a partial function of a harmful one', 'cfunctools\npartial\n(cos\nsystem\nX\x02\0\0\0idtR', ['critical ASY-PKL-001']],
    ['a method of an object of an allowed class', "c__builtin__\ngetattr\n(cscipy.stats._discrete_distns\nrandint_gen\n)RX\x08\0\0\0_entropytR", []],
    ['a hook of such an object', "c__builtin__\ngetattr\n(cscipy.stats._discrete_distns\nrandint_gen\n)RX\x0a\0\0\0__reduce__tR", ['critical ASY-PKL-001']],
    ['the source that scipy executes, as scipy writes it', "cscipy.stats._discrete_distns\nrandint_gen\n)R}X\x13\0\0\0_parse_arg_templateX\x3f\0\0\0\ndef _parse_args(self, low, loc=0):\n    return (low, ), loc, 1\nsb", []],
    ['other source in its place', "cscipy.stats._discrete_distns\nrandint_gen\n)R}X\x13\0\0\0_parse_arg_templateX\x09\0\0\0open('x')sb", ['high ASY-PKL-008']],
    ['a partial function of no function', 'cfunctools\npartial\n(X\x02\0\0\0idtR', ['critical ASY-PKL-001', 'medium ASY-PKL-005']],
    ['what cannot be made an object', 'ccopyreg\n__newobj_ex__\n(X\x01\0\0\0xX\x01\0\0\0ytR', ['medium ASY-PKL-005']],
    ['the result of a call made an object', 'ccopyreg\n_reconstructor\n(cdatetime\ndate\n)Rc__builtin__\nobject\nNtR', ['high ASY-PKL-005']],
    ['a NumPy scalar of an object', 'cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(X\x02\0\0\0O8\x89\x88tRC\x02abtR', ['medium ASY-PKL-010']],
    ['the state of a NumPy generator', 'cnumpy.random._pickle\n__generator_ctor\n(cnumpy.random._pickle\n__bit_generator_ctor\n(cnumpy.random._pcg64\nPCG64\ntRtR', []],
    ['the state of an older one', 'cnumpy.random._pickle\n__randomstate_ctor\n(X\x07\0\0\0MT19937tR', []],
    ['a NumPy scalar of a number', 'cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(X\x02\0\0\0f4\x89\x88tRC\x04\0\0\0\0tR', []],
  ])('%s', async (_, value, expected) => {
    expect([...(await judge(latin1(`\x80\x03${value}.`)))].sort()).toEqual([...expected].sort());
  });
});

it('finds a pickle behind a file of another format', async () => {
  const header = '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}';
  const file = latin1(`${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}\x01\x02\x03\x04${toText(PAYLOAD)}`);
  expect(alarms(await findingsOf(pickleCode, [bytesOf('x.safetensors', file)]))).toEqual(['critical ASY-PKL-001']);
});

it.each([
  ['calls of what calls give', ')R'],
  ['tuples around tuples', '\x85'],
  ['states upon states', '}b'],
])('ends with %s, as deep as a file is long', async (_, again) => {
  expect((await judge(latin1(`\x80\x02ccollections\nOrderedDict\n)R${again.repeat(20_000)}.`))).includes('critical ASY-PKL-001')).toBe(false);
});

it('notices a memo index that allocates', async () => {
  expect(await judge(latin1('\x80\x02Nr\xff\xff\xff\x7f.'))).toEqual(['medium ASY-FIL-001']);
});

describe('one act under several names', () => {
  it.each([
    'torch.ops.load_library', 'torch.classes.load_library', 'torch._classes._Classes.load_library', 'numpy.ctypeslib.load_library', 'tensorflow.load_op_library', 'xgboost.core._load_lib',
    'torch.FloatStorage.from_file', 'torch.cuda.FloatStorage.from_file', 'torch.storage.UntypedStorage.from_file', 'torch.from_file', 'numpy.fromfile', 'numpy._core.multiarray.fromfile', 'numpy.memmap', 'numpy._core.memmap.memmap', 'numpy.ndarray.tofile', 'tensorflow.python.ops.gen_io_ops.read_file',
    'torch.serialization._import_dotted_name', 'torch._utils._import_dotted_name', 'torch._import_utils._import_dotted_name', 'werkzeug.utils.import_string',
  ])('%s', (name) => {
    const dot = name.lastIndexOf('.');
    expect(judgeName(name.slice(0, dot), name.slice(dot + 1)).kind).toBe('dangerous');
  });

  it.each(['torch.storage.UntypedStorage', 'torch.FloatStorage', 'torch._utils._rebuild_tensor_v2', 'numpy.core.multiarray._reconstruct', 'builtins.hash', 'gensim.utils.call_on_class_only'])('%s is none', (name) => {
    const dot = name.lastIndexOf('.');
    expect(judgeName(name.slice(0, dot), name.slice(dot + 1)).kind).toBe('allowed');
  });
});
