import { describe, expect, it } from 'vitest';
import { rebaseExternalData } from './external-data.ts';

/** A message of length-delimited fields. */
function message(...fields: readonly (readonly [number, Uint8Array | string])[]): Uint8Array<ArrayBuffer> {
  const parts = fields.flatMap(([number, content]) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length % 128) + 128, Math.floor(bytes.length / 128)];
    return [number * 8 + 2, ...length, ...bytes];
  });
  return Uint8Array.from(parts);
}

const tensor = (name: string, location: string, offset: number): Uint8Array<ArrayBuffer> =>
  message([8, name], [13, message([1, 'location'], [2, location])], [13, message([1, 'offset'], [2, String(offset)])], [13, message([1, 'length'], [2, '16'])]);

describe('rebaseExternalData', () => {
  const model = message([7, message([2, 'graph'], [5, tensor('near', 'w', 40)], [5, tensor('far', 'w', 250)])]);

  it('leaves a model alone whose files are small', () => {
    const rebased = rebaseExternalData(model, new Map([['w', 99]]), 100);
    expect(rebased.bytes).toBe(model);
    expect(rebased.mounts).toEqual([{ name: 'w', location: 'w', begin: 0 }]);
  });

  it('moves far tensors to a mount of their own and keeps everything else byte for byte', () => {
    const rebased = rebaseExternalData(model, new Map([['w', 300]]), 100);
    expect(rebased.bytes).toEqual(message([7, message([2, 'graph'], [5, tensor('near', 'w', 40)], [5, tensor('far', 'w@200', 50)])]));
    expect(rebased.mounts).toEqual([
      { name: 'w', location: 'w', begin: 0 },
      { name: 'w@200', location: 'w', begin: 200 },
    ]);
  });

  it('refuses a graph that is cut off', () => {
    expect(() => rebaseExternalData(model.slice(0, model.length - 3), new Map([['w', 300]]), 100)).toThrow(/runs past the end/);
  });
});
