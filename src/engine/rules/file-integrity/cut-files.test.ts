// Files that end too early, or hold a wrong byte: each says where, and none passes as read.
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { crc32 } from '../../artifact/containers/crc32.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { findingsOf } from '../testing/findings-of.ts';
import { programs } from '../programs/index.ts';
import { fileIntegrity } from './index.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const big = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(type: string, data: readonly number[]): number[] {
  const named = Uint8Array.from([...utf8(type), ...data]);
  return [...big(data.length), ...named, ...big(crc32(named))];
}

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunk('IHDR', [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), ...chunk('IDAT', Array.from({ length: 200 }, (_, i) => i)), ...chunk('IEND', [])]);
const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda, 0, 4, 1, 2, ...new Uint8Array(200), 0xff, 0xd9]);
const WAV = Uint8Array.from([...utf8('RIFF'), 36 + 64, 0, 0, 0, ...utf8('WAVE'), ...new Uint8Array(96)]);
const GIF = Uint8Array.from([...utf8('GIF89a'), 1, 0, 1, 0, 0, 0, 0, ...new Uint8Array(64).fill(9), 0x3b]);
const NOTEBOOK = utf8(JSON.stringify({ cells: [{ cell_type: 'code', source: ['import os\n', 'print(os.name)'], outputs: [] }], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
/** Superblock of version 0 with addresses of eight bytes; the file ends where it says, and its root has a header at 96. */
const HDF5 = Uint8Array.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 0, 8, 8, 0, ...new Uint8Array(24), 0, 1, 0, 0, 0, 0, 0, 0, ...new Uint8Array(16), 96, ...new Uint8Array(31), 1, ...new Uint8Array(256 - 97)]);
const UBJSON = Uint8Array.from([...utf8('{i\x07learner{i\x01a'), ...utf8('Si\x05words'), ...utf8('i\x01n[$d#l'), 0, 0, 0, 40, ...new Uint8Array(160), ...utf8('i\x01m[#i\x02ZT}}')]);
const GRAPH = Uint8Array.from([8, 1]);

/** Problems above a note. */
async function faults(path: string, bytes: Uint8Array): Promise<string[]> {
  return (await findingsOf(fileIntegrity, [bytesOf(path, Uint8Array.from(bytes))])).filter(({ rule, severity, location }) => rule === 'ASY-FIL-001' && severity !== 'info' && location.file === path).map(({ title }) => title);
}

describe('files that were cut off', () => {
  it.each<readonly [string, Uint8Array, RegExp]>([
    ['a.png', PNG, /chunk \w{4}, offset \d+/],
    ['a.wav', WAV, /RIFF length, offset 4/],
    ['a.gif', GIF, /trailer, offset \d+/],
    ['a.ipynb', NOTEBOOK, /malformed|truncated/],
    ['a.h5', HDF5, /end of file address, offset 40 · expected 256 bytes|superblock, offset 0/],
    ['a.ubj', UBJSON, /UBJSON, offset \d+/],
  ])('%s says so, wherever the cut is, and not where there is none', async (path, bytes, place) => {
    expect(await faults(path, bytes)).toEqual([]);
    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      const titles = await faults(path, bytes.subarray(0, Math.floor(bytes.byteLength * share)));
      expect(titles.join(), `${share}`).toMatch(place);
    }
  });

  it.each<readonly [string, number, readonly number[], RegExp]>([
    ['a superblock of no version', 8, [9], /superblock version, offset 8 · expected 0, 1, 2 or 3, found 9/],
    ['a superblock of zeros', 13, [0], /size of offsets in the superblock, offset 13 · .*found 0/],
    ['a root nowhere', 64, new Array<number>(8).fill(255), /address of the root group, offset 64 · expected below 256/],
    ['a root whose header is none', 96, [0xe7], /object header of the root group, offset 96 · .*found e7 00 00 00 00/],
    ['no signature', 0, [0], /signature, offset 0 · expected 89 48/],
  ])('HDF5 with %s is malformed and not inspected', async (_, at, values, place) => {
    const bytes = HDF5.slice();
    bytes.set(values, at);
    expect((await faults('a.h5', bytes)).join()).toMatch(place);
    const { files: [file] } = await inspectFiles([bytesOf('a.h5', bytes)]);
    expect(file?.status).not.toBe('inspected');
  });

  it('HDF5 behind a user block, and of version 2, is in order', async () => {
    expect(await faults('a.h5', Uint8Array.from([...new Uint8Array(512), ...HDF5]))).toEqual([]);
    const second = Uint8Array.from([...HDF5.subarray(0, 8), 2, 8, 8, 0, ...new Uint8Array(8), ...new Uint8Array(8).fill(255), 64, ...new Uint8Array(7), 48, ...new Uint8Array(11), ...utf8('OHDR'), 2, ...new Uint8Array(11)]);
    expect(await faults('a.h5', second)).toEqual([]);
  });

  it('a photograph without its last mark is not wholly inspected', async () => {
    const { files: [whole, cut] } = await inspectFiles([bytesOf('a.jpg', JPEG), bytesOf('b.jpg', JPEG.slice(0, 150))]);
    expect([whole?.status, cut?.status]).toEqual(['inspected', 'partly']);
    expect(cut?.reason).toContain('ends before its EOI');
  });

  it('a graph of TensorFlow without operators is none', async () => {
    expect(await faults('saved_model.pb', GRAPH)).toEqual([expect.stringContaining('expected a graph with operators')]);
  });
});

it('tells a changed byte in a picture by its CRC', async () => {
  const changed = PNG.slice();
  changed[100] = (changed[100] ?? 0) ^ 4;
  expect(await faults('a.png', changed)).toEqual([expect.stringMatching(/chunk IDAT, offset 33 · expected CRC [0-9a-f]{8}/)]);
});

describe('UBJSON', () => {
  it('is read whole, and its texts are judged', async () => {
    const hostile = Uint8Array.from([...utf8('{L'), ...new Uint8Array(7), 7, ...utf8('learner{i\x04note'), ...utf8('Si\x16__import__("os").x()  '), ...utf8('}}')]);
    const { files: [file] } = await inspectFiles([bytesOf('a.ubj', UBJSON)]);
    expect(file).toMatchObject({ format: 'ubjson', status: 'inspected', problems: [] });
    expect(await findingsOf(programs, [bytesOf('model.ubj', hostile)])).toMatchObject([{ rule: 'ASY-EXE-005', severity: 'medium', location: { key: 'learner.note' } }]);
  });

  it('bounds depth and lengths', async () => {
    const deep = utf8(`{i\x01a${'['.repeat(5000)}`);
    const long = Uint8Array.from([...utf8('{i\x01a[$d#L'), 0x1f, ...new Uint8Array(7).fill(0xff)]);
    expect(await faults('a.ubj', deep)).toEqual([expect.stringContaining('at most 64 containers')]);
    expect(await faults('b.ubj', long)).toEqual([expect.stringContaining('offset')]);
  });
});
