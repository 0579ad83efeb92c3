// Compressed data made by other programs (Python's lzma and bz2, zstandard, py7zr, lz4), decoded piece by piece; and any damage to
// it, which must end in an Error or in bounded output.
// Longer: FUZZ_RUNS=20000 npx vitest run src/engine/artifact/compression
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { pickleCode } from '../../rules/pickle-code/index.ts';
import { archiveIntegrity } from '../../rules/archive-integrity/index.ts';
import { alarms, findingsOf } from '../../rules/testing/findings-of.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { inflateBzip2, inflateLz4, inflateLzma, inflateXz, inflateZstd, zipDecoder } from '../containers/decoders.ts';
import type { MakeDecoder } from '../containers/expanded-source.ts';
import { inspectFiles } from '../inspect/inspect-files.ts';

vi.setConfig({ testTimeout: 120_000 });

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 120);
const decoded = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Forty times 'the quick brown fox ', then the bytes 0 to 255. */
const TEXT = Uint8Array.from([...[...'the quick brown fox '.repeat(40)].map((character) => character.charCodeAt(0)), ...Array.from({ length: 256 }, (_, i) => i)]);

const STREAMS: readonly (readonly [name: string, make: MakeDecoder, text: string, pickle: string])[] = [
  ['xz', inflateXz, '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AQfAQJdADoaCM52x+Xp1gc0w9EOv85V4aq94R0LP9sEjzo+TGVbfeXGgCyIMqfvXbqM4LtJQfUatngR6MIqSopUmaTf2qGdbDbKYPUZzxDae4ULMLpQnbw/qBRvllxWApfVKGdNJ2stTClPwpFBApuRWybXBh5fP4s8SODhcTrX09puOCiYsX4T4z3eMF8ciIIKlobIif99hU8F2p5ButJ2/aACQGdtDFL+eCyaymHCs7GGh4qA5DLCuvxxeSOOi7OX5rOGowyvMqOfNWq0/tVAZ8chd9zme6FJA7n3QaPMo4z+lLl/Vy8khfxfqgkkSuVch7om9HkfmT/qxF/jHoBrvr7Lj7OfLAAAAHvmc8maNr57AAGeAqAIAAAzuIHdscRn+wIAAAAABFla', '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAZgANjcG9zaXgKc3lzdGVtClgCAAAAaWSFUi4AAAAf/noj8K5G5AABMhogGJQwH7bzfQEAAAAABFla'],
  ['lzma', inflateLzma, 'XQAAgAD//////////wA6GgjOdsfl6dYHNMPRDr/OVeGqveEdCz/bBI86PkxlW33lxoAsiDKn7126jOC7SUH1GrZ4EejCKkqKVJmk39qhnWw2ymD1Gc8Q2nuFCzC6UJ28P6gUb5ZcVgKX1ShnTSdrLUwpT8KRQQKbkVsm1wYeXz+LPEjg4XE619PabjgomLF+E+M93jBfHIiCCpaGyIn/fYVPBdqeQbrSdv2gAkBnbQxS/ngsmsphwrOxhoeKgOQywrr8cXkjjouzl+azhqMMrzKjnzVqtP7VQGfHIXfc5nuhSQO590GjzKOM/pS5f1cvJIX8X6oJJErlXIe6JvR5H5k/6sRf4x6Aa76+y6gE6mn//yGMAAA=', 'XQAAgAD//////////wBAAMgDy4fmDj/G26ZiOtDgF6QTIsSme1aaoV6QVNf//+QvAAA='],
  ['bz2', inflateBzip2, 'QlpoOTFBWSZTWdqNFNkAAY3/////////////////////////////////////////////sAEbRhJgAJgACYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHIATABMAAAAmAAAAAAAAmAAAAAABMAEwAAAAAAAJgAACYAAAAASlUnpPSeoZNHpGjQaDQyABkYjIGhoaepk0GgGgND1GIzTUMmgAMjTJoAMmhiAAZAYEZGQDQNMhoaAZNNAAFhYKgoYaipYqkqqdUqrGyVZlq9YVs1ZrTPW640V2vV+wNK+xLQEH0BB8AAgAcCBAgABKTE5QUlRWWFpcXmBj+jIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE3BLMG7vGEecLhsPiHrE4rF4zG47HveQyOSyd4AQyi0BB8WgIZe/KQEMxAgIZlcAgxKlQCD6sfl4CGbeFwCDGAhAQLKAgrAQXKVCIgf5ewgIMytUAhnWABBkes9n4OE0EK+vz/AQMFBwkLDQ8RExUXGRsdHyEjJScpKy0vMTM1Nzk7PT9BQ0VHSUtNT1FTVVdZW11fYWNlZ2lrbW9xc3V3eXt9f4GDhYeJi42PkZOVl5mbnZ+ho6Wnqautr7Gztbe5u72/wcPFx8nLzc/R09XX2dvd3+Hj5efp6+3v8fP19/n6LuSKcKEhtRopsg', 'QlpoOTFBWSZTWVu7ByAAAAxTwFgQAAEQQA4izGBCACAAIpoB6QNPSFMJpoDTERIWOvBwOFSxYutghf4u5IpwoSC3dg5A'],
  ['lz4', inflateLz4, 'BCJNGGhAIAQAAAAAAACAHQEAAP8FdGhlIHF1aWNrIGJyb3duIGZveCAUAP//+/DxAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/wAAAAA=', 'BCJNGGhAGgAAAAAAAADlGgAAgIADY3Bvc2l4CnN5c3RlbQpYAgAAAGlkhVIuAAAAAA=='],
  ['zst', inflateZstd, 'KLUv/WAgA+UIAEQRdGhlIHF1aWNrIGJyb3duIGZveCAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9gYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/AwcLDxMXGx8jJysvMzc7P0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f7/AQASXjWZ', 'KLUv/SAa0QAAgANjcG9zaXgKc3lzdGVtClgCAAAAaWSFUi4='],
];
/** TEXT as notes.txt and a pickle that runs a program as d/data.pkl. */
const SEVENZIP = 'N3q8ryccAARjCN4CoQEAAAAAAAAWAAAAAAAAANA24MLgBDkBGl0AOhoIznbH5enWBzTD0Q6/zlXhqr3hHQs/2wSPOj5MZVt95caALIgyp+9duozgu0lB9Rq2eBHowipKilSZpN/aoZ1sNspg9RnPENp7hQswulCdvD+oFG+WXFYCl9UoZ00nay1MKU/CkUECm5FbJtcGHl8/izxI4OFxOtfT2m44KJixfhPjPd4wXxyIggqWhsiJ/32FTwXankG60nb9oAJAZ20MUv54LJrKYcKzsYaHioDkMsK6/HF5I46Ls5fms4ajDK8yo581arT+1UBnxyF33OZ7oUkDufdBo8yjjP6UuX9XLySF/F+qCSRK5VyHuib0eR+ZP+rEX+MegGu+vsuUVY9Xac8VCwVeYnECVF/lsm+LZpgv9HfY9+AAAOAAhgB3XQAAgTMHrg/VOJKxlyTRz+P3ZNirTc0yjoS+BxPs03sU3CTwLeaw8Yw8t3eF7GkvYnoDkpjANhuTVFbwatTMj5MBRJNIhaG6GHhsBmfZjGoaeGRw6pfMR51JaypqJxrKhdFALF5a5628ET4ad2DquZC2REaXy6AAAAAXBoEiAQl/AAcLAQABISEBGAyAhwAA';
const ZIPS: readonly (readonly [method: string, zip: string])[] = [
  ['bzip2', 'UEsDBC4AAAAMAOY+dV1mQ+62RQAAABoAAAAIAAAAZGF0YS5wa2xCWmg5MUFZJlNZW7sHIAAADFPAWBAAARBADiLMYEIAIAAimgHpA09IUwmmgNMREhY68HA4VLFi62CF/i7kinChILd2DkBQSwECLgMuAAAADADmPnVdZkPutkUAAAAaAAAACAAAAAAAAAAAAAAAgAEAAAAAZGF0YS5wa2xQSwUGAAAAAAEAAQA2AAAAawAAAAAA'],
  ['LZMA', 'UEsDBD8AAgAOAOY+dV1mQ+62LgAAABoAAAAIAAAAZGF0YS5wa2wJBAUAXQAAgAAAQADIA8uH5g4/xtumYjrQ4BekEyLEpntWmqFekFTX///kLwAAUEsBAj8DPwACAA4A5j51XWZD7rYuAAAAGgAAAAgAAAAAAAAAAAAAAIABAAAAAGRhdGEucGtsUEsFBgAAAAABAAEANgAAAFQAAAAAAA=='],
];

function expand(make: MakeDecoder, bytes: Uint8Array<ArrayBuffer>, step: number): Uint8Array {
  const decoder = make();
  const made: number[] = [];
  for (let i = 0; i < bytes.length; i += step) for (const chunk of decoder.push(bytes.slice(i, i + step), i + step >= bytes.length)) made.push(...chunk);
  return Uint8Array.from(made);
}

describe.each(STREAMS)('%s', (name, make, text, pickle) => {
  it.each([1, 7, 64, 1 << 16])('is decoded in pieces of %i bytes', (step) => {
    expect(expand(make, decoded(text), step)).toEqual(TEXT);
  });

  it('is looked into', async () => {
    expect(alarms(await findingsOf(pickleCode, [bytesOf(`x.pkl.${name}`, decoded(pickle))]))).toEqual(['critical ASY-PKL-001']);
  });

  it('ends under any damage', () => {
    const whole = decoded(text);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), fc.integer({ min: 1, max: 200 }), (length, edits, step) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const decoder = make();
        let size = 0;
        try {
          for (let i = 0; i < bytes.length; i += step) for (const chunk of decoder.push(bytes.slice(i, i + step), i + step >= bytes.length)) size += chunk.length;
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(size).toBeLessThan(2 ** 28);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('7z', () => {
  it('hands its files over', async () => {
    const files = [bytesOf('x.7z', decoded(SEVENZIP))];
    const inspection = await inspectFiles(files);
    expect(inspection.files.map(({ path }) => path)).toEqual(['x.7z', 'x.7z!notes.txt', 'x.7z!d/data.pkl']);
    expect(inspection.files[1]?.source.size).toBe(TEXT.length);
    expect(await inspection.files[1]?.source.slice(0, TEXT.length)).toEqual(TEXT);
    expect(alarms(await findingsOf(pickleCode, files))).toEqual(['critical ASY-PKL-001']);
  });

  it('ends under any damage, in an account of every byte', async () => {
    const whole = decoded(SEVENZIP);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), async (length, edits) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const { files } = await inspectFiles([bytesOf('x.7z', bytes)]);
        for (const file of files) {
          expect(file.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0)).toBe(file.source.size);
          expect(file.problems.filter(({ actual }) => actual?.includes('error inside the reader') === true)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

it.each(ZIPS)('a zip packed with %s is looked into', async (_, zip) => {
  const files = [bytesOf('x.zip', decoded(zip))];
  expect(alarms(await findingsOf(pickleCode, files))).toEqual(['critical ASY-PKL-001']);
  expect(alarms(await findingsOf(archiveIntegrity, files))).toEqual([]);
});

it('knows the methods of zip that it reads', () => {
  expect([0, 1, 9, 99].map((method) => zipDecoder(method, 1))).toEqual([undefined, undefined, undefined, undefined]);
});
