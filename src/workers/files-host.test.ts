import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../adapters/node-hasher.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { bytesOf, type ByteSource } from '../engine/core/byte-source.ts';
import { NEVER } from '../engine/core/cancel.ts';
import { FilesHost } from './files-host.ts';

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** Imports posix.system and calls it with a text that does nothing. */
const HOSTILE = bytesOf('model.pkl', latin1('cposix\nsystem\n(Vtrue\ntR.'));

async function check(...files: ByteSource[]): Promise<{ host: FilesHost; events: AuditEvent[]; hashedAt: number }> {
  const events: AuditEvent[] = [];
  const host = new FilesHost({ makeHasher: nodeHasher, clock: { now: () => 0 } });
  let hashedAt = -1;
  await host.check({ name: 'test', files }, NEVER, () => (hashedAt = hashedAt < 0 ? events.length : hashedAt), (event) => events.push(event));
  return { host, events, hashedAt };
}

describe('the files host', () => {
  it('says what a file would do before it has hashed it', async () => {
    const { events, hashedAt } = await check(HOSTILE);
    const found = events.findIndex((event) => event.type === 'finding' && event.finding.rule === 'ASY-PKL-001');
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThan(hashedAt);
  });

  it('ends with a report that carries the hashes', async () => {
    const { events } = await check(HOSTILE, bytesOf('notes.txt', latin1('hello\n')));
    const last = events.at(-1);
    expect(last?.type === 'report' && last.report.verdict).toBe('backdoor');
    expect(last?.type === 'report' && last.report.subject.files.map(({ sha256 }) => sha256)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03']);
  });

  it('shows bytes of what is open, and of nothing else', async () => {
    const { host } = await check(HOSTILE);
    expect(new TextDecoder().decode(await host.bytes('model.pkl', 1, 6))).toBe('posix');
    expect((await host.bytes('model.pkl', 10, 1e9)).byteLength).toBe(HOSTILE.size - 10);
    await expect(host.bytes('other.pkl', 0, 4)).rejects.toThrow('not open');
  });
});
