import { describe, expect, it } from 'vitest';
import { ArtifactError } from '../../core/artifact-error.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { readSafetensors } from './safetensors.ts';

/** A file of this header and so many bytes of data; `length` overrules the header's true length. */
function file(header: string, data = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.byteLength + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.byteLength), true);
  bytes.set(text, 8);
  return bytes;
}

const read = (bytes: Uint8Array<ArrayBuffer>) => readSafetensors(bytesOf('w.safetensors', bytes));
const tensor = (shape: string, begin: number, end: number, dtype = 'F32'): string => `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe('readSafetensors', () => {
  it('gives each tensor its place in the file', async () => {
    const header = `{"__metadata__":{"format":"pt"},"a":${tensor('[2,2]', 0, 16)},"b":${tensor('[3]', 16, 22, 'BF16')},"empty":${tensor('[0,4]', 22, 22)},"scalar":${tensor('[]', 22, 26)}}   `;
    const { value, problems } = await read(file(header, 26));
    expect(problems).toEqual([]);
    expect(value.metadata).toEqual({ format: 'pt' });
    const begin = 8 + header.length;
    expect(value.tensors.map(({ name, dtype, shape, begin: from, end }) => [name, dtype, shape, from - begin, end - begin])).toEqual([
      ['a', 'F32', [2, 2], 0, 16],
      ['b', 'BF16', [3], 16, 22],
      ['empty', 'F32', [0, 4], 22, 22],
      ['scalar', 'F32', [], 22, 26],
    ]);
  });

  it('keeps dtypes it cannot run by name', async () => {
    const { value } = await read(file(`{"a":${tensor('[4]', 0, 4, 'F8_E4M3')}}`, 4));
    expect(value.tensors[0]?.dtype).toBe('other:F8_E4M3');
  });

  const REFUSED: readonly (readonly [string, Uint8Array<ArrayBuffer>, string, string])[] = [
    ['an empty file', new Uint8Array(0), 'truncated', 'header length'],
    ['seven bytes', new Uint8Array(7), 'truncated', 'header length'],
    ['a length beyond 2^53', file('{}', 0, 2n ** 63n), 'malformed', 'header length'],
    ['a length beyond the file', file('{}', 0, 3n), 'truncated', 'header length'],
    ['a length of 0', file('{}', 0, 0n), 'malformed', 'header'],
    ['a blank first', file(' {}'), 'malformed', 'header'],
    ['a list', file('[]'), 'malformed', 'header'],
  ];
  for (const [name, bytes, code, field] of REFUSED) {
    it(`refuses ${name}`, async () => {
      await expect(read(bytes)).rejects.toMatchObject({ name: 'ArtifactError', code, field });
    });
  }

  it('refuses a header that is not JSON, not UTF-8, or nested without end', async () => {
    await expect(read(file('{"a":'))).rejects.toThrow(ArtifactError);
    const cut = file('{"é":1}');
    cut[10] = 0xff;
    await expect(read(cut)).rejects.toMatchObject({ code: 'malformed', expected: 'UTF-8 text', offset: 10, actual: 'byte 0xff' });
    await expect(read(file(`{"a":${'['.repeat(100_000)}`))).rejects.toMatchObject({ code: 'limit-exceeded', field: 'nesting' });
  });

  const PROBLEMS: readonly (readonly [string, string, number, string, string])[] = [
    ['an unknown dtype', `{"w":${tensor('[4]', 0, 16, 'X9')}}`, 16, 'unsupported-dtype', 'w.dtype'],
    ['a negative dimension', `{"w":${tensor('[-4]', 0, 16)}}`, 16, 'malformed', 'w.shape'],
    ['a fractional dimension', `{"w":${tensor('[1.5]', 0, 6)}}`, 6, 'malformed', 'w.shape'],
    ['a shape whose product wraps', `{"w":${tensor('[4294967296,4294967296]', 0, 0)}}`, 0, 'malformed', 'w.shape'],
    ['a range that ends before it begins', `{"w":${tensor('[4]', 16, 0)}}`, 16, 'malformed', 'w.data_offsets'],
    ['a range outside the file', `{"w":${tensor('[4]', 0, 16)}}`, 15, 'truncated', 'w.data_offsets'],
    ['a size that is not shape x dtype', `{"w":${tensor('[5]', 0, 16)}}`, 16, 'shape-mismatch', 'w.data_offsets'],
    ['three offsets', '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 8, 'malformed', 'w.data_offsets'],
    ['an entry that is a number', '{"w":1}', 0, 'malformed', 'w'],
    ['an overlap', `{"a":${tensor('[4]', 0, 16)},"b":${tensor('[4]', 8, 24)}}`, 24, 'malformed', 'b'],
    ['bytes between tensors', `{"a":${tensor('[4]', 0, 16)},"b":${tensor('[4]', 20, 36)}}`, 36, 'malformed', 'b'],
    ['bytes behind the last tensor', `{"a":${tensor('[4]', 0, 16)}}`, 17, 'malformed', 'end of file'],
    ['a duplicate key', `{"w":${tensor('[4]', 0, 16)},"w":${tensor('[4]', 0, 16)}}`, 16, 'malformed', 'w'],
    ['a duplicate key in disguise', `{"w":${tensor('[4]', 0, 16)},"\\u0077":${tensor('[4]', 0, 16)}}`, 16, 'malformed', 'w'],
    ['metadata that is no text', `{"__metadata__":{"a":{}},"w":${tensor('[4]', 0, 16)}}`, 16, 'malformed', '__metadata__.a'],
  ];
  for (const [name, header, data, code, field] of PROBLEMS) {
    it(`reports ${name}`, async () => {
      const { problems } = await read(file(header, data));
      expect(problems.map((problem) => [problem.code, problem.field])).toEqual([[code, field]]);
    });
  }
});
