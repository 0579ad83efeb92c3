import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { readGguf } from './gguf.ts';
import { gguf, type GgufParts } from './gguf-bytes.ts';

const read = (parts: GgufParts) => readGguf(bytesOf('m.gguf', gguf(parts)));

describe('readGguf', () => {
  it('reads every value type', async () => {
    const keys: GgufParts['keys'] = [
      ['u8', 0, 200], ['i8', 1, -3], ['u16', 2, 60_000], ['i16', 3, -30_000], ['u32', 4, 4_000_000_000], ['i32', 5, -5], ['f32', 6, 0.5], ['bool', 7, true],
      ['text', 8, 'naïve 東京'], ['u64', 10, 2 ** 40], ['i64', 11, -(2 ** 40)], ['f64', 12, 0.1], ['list', [5], [1, -2, 3]], ['texts', [8], ['a', '', 'ü']], ['lists', [9, 4], [[1], [2, 3]]],
    ];
    const { value, problems } = await read({ keys });
    expect(problems).toEqual([]);
    expect(Object.fromEntries(value.metadata)).toEqual(Object.fromEntries(keys.map(([key, , content]) => [key, content])));
  });

  it('keeps 64-bit integers that no number can hold', async () => {
    expect((await read({ keys: [['big', 10, 2n ** 63n]] })).value.metadata.get('big')).toBe(2n ** 63n);
  });

  it('turns shapes round and places tensors by the alignment', async () => {
    const { value, problems } = await read({
      keys: [['general.alignment', 4, 64]],
      tensors: [{ name: 'q', dims: [64, 3], type: 8, offset: 0 }, { name: 'f', dims: [5], type: 0, offset: 256 }, { name: 'k', dims: [256, 2], type: 14, offset: 320 }],
      data: 320 + 420,
    });
    expect(problems).toEqual([]);
    const begin = value.tensors[0]?.begin ?? NaN;
    expect(begin % 64).toBe(0);
    expect(value.tensors.map(({ name, dtype, shape, begin: from, end }) => [name, dtype, shape, from - begin, end - begin])).toEqual([
      ['q', 'Q8_0', [3, 64], 0, 204],
      ['f', 'F32', [5], 256, 276],
      ['k', 'other:Q6_K', [2, 256], 320, 740],
    ]);
  });

  const REFUSED: readonly (readonly [string, Uint8Array<ArrayBuffer>, string, string])[] = [
    ['an empty file', new Uint8Array(0), 'truncated', 'header'],
    ['another magic', gguf({ magic: 'GGML' }), 'malformed', 'magic'],
    ['version 1', gguf({ version: 1 }), 'unsupported-format', 'version'],
    ['a big-endian file', gguf({ version: 0x03000000 }), 'unsupported-format', 'version'],
    ['more tensors than the file can hold', gguf({ tensorCount: 2n ** 60n }), 'truncated', 'tensor count'],
    ['more keys than the file can hold', gguf({ keyCount: 2n ** 63n + 5n }), 'truncated', 'metadata count'],
    ['a key whose length wraps', gguf({ keys: [['k', 4, 1]], firstKeyLength: 2n ** 64n - 1n }), 'truncated', 'key 0 (length)'],
    ['an unknown value type', gguf({ keys: [['k', 99, 0]] }), 'malformed', 'k'],
    ['a list longer than the file', gguf({ keys: [['k', [8], { length: 2n ** 61n }]] }), 'truncated', 'k (items)'],
    ['a list that would fill the memory', gguf({ keys: [['k', [8], { length: 2n ** 32n }]] }), 'truncated', 'k (items)'],
    ['lists in lists without end', gguf({ keys: [['k', [9, 9, 9, 9, 4], [[[[[1]]]]]]] }), 'limit-exceeded', 'k'],
  ];
  for (const [name, bytes, code, field] of REFUSED) {
    it(`refuses ${name}`, async () => {
      await expect(readGguf(bytesOf('m.gguf', bytes))).rejects.toMatchObject({ name: 'ArtifactError', code, field });
    });
  }

  const tensor = { name: 'w', dims: [32], type: 0, offset: 0 };
  const PROBLEMS: readonly (readonly [string, GgufParts, string, string])[] = [
    ['an unknown tensor type', { tensors: [{ ...tensor, type: 4 }], data: 128 }, 'unsupported-dtype', 'w (type)'],
    ['five dimensions', { tensors: [{ ...tensor, dims: [1, 1, 1, 1, 1] }], data: 128 }, 'limit-exceeded', 'w (dimensions)'],
    ['dimensions whose product wraps', { tensors: [{ ...tensor, dims: [2 ** 33, 2 ** 33] }], data: 128 }, 'malformed', 'w (shape)'],
    ['a dimension beyond 2^53', { tensors: [{ ...tensor, dims: [2n ** 63n] }], data: 128 }, 'malformed', 'w (dimension 0)'],
    ['rows that are no whole blocks', { tensors: [{ ...tensor, dims: [33, 32], type: 8 }], data: 4096 }, 'shape-mismatch', 'w (shape)'],
    ['an offset off the alignment', { tensors: [{ ...tensor, offset: 16 }], data: 256 }, 'malformed', 'w (offset)'],
    ['an offset outside the file', { tensors: [{ ...tensor, offset: 2 ** 40 }], data: 128 }, 'truncated', 'w (offset)'],
    ['an offset that wraps', { tensors: [{ ...tensor, offset: 2n ** 64n - 32n }], data: 128 }, 'truncated', 'w (offset)'],
    ['an overlap', { tensors: [tensor, { ...tensor, name: 'v' }], data: 128 }, 'malformed', 'v'],
    ['one name twice', { tensors: [tensor, { ...tensor, offset: 128 }], data: 256 }, 'malformed', 'w'],
    ['a gap', { tensors: [tensor, { ...tensor, name: 'v', offset: 1024 }], data: 1152 }, 'malformed', 'v'],
    ['bytes behind the last tensor', { tensors: [tensor], data: 512 }, 'malformed', 'end of file'],
    ['an alignment of 0', { keys: [['general.alignment', 4, 0]], tensors: [tensor], data: 128 }, 'malformed', 'general.alignment'],
    ['an alignment of 3', { keys: [['general.alignment', 4, 3]], tensors: [tensor], data: 128 }, 'malformed', 'general.alignment'],
    ['a key twice', { keys: [['a', 4, 1], ['a', 4, 2]] }, 'malformed', 'a'],
    ['a text that is not UTF-8', { keys: [['a', 8, new Uint8Array([0x61, 0xff, 0xfe])]] }, 'malformed', 'a'],
  ];
  for (const [name, parts, code, field] of PROBLEMS) {
    it(`reports ${name}`, async () => {
      const { problems } = await read(parts);
      expect(problems.map((problem) => [problem.code, problem.field])).toContainEqual([code, field]);
      expect(problems.length).toBe(1);
    });
  }

  it('keeps the metadata where the tensor table ends early', async () => {
    const whole = gguf({ keys: [['a', 4, 7]], tensors: [tensor, { ...tensor, name: 'v', dims: [1, 1, 1, 1] }] });
    const { value, problems } = await readGguf(bytesOf('m.gguf', whole.slice(0, -5)));
    expect(value.metadata.get('a')).toBe(7);
    expect(value.tensors).toEqual([]);
    expect(problems).toMatchObject([{ code: 'truncated', field: 'v' }]);
  });

  it('claims no bytes behind a table without tensors', async () => {
    const whole = gguf({ keys: [['a', 4, 7]], tensors: [] });
    const { value } = await readGguf(bytesOf('m.gguf', Uint8Array.of(...whole, ...new Uint8Array(4096))));
    expect(value.tableEnd - whole.byteLength).toBeLessThan(32);
  });
});
