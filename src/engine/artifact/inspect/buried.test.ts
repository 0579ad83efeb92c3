import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { BuriedSearch } from './buried.ts';
import { inspectFiles } from './inspect-files.ts';

const latin = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));

function found(bytes: Uint8Array, cuts: readonly number[] = []): readonly { offset: number; kind: string }[] {
  const search = new BuriedSearch();
  let at = 0;
  for (const cut of [...cuts, bytes.byteLength].sort((a, b) => a - b)) {
    search.update(bytes.subarray(at, cut), at);
    at = cut;
  }
  return search.found.map(({ offset, kind }) => ({ offset, kind })).sort((a, b) => a.offset - b.offset);
}

describe('the search among unread bytes', () => {
  it('finds a mark wherever it stands and however the bytes are cut', () => {
    const mark = fc.constantFrom(['\x7fELF\x02\x01\x01', 'program'], ['#!/bin/', 'script'], ['cos\nsystem\n', 'pickle'], ['\x8c\x04eval\x93', 'pickle'], ['os.system(', 'code'], ['!This program cannot be run', 'program']);
    fc.assert(fc.property(mark, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 40 }), fc.array(fc.integer({ min: 0, max: 130 }), { maxLength: 12 }), ([text = '', kind = ''], before, behind, cuts) => {
      const bytes = new Uint8Array(before + text.length + behind).fill(0xb7);
      bytes.set(latin(text), before);
      expect(found(bytes, cuts.filter((cut) => cut <= bytes.byteLength))).toEqual([{ offset: before, kind }]);
    }));
  });

  it('finds nothing in numbers', () => {
    const numbers = Float32Array.from({ length: 200_000 }, (_, i) => Math.sin(i * 12.9898) * 0.3);
    expect(found(new Uint8Array(numbers.buffer))).toEqual([]);
  });

  it('takes any bytes in any pieces', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 }), (bytes, cuts) => {
      expect(found(bytes, cuts.filter((cut) => cut <= bytes.byteLength))).toEqual(found(bytes));
    }));
  });
});

describe('what stands in a format that nobody reads', () => {
  it('is inspected where it is a pickle', async () => {
    const bytes = new Uint8Array(400).fill(0xb7);
    bytes.set(latin('\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.'), 300);
    const { files } = await inspectFiles([bytesOf('weights.dat', bytes)]);
    expect(files.map(({ path, format, status }) => [path, format, status])).toEqual([['weights.dat', 'unknown', 'not-inspected'], ['weights.dat!found@300', 'pickle', expect.any(String)]]);
  });

  it('is inspected where it stands behind a picture', async () => {
    const { files } = await inspectFiles([bytesOf('logo.gif', latin(`GIF89a${'\0'.repeat(40)};\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.`))]);
    expect(files.map(({ path, format }) => [path, format])).toEqual([['logo.gif', 'media'], ['logo.gif!found@47', 'pickle']]);
  });
});
