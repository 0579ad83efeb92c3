// Trailers of gzip members, whole, wrong and cut; what was expanded is read all the same.
import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { inspectFiles } from '../inspect/inspect-files.ts';

const PICKLE = Uint8Array.from('cposix\nsystem\n(Vid\ntR.', (character) => character.charCodeAt(0));
/** Longer than a piece, and nothing that compresses. */
const NOISE = Uint8Array.from({ length: 300_000 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 23);
const WHOLE = Uint8Array.from(gzipSync(PICKLE));
const END = WHOLE.length;

function changed(at: number): Uint8Array<ArrayBuffer> {
  const copy = WHOLE.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

async function read(...parts: readonly Uint8Array[]): Promise<{ said: string[]; inside: string | undefined; size: number | undefined }> {
  const { files } = await inspectFiles([bytesOf('x.gz', Uint8Array.from(parts.flatMap((part) => [...part])))]);
  return { said: (files[0]?.problems ?? []).map(({ code, field, offset }) => `${code} ${field} ${offset}`), inside: files[1]?.format, size: files[1]?.source.size };
}

describe('a gzip member', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('that lacks its last %d bytes is truncated', async (cut) => {
    expect(await read(WHOLE.subarray(0, END - cut))).toEqual({ said: [`truncated CRC-32 and length of a gzip member ${END - 8}`], inside: 'pickle', size: PICKLE.length });
  });

  it('with another CRC-32 or length says where, also before a second member', async () => {
    expect((await read(changed(END - 8))).said).toEqual([`malformed CRC-32 of a gzip member ${END - 8}`]);
    expect((await read(changed(END - 4))).said).toEqual([`malformed length of a gzip member ${END - 4}`]);
    expect((await read(changed(END - 8), WHOLE)).said).toEqual([`malformed CRC-32 of a gzip member ${END - 8}`]);
    expect((await read(WHOLE, changed(END - 1))).said).toEqual([`malformed length of a gzip member ${2 * END - 4}`]);
  });

  it.each([0, 1, 6] as const)('is fine alone and among others, at level %d', async (level) => {
    const long = gzipSync(NOISE, { level });
    expect((await read(long)).said).toEqual([]);
    expect(await read(long, WHOLE, long)).toMatchObject({ said: [], size: 2 * NOISE.length + PICKLE.length });
    expect((await read(long.subarray(0, -9))).said).toEqual([expect.stringContaining('malformed compressed data')]);
  });

  it('is read where something else stands behind it', async () => {
    expect(await read(WHOLE, new Uint8Array(16).fill(7))).toMatchObject({ said: [expect.stringContaining('bytes behind a gzip member')], inside: 'pickle' });
  });
});
