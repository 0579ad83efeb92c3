import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { inspectFiles } from '../inspect/inspect-files.ts';
import { runPickle } from './machine.ts';
import { looksLikePickle } from './match-pickle.ts';
import { describe as inWords, nameOf } from './value.ts';

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const run = (text: string) => runPickle(bytesOf('x.pkl', latin1(text)));
const names = async (text: string): Promise<string[]> => (await run(text)).imports.map(({ value }) => nameOf(value));

describe('the abstract machine', () => {
  it.each([
    ['GLOBAL', 'cposix\nsystem\n(Vid\ntR.'],
    ['STACK_GLOBAL', '\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.'],
    ['DUP and POP', '\x80\x04\x8c\x06system\x8c\x05posix20\x8c\x06system\x93\x8c\x02id\x85R.'],
    ['an overwritten memo', '\x80\x04\x8c\x05torchq\x000\x8c\x05posixq\x000h\x00\x8c\x06system\x93\x8c\x02id\x85R.'],
    ['joined strings', '\x80\x04c_operator\nadd\n\x8c\x02po\x8c\x03six\x86R\x8c\x06system\x93\x8c\x02id\x85R.'],
    ['escaped text', "(S'\\x70osix'\nS'system'\n\x93Vid\ntR."],
    ['INST', '(Vid\niposix\nsystem\n.'],
    ['OBJ', '(cposix\nsystem\nVid\no.'],
  ])('resolves a name through %s', async (_, text) => {
    const program = await run(text.startsWith('(S') ? text.replace('(S', "S").replace('\x93Vid\ntR.', '\x93(Vid\ntR.') : text);
    expect(program.imports.map(({ value }) => nameOf(value))).toContain('posix.system');
    expect(program.calls.some(({ callee }) => inWords(callee) === 'posix.system')).toBe(true);
  });

  it('calls a name unresolved where it is the result of an unknown call', async () => {
    expect(await names('\x80\x04cx\ny\n)R\x8c\x06system\x93.')).toEqual(['x.y', '<unresolved>.system']);
  });

  it('keeps what was found before the file ends or breaks', async () => {
    for (const end of ['', '\xfe', 'a']) {
      const program = await run(`cposix\nsystem\n(Vid\ntR${end}`);
      expect(program.complete).toBe(false);
      expect(program.calls).toHaveLength(1);
    }
  });

  it('notices a frame that ends inside an instruction, a second PROTO and lengths beyond the file', async () => {
    expect((await run('\x80\x04\x95\x02\0\0\0\0\0\0\0\x8c\x05posix.')).anomalies.map(({ kind }) => kind)).toContain('frame');
    expect((await run('\x80\x04N0\x80\x02N.')).anomalies.map(({ kind }) => kind)).toContain('protocol');
    expect((await run('\x80\x04\x8e\xff\xff\xff\xff\0\0\0\0AAAA.')).anomalies.map(({ kind }) => kind)).toContain('truncated');
  });

  it('counts what a value unfolds to', async () => {
    const level = (i: number): string => `(${`h${String.fromCharCode(i)}`.repeat(10)}lq${String.fromCharCode(i + 1)}`;
    const bomb = `\x80\x02]q\x00${Array.from({ length: 9 }, (_, i) => level(i)).join('')}.`;
    expect((await run(bomb)).anomalies.map(({ kind }) => kind)).toContain('expansion');
  });

  it('ends on any bytes, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, proto) => {
        const data = proto ? Uint8Array.of(0x80, 4, ...bytes) : Uint8Array.from(bytes);
        const program = await runPickle(bytesOf('x', data));
        expect(program.end).toBeLessThanOrEqual(data.byteLength);
        looksLikePickle(data, data.byteLength);
      }),
      { numRuns: 1500 },
    );
  });

  it('survives truncation and bit flips of a real one', async () => {
    const whole = latin1('\x80\x04\x95\x1c\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), fc.integer({ min: 0, max: whole.length * 8 - 1 }), async (length, bit) => {
        const bytes = whole.slice(0, length);
        const at = bit >> 3;
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        const { files } = await inspectFiles([bytesOf('x.pkl', bytes)]);
        expect(files[0]?.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0)).toBe(bytes.length);
      }),
      { numRuns: 800 },
    );
  });
});

describe('recognition', () => {
  it.each(['', 'hello world\n', 'I am a text.', '# notes (a list)\n.', '{"a": 1}', 'import os\nos.system("id")\n', 'N.B. this is not one', 'The quick brown fox.'])('does not take %j for a pickle', (text) => {
    const bytes = latin1(text);
    expect(looksLikePickle(bytes, bytes.length)).toBe(false);
  });

  it('finds a second pickle behind padding', async () => {
    const { files } = await inspectFiles([bytesOf('x.bin', latin1(`\x80\x02}.${'\0'.repeat(9000)}cposix\nsystem\n(Vid\ntR.`))]);
    expect(files[0]?.format).toBe('pickle');
    expect(files[0]?.ranges.map(({ state }) => state)).toEqual(['parsed', 'opaque', 'parsed']);
  });
});
