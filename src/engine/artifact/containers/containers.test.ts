// Archives made byte by byte: what two readings disagree on, what hides between members, and any damage to them.
// Longer: FUZZ_RUNS=20000 npx vitest run src/engine/artifact/containers
import fc from 'fast-check';
import { deflateSync, gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { archiveIntegrity } from '../../rules/archive-integrity/index.ts';
import { pickleCode } from '../../rules/pickle-code/index.ts';
import type { AnalysisContext } from '../../audit/analysis.ts';
import { findingsOf } from '../../rules/testing/findings-of.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { inspectFiles } from '../inspect/inspect-files.ts';
import { crc32 } from './crc32.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const PICKLE = latin1('cposix\nsystem\n(Vid\ntR.');
const archive = (files: Record<string, Uint8Array>, level: 0 | 6 = 0): Uint8Array<ArrayBuffer> => Uint8Array.from(zipSync(files, { level }));

async function rulesHit(bytes: Uint8Array<ArrayBuffer>, name = 'x.pt'): Promise<string[]> {
  const inspection = await inspectFiles([bytesOf(name, bytes)]);
  const hits = new Set<string>();
  for (const analysis of [archiveIntegrity, pickleCode]) {
    await analysis.run({ inspection } as unknown as AnalysisContext, (event) => {
      if (event.type === 'finding') hits.add(event.finding.rule);
    });
  }
  return [...hits].sort();
}

const patch = (bytes: Uint8Array<ArrayBuffer>, at: number, ...values: number[]): Uint8Array<ArrayBuffer> => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};

/** One file in a tar archive (POSIX ustar), ended by two empty blocks. */
function tarOf(name: string, content: Uint8Array, type = '0', target = ''): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(512);
  const put = (at: number, text: string): void => block.set(latin1(text), at);
  put(0, name);
  put(100, '0000644\0');
  put(124, `${content.length.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, ' '.repeat(8));
  put(156, type);
  put(157, target);
  put(257, 'ustar\x0000');
  put(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `);
  const padded = new Uint8Array(Math.ceil(content.length / 512) * 512);
  padded.set(content);
  return Uint8Array.from([...block, ...padded, ...new Uint8Array(1024)]);
}

describe('tar', () => {
  it.each([
    ['a pickle', tarOf('model.pkl', PICKLE), ['ASY-PKL-001']],
    ['a path that leads out', tarOf('../../x.txt', latin1('x')), ['ASY-ARC-005']],
    ['a link that leads out', tarOf('l', new Uint8Array(0), '2', '/etc/hosts'), ['ASY-ARC-006']],
    ['a device', tarOf('d', new Uint8Array(0), '3'), ['ASY-ARC-005']],
    ['an ordinary file', tarOf('notes.txt', latin1('hello')), []],
  ])('%s', async (_, bytes, rules) => {
    expect(await rulesHit(bytes, 'x.tar')).toEqual(rules);
  });

  describe('with a zip in it', () => {
    const zip = archive({ 'a/version': latin1('3\n'), 'a/b.txt': latin1('hello') });
    // Without the two empty blocks that end an archive.
    const open = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - 1024);
    const pax = tarOf('PaxHeaders/model.pt', latin1('28 mtime=1700000000.1234567\n'), 'x');

    it.each([
      ['is no polyglot', tarOf('model.pt', zip)],
      ['is none behind a pax header', Uint8Array.from([...open(pax), ...tarOf('model.pt', zip)])],
      ['is none beside another zip', Uint8Array.from([...open(tarOf('other.pt', zip)), ...tarOf('model.pt', zip)])],
    ])('%s', async (_, bytes) => {
      expect(await rulesHit(bytes, 'x.tar')).toEqual([]);
    });

    it('is one where the zip stands behind the archive, or its directory names what stands elsewhere', async () => {
      const tar = tarOf('notes.txt', latin1('hello'));
      expect(await rulesHit(Uint8Array.from([...tar, ...zip]), 'x.tar')).toEqual(expect.arrayContaining(['ASY-ARC-010', 'ASY-ARC-011']));
      // The members in one file of the tar, the directory in another.
      const directory = zip.findIndex((_, i) => zip[i] === 0x50 && zip[i + 1] === 0x4b && zip[i + 2] === 1);
      const parted = Uint8Array.from([...open(tarOf('first.bin', zip.subarray(0, directory))), ...tarOf('second.bin', zip.subarray(directory))]);
      const end = parted.findLastIndex((_, i) => parted[i] === 0x50 && parted[i + 1] === 0x4b && parted[i + 2] === 5);
      const records = [...parted].flatMap((_, i) => (parted[i] === 0x50 && parted[i + 1] === 0x4b && parted[i + 2] === 1 ? [i] : []));
      const data = new DataView(parted.buffer);
      for (const at of records) data.setUint32(at + 42, data.getUint32(at + 42, true) + 512, true);
      data.setUint32(end + 16, records[0] ?? 0, true);
      expect(await rulesHit(parted, 'x.tar')).toContain('ASY-ARC-010');
    });
  });
});

describe('zip', () => {
  const plain = archive({ 'a/data.pkl': PICKLE, 'a/version': latin1('3\n') });
  const directory = plain.findIndex((_, i) => plain[i] === 0x50 && plain[i + 1] === 0x4b && plain[i + 2] === 1 && plain[i + 3] === 2);

  it('lists an archive with a password as not inspected', async () => {
    const sealed = archive({ 'a.bin': latin1('0123456789') });
    const at = sealed.findIndex((_, i) => sealed[i] === 0x50 && sealed[i + 1] === 0x4b && sealed[i + 2] === 1);
    const whole = patch(patch(patch(patch(sealed, 6, 1), at + 8, 1), 14, 9, 9, 9, 9), at + 16, 9, 9, 9, 9);
    expect((await inspectFiles([bytesOf('x.zip', whole)])).files.map(({ status }) => status)).toEqual(['partly', 'not-inspected']);
    const findings = await findingsOf(archiveIntegrity, [bytesOf('x.zip', whole)]);
    expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['info ASY-ARC-012']);
  });

  it('finds the pickle in it, stored, deflated, nested and compressed again', async () => {
    for (const bytes of [plain, archive({ 'a/data.pkl': PICKLE }, 6), archive({ 'in.zip': plain }), Uint8Array.from(gzipSync(plain))]) expect(await rulesHit(bytes)).toEqual(['ASY-PKL-001']);
  });

  it.each([
    ['a name in the directory alone', patch(plain, directory + 46, 0x62), 'ASY-ARC-001'],
    ['a flag in both headers', patch(patch(plain, 6, 1), directory + 8, 1), 'ASY-ARC-002'],
    ['a wrong CRC in both headers', patch(patch(plain, 14, 1, 2, 3, 4), directory + 16, 1, 2, 3, 4), 'ASY-ARC-003'],
    ['bytes before the archive', Uint8Array.from([...latin1('junkjunk'), ...plain]), 'ASY-ARC-011'],
    ['a path that leads out', archive({ '../../x.pkl': PICKLE }), 'ASY-ARC-005'],
    ['a path with the other separator', archive({ '..\\x.pkl': PICKLE }), 'ASY-ARC-005'],
    ['a pickle called text', archive({ 'notes.txt': PICKLE }), 'ASY-ARC-009'],
  ])('notices %s, and reads the pickle all the same', async (_, bytes, rule) => {
    expect(await rulesHit(bytes)).toEqual(expect.arrayContaining([rule, 'ASY-PKL-001']));
  });

  it('reads a member that its directory does not list', async () => {
    const other = archive({ 'b.pkl': PICKLE });
    const hidden = other.slice(0, 30 + 5 + PICKLE.length);
    const good = archive({ 'a.txt': latin1('hello') });
    const at = good.findIndex((_, i) => good[i] === 0x50 && good[i + 1] === 0x4b && good[i + 2] === 1);
    const end = good.length - 22;
    const bytes = Uint8Array.from([...good.slice(0, at), ...hidden, ...good.slice(at)]);
    new DataView(bytes.buffer).setUint32(end + hidden.length + 16, at + hidden.length, true);
    expect(await rulesHit(bytes)).toEqual(expect.arrayContaining(['ASY-ARC-008', 'ASY-PKL-001']));
  });

  it('reads the comment, and the second name that a member may have', async () => {
    const good = archive({ 'a.txt': latin1('hello') });
    const end = good.length - 22;
    const bytes = Uint8Array.from([...good, ...PICKLE]);
    new DataView(bytes.buffer).setUint16(end + 20, PICKLE.length, true);
    expect(await rulesHit(bytes)).toContain('ASY-PKL-001');
    const path = latin1('../../b.pkl');
    const named = Uint8Array.from(zipSync({ 'a.txt': [latin1('hello'), { level: 0, extra: { 0x7075: Uint8Array.from([1, 0, 0, 0, 0, ...path]) } }] }));
    expect(await rulesHit(named)).toEqual(['ASY-ARC-001', 'ASY-ARC-005']);
    const same = Uint8Array.from(zipSync({ 'a.txt': [latin1('hello'), { level: 0, extra: { 0x7075: Uint8Array.from([1, 0, 0, 0, 0, ...latin1('a.txt')]) } }] }));
    expect(await rulesHit(same)).toEqual([]);
  });

  it('reads only the beginning of what expands a thousandfold', async () => {
    const bytes = archive({ 'zeros.bin': new Uint8Array(12 * 2 ** 20) }, 6);
    expect(await rulesHit(bytes)).toContain('ASY-ARC-007');
    const { files } = await inspectFiles([bytesOf('x.zip', bytes)]);
    expect(files[0]?.status).toBe('partly');
    expect(files[1]?.source.size).toBe(2 ** 20);
  });

  it('says of more members than are read that they were not, and nothing else', async () => {
    const bytes = archive(Object.fromEntries(Array.from({ length: 50_002 }, (_, i) => [`${i}`, new Uint8Array(0)])));
    const { files } = await inspectFiles([bytesOf('x.zip', bytes)]);
    expect(files[0]).toMatchObject({ status: 'partly', reason: expect.stringContaining('limit exceeded: not all members were read') });
    expect(files[0]?.problems).toEqual([]);
    expect(await rulesHit(bytes, 'x.zip')).toEqual([]);
  }, 60_000);

  it('computes CRC-32 as others do', () => {
    expect(crc32(latin1('123456789'))).toBe(0xcbf43926);
    expect(crc32(latin1('6789'), crc32(latin1('12345')))).toBe(0xcbf43926);
  });
});

describe('any damage', () => {
  const seeds: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
    ['x.zip', archive({ 'a/data.pkl': PICKLE, 'b.json': latin1('{"a": 1}') }, 6)],
    ['x.tar', tarOf('a/data.pkl', PICKLE)],
    ['x.npy', latin1(`\x93NUMPY\x01\x00\x46\x00${"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }".padEnd(69)}\n${'\0'.repeat(16)}`)],
    ['x.gz', Uint8Array.from(gzipSync(PICKLE))],
    ['x.bin', Uint8Array.from([0x78, 0x9c, ...deflateSync(PICKLE), 0, 0, 0, 0])],
    ['x.h5', latin1('\x89HDF\r\n\x1a\n\0\0{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}}\0')],
    ['x.tflite', latin1('\x1c\0\0\0TFL3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\x0c\0\x08\0\x04\0\x08\0\0\0\x04\0\0\0\x01\0\0\0\x04\0\0\0')],
    ['saved_model.pb', latin1('\x08\x01\x12\x16\x0a\x02\x08\x01\x12\x10\x0a\x0e\x0a\x01a\x12\x09WriteFile')],
  ];

  it.each(seeds)('of %s ends in an account of every byte, and in nothing else', async (name, whole) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), async (length, edits) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const { files } = await inspectFiles([bytesOf(name, bytes)]);
        for (const file of files) {
          expect(file.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0)).toBe(file.source.size);
          expect(file.problems.filter(({ actual }) => actual?.includes('error inside the reader') === true)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
