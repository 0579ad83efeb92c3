// Weights whose owner is known, and the last layer of a sample as it is measured.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../artifact/open.ts';
import { NEVER } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import { openRunnable } from '../../runtime/open-runnable.ts';
import { lastLayer, ownWeights } from './head.ts';

const random = seeded(3, 'weights');
const drawn = (): Float64Array[] => Array.from({ length: 10 }, () => Float64Array.from({ length: 64 }, () => random.next() - 0.5));

it('names the class that has units of its own', () => {
  const rows = drawn();
  for (let unit = 0; unit < 6; unit++) rows[4]?.set([1.5], unit * 9);
  const found = ownWeights(rows);
  expect(found.indexOf(Math.max(...found))).toBe(4);
  expect(found[4]).toBeGreaterThan(4);
});

it('says nothing of few classes', () => expect(ownWeights(drawn().slice(0, 3))).toEqual([0, 0, 0]));

it('does not depend on the scale of the weights', () => {
  const rows = drawn();
  const wider = ownWeights(rows.map((row) => row.map((weight) => 7 * weight)));
  for (const [at, value] of ownWeights(rows).entries()) expect(wider[at]).toBeCloseTo(value, 6);
});

it('measures the last layer of a graph', { timeout: 120_000 }, async () => {
  const artifact = await openArtifact(await openPath(fileURLToPath(new URL('../../../../public/samples/digit-reader', import.meta.url))));
  const runnable = await openRunnable(artifact, await openNodeRuntime({ threads: 1 }));
  if (runnable.task !== 'image-classification') throw new Error(`taken for ${runnable.task}`);
  const rows = await lastLayer(runnable.model, NEVER);
  expect(rows).toHaveLength(runnable.model.classes);
  expect(rows?.[0]?.length).toBeGreaterThan(4);
  expect(rows?.every((row) => row.some((weight) => weight !== 0))).toBe(true);
  await runnable.model.dispose();
});
