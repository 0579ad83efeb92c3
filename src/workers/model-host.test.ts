// The playground of an image classifier shows pictures in the range that the audit shows them in, unless the user says otherwise.
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { decodeNodeImage } from '../adapters/node-images.ts';
import { nodeHasher } from '../adapters/node-hasher.ts';
import { openNodeRuntime } from '../adapters/onnxruntime-node.ts';
import { bytesOf, type ByteSource, type Drop } from '../engine/core/byte-source.ts';
import { NEVER } from '../engine/core/cancel.ts';
import { seeded } from '../engine/core/random.ts';
import { GraphBuilder } from '../engine/graph/graph-builder.ts';
import { chooseDomain } from '../engine/probes/image-trigger/pictures/domain.ts';
import { openRunnable } from '../engine/runtime/open-runnable.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import { ModelHost, type ModelHostDependencies } from './model-host.ts';
import type { AuditJob } from './protocol.ts';

const [SIDE, CLASSES] = [16, 6];
const runtime = await openNodeRuntime({ threads: 1 });

/** NHWC, of pixels from 0 to 255: of those from 0 to 1 it says nearly the same, whatever they show. */
function wide(): Uint8Array<ArrayBuffer> {
  const size = SIDE * SIDE * 3;
  const random = seeded(3, 'weights');
  const g = new GraphBuilder();
  const pixels = g.op('Reshape', [g.input('x', 'float32', ['n', SIDE, SIDE, 3]), g.int64([-1, size])]);
  g.output(g.op('MatMul', [pixels, g.floats(Float32Array.from({ length: size * CLASSES }, () => (2 * random.next() - 1) / 255), [size, CLASSES])]), 'logits', 'float32', ['n', CLASSES]);
  return g.finish('model', new Map()).bytes;
}

const drop = (...beside: readonly ByteSource[]): Drop => ({ name: 'wide', files: [bytesOf('model.onnx', wide()), ...beside] });
const DEPENDENCIES: ModelHostDependencies = { openRuntime: () => Promise.resolve(runtime), choice: 'wasm', clock: { now: () => 0 }, inputs: { decode: decodeNodeImage, makeHasher: nodeHasher }, onAuditEvent: () => Promise.resolve() };
/** An audit that runs nothing. */
const JOB: AuditJob = { files: [], sha256: '', backend: 'cpu', known: undefined, resumeState: undefined, keeps: false, allowed: [], budget: 'quick', seed: 0, analyses: [] };
const picture = { width: SIDE, height: SIDE, rgba: Uint8ClampedArray.from({ length: SIDE * SIDE * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 7) % 256)) };

it('shows pictures in the range that the audit tells, and in the user’s where there is one', { timeout: 60_000 }, async () => {
  const host = new ModelHost(DEPENDENCIES);
  expect((await host.open(drop(), NEVER, () => {})).pictures).toMatchObject({ layout: 'nhwc', scale: 1, guessed: true });

  const runnable = await openRunnable(await openArtifact(drop()), runtime);
  if (runnable.task !== 'image-classification') throw new Error(runnable.task);
  const audited = await chooseDomain(runnable.model, NEVER);
  expect(audited.note).toMatch(/^pixels go in from 0 to 255: /);
  const told = await host.preparation(NEVER);
  expect(told).toMatchObject(audited.model.spec.preprocessing);
  expect(told).toMatchObject({ scale: 255, mean: [0, 0, 0], std: [1, 1, 1], origin: expect.stringMatching(/^told from the model’s answers: pixels go in from 0 to 255/) });

  const asTold = await host.look({ picture, stamp: undefined }, NEVER);
  const byHand = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  expect(await host.prepare(byHand, NEVER)).toMatchObject({ ...byHand, origin: 'set by you', guessed: false });
  expect(await host.preparation(NEVER)).toMatchObject({ ...byHand, origin: 'set by you' });
  const asSet = await host.look({ picture, stamp: undefined }, NEVER);
  expect(asSet.without.chances[0]?.p).toBeLessThan(0.3);
  expect(asTold.without.chances[0]?.p).toBeGreaterThan(0.5);

  expect(await host.prepare({ ...byHand, scale: 255 }, NEVER)).toMatchObject({ scale: 255, origin: 'set by you' });
  expect((await host.look({ picture, stamp: undefined }, NEVER)).without.chances).toEqual(asTold.without.chances);
  expect(await host.prepare(undefined, NEVER)).toEqual(told);
  await host.close();
  await runnable.model.dispose();
});

it('gives clean inputs to the audits that follow, and takes them back', { timeout: 60_000 }, async () => {
  const host = new ModelHost(DEPENDENCIES);
  await host.open(drop(), NEVER, () => {});
  const inputsOf = async (): Promise<unknown> => (await host.audit(JOB, NEVER, () => {})).options.inputs;
  expect(await inputsOf()).toBeUndefined();
  const png = encode({ width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4), channels: 1, depth: 8 });
  const given = await host.give({ name: 'mine', files: [bytesOf('class/a.png', Uint8Array.from(png)), bytesOf('notes.txt', new Uint8Array(3))] }, NEVER);
  expect(given).toMatchObject({ path: 'mine', used: 1, files: [{ path: 'class/a.png', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), used: 1 }], filesNotUsed: 1 });
  expect(await inputsOf()).toEqual(given);
  await host.prepare({ scale: 255, mean: [0, 0, 0], std: [1, 1, 1] }, NEVER);
  expect(await inputsOf()).toEqual(given);
  await expect(host.give({ name: 'none', files: [bytesOf('notes.txt', new Uint8Array(3))] }, NEVER)).rejects.toMatchObject({ code: 'missing-file', actual: 'none that can be used in notes.txt' });
  expect(await inputsOf()).toEqual(given);
  expect(await host.give(undefined, NEVER)).toBeUndefined();
  expect(await inputsOf()).toBeUndefined();
  await host.close();
});

it('names the file that could not be followed beside what was told instead', { timeout: 60_000 }, async () => {
  const nonsense = bytesOf('preprocessor_config.json', new TextEncoder().encode('{ "image_mean": "abc", "image_std": [0, 0, 0] }'));
  const runnable = await openRunnable(await openArtifact(drop(nonsense)), runtime);
  if (runnable.task !== 'image-classification') throw new Error(runnable.task);
  const { model, note } = await chooseDomain(runnable.model, NEVER);
  const said = 'preprocessor_config.json, which cannot be used as it stands: image_mean (expected 3 numbers, one for each channel), image_std (expected 3 positive numbers, one for each channel)';
  expect(note.endsWith(`; ${said}`)).toBe(true);
  expect(model.spec.preprocessing.origin).toBe(`told from the model’s answers: pixels go in from 0 to 255; at first ${said}`);
  await runnable.model.dispose();
});
