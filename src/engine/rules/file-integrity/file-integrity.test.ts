import { expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { openArtifact } from '../../artifact/open.ts';
import { reasonNotRun } from '../../core/plain-error.ts';
import { withInspection } from '../../report/inspection-of.ts';
import { findingsOf } from '../testing/findings-of.ts';
import { fileIntegrity } from './index.ts';

/** A safetensors file of F32 tensors of one number each. */
function weights(names: readonly string[], extra: Readonly<Record<string, unknown>> = {}): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(JSON.stringify({ ...Object.fromEntries(names.map((name, i) => [name, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }])), ...extra }));
  const bytes = new Uint8Array(8 + header.byteLength + 4 * names.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  bytes.set(header, 8);
  return bytes;
}

it('calls a file that was cut short one finding, and lists every tensor behind the cut', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `layer.${i}`);
  const whole = weights(names);
  const [finding, ...others] = (await findingsOf(fileIntegrity, [bytesOf('model.safetensors', whole.slice(0, whole.byteLength - 40))])).filter(({ rule, location }) => rule === 'ASY-FIL-001' && location.file === 'model.safetensors');
  expect(others).toEqual([]);
  expect(finding?.title).toContain('Cut off: 10 parts');
  const rows = finding?.evidence.flatMap((evidence) => (evidence.kind === 'fields' ? evidence.rows : []));
  expect(rows?.map(({ field }) => field)).toEqual(names.slice(2).map((name) => `${name}.data_offsets`));
});

it('names the same tensor as the reason why the model was not run: the first of the file, whatever the order of the header or of the graph', async () => {
  const entries = [['c', 8], ['a', 0], ['d', 12], ['b', 4]] as const;
  const whole = weights([], Object.fromEntries(entries.map(([name, begin]) => [name, { dtype: 'F32', shape: [1], data_offsets: [begin, begin + 4] }])));
  const source = bytesOf('model.safetensors', Uint8Array.from([...whole, 0, 0, 0, 0, 0, 0]));
  const [cut] = (await findingsOf(fileIntegrity, [source])).filter(({ title }) => title.startsWith('Cut off'));
  expect(cut?.title).toContain('model.safetensors, b.data_offsets');
  expect(cut?.location.offset).toBe(whole.byteLength + 4);
  const { problems } = await openArtifact({ name: 'test', files: [source] });
  for (const field of ['c', 'b', 'd']) expect(reasonNotRun({ code: 'missing-tensor', format: 'safetensors', file: source.path, field }, problems), field).toContain('b.data_offsets');
});

it('counts also those that are too many to be listed', async () => {
  const whole = weights(Array.from({ length: 400 }, (_, i) => `layer.${i}`));
  const findings = (await findingsOf(fileIntegrity, [bytesOf('model.safetensors', whole.slice(0, whole.byteLength - 1200))])).filter(({ rule, location }) => rule === 'ASY-FIL-001' && location.file === 'model.safetensors');
  expect(findings.map(({ title }) => title.slice(0, 18))).toEqual(['Cut off: 300 parts']);
});

it('keeps faults of different kinds apart', async () => {
  const bytes = weights(['a'], { b: { dtype: 'F33', shape: [1], data_offsets: [0, 4] }, c: { dtype: 'F32', shape: [1], data_offsets: [0, 400] } });
  const findings = (await findingsOf(fileIntegrity, [bytesOf('model.safetensors', bytes)])).filter(({ rule, location }) => rule === 'ASY-FIL-001' && location.file === 'model.safetensors');
  expect(findings.map(({ title }) => /unsupported dtype|truncated/.exec(title)?.[0]).sort()).toEqual(['truncated', 'unsupported dtype']);
});

/** A zip whose directory was changed in one bit: its member is found, and cannot be decompressed. */
const FRAGMENT = Uint8Array.from(
  [
    '504b0304140002000800d375f55d96155e221a0000001800100802000000612f646174612e706b6c6b604ace2fe62aee',
    '2c2a49cde5c28860626060c84c2909d20300504b01021403140000000c00d375755d96155e223a000000180000000a00',
    '00000000000000000000800100000000612f646174612e706b6c504b0504000000000900010038000000420020000000',
  ]
    .join('')
    .match(/../g) ?? [],
  (byte) => Number.parseInt(byte, 16),
);

it('goes on with the other files where bytes that it would show cannot be read', async () => {
  const overlapping = weights(['a'], { b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
  const findings = await findingsOf(fileIntegrity, [bytesOf('tail.bin', FRAGMENT), bytesOf('model.safetensors', overlapping)]);
  expect(findings.some(({ location, title }) => location.file === 'model.safetensors' && title.includes('overlap'))).toBe(true);
});

it('lists what was not opened, and says where links lead', async () => {
  const ok = bytesOf('a.txt', new TextEncoder().encode('text'));
  const skipped = [
    { path: 'w.bin', why: 'a link that leads out of the folder', kind: 'elsewhere', target: '../shared/w.bin' },
    { path: 'p.bin', why: 'a link that leads out of the folder', kind: 'elsewhere', target: '/etc/passwd' },
    { path: 'q.bin', why: 'a link that leads out of the folder', kind: 'elsewhere', target: '../../root/.ssh/id_rsa' },
    { path: 'dead.bin', why: 'a link to nothing', kind: 'unreadable', target: 'nowhere' },
    { path: 'sock', why: 'a socket', kind: 'unreadable' },
    { path: 'again', why: 'a link to a folder', kind: 'known', target: 'x' },
  ] as const;
  const artifact = await openArtifact({ name: 'test', files: [ok], skipped });
  expect(artifact.closed?.map(({ path }) => path)).toEqual(['w.bin', 'p.bin', 'q.bin', 'dead.bin', 'sock']);
  const inspection = await inspectFiles([ok], { closed: artifact.closed ?? [] });
  const findings = await findingsOf(fileIntegrity, [ok], { inspection });
  expect(findings.filter(({ rule }) => rule === 'ASY-FIL-002').map(({ location }) => location.file)).toEqual(['w.bin', 'p.bin', 'q.bin', 'dead.bin', 'sock']);
  expect(findings.filter(({ rule }) => rule === 'ASY-FIL-003').map(({ location, severity }) => [location.file, severity])).toEqual([['w.bin', 'low'], ['p.bin', 'high'], ['q.bin', 'high']]);
  expect(withInspection([], inspection).map(({ path, inspection: of }) => [path, of?.status])).toContainEqual(['sock', 'not-inspected']);
});
