import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { jsonInspector } from '../formats/json-inspector.ts';
import { inspectFiles } from './inspect-files.ts';
import { readBy, type ByteRange } from './inspection.ts';
import { accountFor, totalsOf, UNCLAIMED } from './ranges.ts';

const text = (path: string, content: string) => bytesOf(path, new TextEncoder().encode(content));

describe('the account of bytes', () => {
  it('covers every byte once, whatever is claimed', () => {
    const claim = fc.record({ begin: fc.integer({ min: -5, max: 60 }), end: fc.integer({ min: -5, max: 60 }), state: fc.constantFrom('parsed', 'skipped', 'opaque'), what: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 20 }), fc.integer({ min: 0, max: 50 }), (claims, size) => {
        const ranges = accountFor(claims as ByteRange[], size);
        let at = 0;
        for (const { begin, end } of ranges) {
          expect(begin).toBe(at);
          expect(end).toBeGreaterThan(begin);
          at = end;
        }
        expect(at).toBe(size);
        for (let byte = 0; byte < size; byte++) {
          const over = claims.filter(({ begin, end }) => begin <= byte && byte < end).map(({ state }) => state);
          const best = over.includes('parsed') ? 'parsed' : over.includes('skipped') ? 'skipped' : 'opaque';
          expect(ranges.find(({ begin, end }) => begin <= byte && byte < end)?.state).toBe(best);
        }
      }),
    );
  });

  it('gives bytes that nobody claims to nobody', () => {
    expect(accountFor([{ begin: 2, end: 4, state: 'parsed', what: 'x' }], 6)).toEqual([
      { begin: 0, end: 2, state: 'opaque', what: UNCLAIMED },
      { begin: 2, end: 4, state: 'parsed', what: 'x' },
      { begin: 4, end: 6, state: 'opaque', what: UNCLAIMED },
    ]);
    expect(totalsOf(accountFor([], 3))).toEqual({ parsed: 0, skipped: 0, opaque: 3 });
  });
});

describe('inspectFiles', () => {
  it('reads JSON by content under any name', async () => {
    const inspection = await inspectFiles([text('weights.bin', ' {"a": 1}')]);
    expect(inspection.files.map(({ path, format, status }) => [path, format, status])).toEqual([['weights.bin', 'json', 'inspected']]);
    expect(readBy(inspection, jsonInspector).map(({ content }) => content.value)).toEqual([{ a: 1 }]);
  });

  it.each([['log.jsonl', '{"a":1}\n{"b":2}\n'], ['poetry.lock', '[[package]]\nname="x"\n'], ['notes.md', '["quoted"] and more'], ['f.tex', 'x^2 + y = 1 and more']])('takes %s for the text it is', async (path, content) => {
    const { files } = await inspectFiles([text(path, content)]);
    expect(files.map(({ status, problems }) => [status, problems])).toEqual([['inspected', []]]);
  });

  it('never takes a file that no reader knows for inspected', async () => {
    const { files } = await inspectFiles([bytesOf('x.dat', Uint8Array.of(1, 2, 3, 0xff)), text('bad.safetensors', 'xx'), text('empty', '')]);
    expect(files.map(({ status }) => status)).toEqual(['not-inspected', 'not-inspected', 'inspected']);
    expect(files[1]?.problems).toHaveLength(1);
    expect(files[1]?.reason).toMatch(/^safetensors: truncated/);
  });

  it.each(['a.pt', 'a.pkl', 'a.joblib', 'a.h5', 'a.bin', 'a.keras', 'a.tflite', 'a.gguf', 'a.npy', 'a.safetensors'])('an empty %s did not arrive', async (path) => {
    const { files } = await inspectFiles([text(path, '')]);
    expect(files.map(({ status, problems }) => [status, problems.length])).toEqual([['not-inspected', 1]]);
  });

  it.each(['.gitkeep', 'pkg/__init__.py', 'py.typed', 'notes.txt', 'LICENSE', 'added.csv'])('an empty %s is in order', async (path) => {
    const { files } = await inspectFiles([text(path, '')]);
    expect(files.map(({ status, problems }) => [status, problems])).toEqual([['inspected', []]]);
  });
});
