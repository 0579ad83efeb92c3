// RAR archives written byte by byte after the format's description, and any damage to them.
// Longer: FUZZ_RUNS=20000 npx vitest run src/engine/artifact/containers
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { archiveIntegrity } from '../../rules/archive-integrity/index.ts';
import { pickleCode } from '../../rules/pickle-code/index.ts';
import { alarms, findingsOf } from '../../rules/testing/findings-of.ts';
import { inspectFiles } from '../inspect/inspect-files.ts';

vi.setConfig({ testTimeout: 60_000 });
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const u16 = (value: number): string => String.fromCharCode(value & 255, value >> 8);
const u32 = (value: number): string => u16(value & 0xffff) + u16(value >>> 16);
const chars = (...values: number[]): string => String.fromCharCode(...values);
const PICKLE = 'cposix\nsystem\n(Vid\ntR.';

/** RAR 5: a block's header behind its CRC (which nothing looks at), then its data. */
const block5 = (type: number, fields: string, data = '', extra = ''): string => {
  const flags = (data === '' ? 0 : 2) | (extra === '' ? 0 : 1);
  const body = chars(type, flags) + (extra === '' ? '' : chars(extra.length)) + (data === '' ? '' : chars(data.length)) + fields + extra;
  return u32(0) + chars(body.length) + body + data;
};
const file5 = (name: string, data: string, method = 0, extra = ''): string => block5(2, chars(0, data.length, 0, method << 7 & 0x7f | 0x80, method) + chars(0, name.length) + name, data, extra);
const rar5 = (...blocks: string[]): Uint8Array<ArrayBuffer> => latin1(`Rar!\x1a\x07\x01\0${block5(1, '\0')}${blocks.join('')}${block5(5, '\0')}`);

const file4 = (name: string, data: string, method = 0x30, flags = 0x8000): string => u16(0) + chars(0x74) + u16(flags) + u16(32 + name.length) + u32(data.length) + u32(data.length) + '\0' + u32(0) + u32(0) + chars(29, method) + u16(name.length) + u32(0) + name + data;
const rar4 = (...blocks: string[]): Uint8Array<ArrayBuffer> => latin1(`Rar!\x1a\x07\0${u16(0)}${chars(0x73)}${u16(0)}${u16(13)}${'\0'.repeat(6)}${blocks.join('')}`);

describe.each([['5', rar5, file5, 1], ['4', rar4, file4, 0x33]] as const)('RAR %s', (_, rar, file, packed) => {
  it('is looked into where its members are stored', async () => {
    expect(alarms(await findingsOf(pickleCode, [bytesOf('x.rar', rar(file('notes.txt', 'hello'), file('m.pkl', PICKLE)))]))).toEqual(['critical ASY-PKL-001']);
  });

  it('says what it could not look into', async () => {
    const { files } = await inspectFiles([bytesOf('x.rar', rar(file('m.pkl', 'not to be read', packed), file('n.txt', 'hello')))]);
    expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual(['x.rar partly', 'x.rar!m.pkl not-inspected', 'x.rar!n.txt inspected']);
  });

  it('tells names that lead out', async () => {
    expect(alarms(await findingsOf(archiveIntegrity, [bytesOf('x.rar', rar(file('../../m.txt', 'hello')))]))).toEqual(['high ASY-ARC-005']);
    expect(alarms(await findingsOf(archiveIntegrity, [bytesOf('x.rar', rar(file('m.txt', 'hello')))]))).toEqual([]);
  });

  it('ends under any damage', async () => {
    const whole = rar(file('notes.txt', 'hello'), file('m.pkl', PICKLE));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: whole.length }), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), async (length, edits) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const { files } = await inspectFiles([bytesOf('x.rar', bytes)]);
        expect(files.flatMap(({ problems }) => problems).map(({ actual }) => actual ?? '').join()).not.toContain('an error inside the reader');
      }),
      { numRuns: RUNS },
    );
  });
});

it('tells links and encryption of RAR 5', async () => {
  const link = chars(5, 1, 0, 11) + '/etc/passwd';
  expect(alarms(await findingsOf(archiveIntegrity, [bytesOf('x.rar', rar5(file5('l', '', 0, chars(link.length) + link)))]))).toEqual(['high ASY-ARC-006']);
  const { files } = await inspectFiles([bytesOf('x.rar', rar5(file5('m', 'not to be read', 0, chars(2, 1, 0))))]);
  expect(files.find(({ path }) => path === 'x.rar!m')?.reason).toBe('encrypted');
});

it.each([
  ['5', `Rar!\x1a\x07\x01\0${u32(7)}${chars(3, 4, 0, 0)}${'x'.repeat(80)}`],
  ['4', `Rar!\x1a\x07\0${u16(7)}${chars(0x73)}${u16(0x80)}${u16(13)}${'\0'.repeat(80)}`],
])('is damaged, not encrypted, where the header of RAR %s that says so has another CRC', async (_, text) => {
  const { files } = await inspectFiles([bytesOf('x.rar', latin1(text))]);
  expect(files[0]?.reason ?? '').not.toContain('encrypted');
  expect(files[0]?.problems[0]).toMatchObject({ code: 'malformed', field: 'header CRC' });
});
