import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../adapters/node-hasher.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { bytesOf, type ByteSource } from '../engine/core/byte-source.ts';
import { NEVER } from '../engine/core/cancel.ts';
import { FilesHost, KNOWING_NOTHING } from './files-host.ts';

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** Imports posix.system and calls it with a text that does nothing. */
const HOSTILE = bytesOf('model.pkl', latin1('cposix\nsystem\n(Vtrue\ntR.'));

async function check(...files: ByteSource[]): Promise<{ host: FilesHost; events: AuditEvent[]; hashedAt: number }> {
  const events: AuditEvent[] = [];
  const host = new FilesHost({ makeHasher: nodeHasher, checkSignature: async () => undefined, clock: { now: () => 0 }, today: () => Date.parse('2030-01-01') });
  let hashedAt = -1;
  await host.check({ name: 'test', files }, KNOWING_NOTHING, { signal: NEVER, onProgress: () => (hashedAt = hashedAt < 0 ? events.length : hashedAt), onEvent: (event) => events.push(event) });
  return { host, events, hashedAt };
}

describe('the files host', () => {
  it('says what a file would do before it has hashed it', async () => {
    const { events, hashedAt } = await check(HOSTILE);
    const found = events.findIndex((event) => event.type === 'finding' && event.finding.rule === 'ASY-PKL-001');
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThan(hashedAt);
  });

  it('keeps what is open where a comparison is cancelled', async () => {
    const { host } = await check(HOSTILE);
    const signal = { aborted: false };
    const large: ByteSource = { path: 'other.dat', size: 64 * 2 ** 20, slice: async (begin, end) => new Uint8Array(Math.max(0, Math.min(end, 64 * 2 ** 20) - begin)) };
    const listener = { signal, onProgress: () => void (signal.aborted = true), onEvent: () => undefined };
    await expect(host.compare({ name: 'other', files: [large] }, KNOWING_NOTHING, listener)).rejects.toThrow('cancelled');
    expect([...(await host.bytes('model.pkl', 0, 7))]).toEqual([...latin1('cposix\n')]);
    const report = await host.recheck(KNOWING_NOTHING, { signal: NEVER, onProgress: () => undefined, onEvent: () => undefined });
    expect(report.coverage.find(({ analysis }) => analysis === 'base-comparison')?.status).toBe('skipped');
  });

  it('ends with a report that carries the hashes', async () => {
    const { events } = await check(HOSTILE, bytesOf('notes.txt', latin1('hello\n')));
    const last = events.at(-1);
    expect(last?.type === 'report' && last.report.verdict).toBe('backdoor');
    expect(last?.type === 'report' && last.report.subject.files.map(({ sha256 }) => sha256)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03']);
  });

  it('takes note of what the user knows, without a second read', async () => {
    const { host } = await check(HOSTILE);
    const progress: number[] = [];
    const listener = { signal: NEVER, onProgress: (bytes: number) => progress.push(bytes), onEvent: () => {} };
    const report = await host.recheck({ ...KNOWING_NOTHING, allowed: [{ rule: 'ASY-PKL-001', reason: 'our own test', expires: '2030-06-01' }] }, listener);
    expect(report.findings.find(({ rule }) => rule === 'ASY-PKL-001')?.suppressed?.reason).toBe('our own test');
    expect([report.verdict, progress.length]).toEqual(['not-tested', 0]);
  });

  it('compares with another model, tensor by tensor', async () => {
    const model = (fill: number): ByteSource => {
      const header = new TextEncoder().encode(JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] }, b: { dtype: 'F32', shape: [2], data_offsets: [8, 16] } }));
      const bytes = new Uint8Array(8 + header.byteLength + 16);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(header.byteLength), true);
      bytes.set(header, 8);
      new DataView(bytes.buffer).setFloat32(8 + header.byteLength + 8, fill, true);
      return bytesOf('model.safetensors', bytes);
    };
    const { host } = await check(model(3));
    const report = await host.compare({ name: 'the base', files: [model(1)] }, KNOWING_NOTHING, { signal: NEVER, onProgress: () => {}, onEvent: () => {} });
    const finding = report.findings.find(({ rule }) => rule === 'ASY-PRV-010');
    expect(finding?.title).toBe('Beside the base: 1 tensors are the same, 1 changed, 0 reshaped, 0 added, 0 removed');
    expect(finding?.evidence).toMatchObject([{ kind: 'table', rows: [['b', '2', 2, 2, 2, 0.5, expect.anything(), expect.anything()]] }]);
  });

  it('shows bytes of what is open, and of nothing else', async () => {
    const { host } = await check(HOSTILE);
    expect(new TextDecoder().decode(await host.bytes('model.pkl', 1, 6))).toBe('posix');
    expect((await host.bytes('model.pkl', 10, 1e9)).byteLength).toBe(HOSTILE.size - 10);
    await expect(host.bytes('other.pkl', 0, 4)).rejects.toThrow('not open');
  });
});
