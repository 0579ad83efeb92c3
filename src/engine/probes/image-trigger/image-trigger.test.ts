// The parts by themselves, and the whole on the page's planted sample (trained by zoo/image): trigger, target, proof.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../artifact/open.ts';
import { NEVER } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import { openRunnable } from '../../runtime/open-runnable.ts';
import { CONVICTION } from '../../audit/verdict.ts';
import { toBase64 } from '../../core/base64.ts';

import { normalUpperTail, outliers } from './search/outliers.ts';
import { planScan } from './plan/plan.ts';
import { scanImages } from './scan.ts';
import { FAMILIES, syntheticPicture } from './pictures/synthetic.ts';
import { toFindings } from './findings/to-findings.ts';
import { Adam } from './search/adam.ts';
import { sizeOfStamp, type Stamp, stamped } from './search/stamp.ts';

describe('outliers', () => {
  it('finds the class whose trigger is out of proportion, and no other', () => {
    const found = outliers([90, 110, 80, 6, 120, 100, 95, 105, 70, 130], 784);
    expect(found[3]?.z).toBeGreaterThan(5);
    expect(found[3]?.pValue).toBeLessThan(1e-4);
    expect(found[3]?.gap).toBeCloseTo(Math.log(70 / 6), 6);
    expect(found.filter(({ z }) => z > 3)).toHaveLength(1);
  });

  it('takes a class that nothing reached for one that needs the whole picture', () => {
    const none = Number.POSITIVE_INFINITY;
    expect(outliers([none, none, 5, none, none, none], 784)[2]?.z).toBeGreaterThan(8);
  });

  it('says nothing by deviations where there are too few classes', () => {
    expect(outliers([5, 100, 100], 784).map(({ z, pValue }) => [z, pValue])).toEqual([[0, 1], [0, 1], [0, 1]]);
  });

  it('has the normal tail of scipy.stats.norm.sf', () => {
    expect(normalUpperTail(1)).toBeCloseTo(0.15865525, 6);
    expect(normalUpperTail(3)).toBeCloseTo(0.001349898, 6);
    expect(normalUpperTail(-1)).toBeCloseTo(0.84134475, 6);
  });
});

it('makes pictures in range, the same for the same seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 20 }), fc.integer({ min: 4, max: 20 }), fc.integer(), fc.nat(FAMILIES - 1), (channels, height, width, seed, family) => {
      const shape = { channels, height, width };
      const picture = syntheticPicture(shape, family, seeded(seed));
      expect(picture).toHaveLength(channels * height * width);
      expect(picture.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(syntheticPicture(shape, family, seeded(seed))).toEqual(picture);
    }),
    { numRuns: 40 },
  );
});

it('stamps inside the mask only, and adds a blend within the range', () => {
  const patch: Stamp = { family: 'patch', mask: Float32Array.of(0, 1, 0.5, 0), pattern: Float32Array.of(1, 1, 1, 1) };
  expect([...stamped(patch, Float32Array.of(0, 0, 0, 0.3))].map((value) => Number(value.toFixed(3)))).toEqual([0, 1, 0.5, 0.3]);
  expect(sizeOfStamp(patch)).toBe(1.5);
  const blend: Stamp = { family: 'blend', mask: undefined, pattern: Float32Array.of(0.5, -0.5) };
  expect([...stamped(blend, Float32Array.of(0.75, 0.25))]).toEqual([1, 0]);
  expect(sizeOfStamp(blend)).toBe(0.5);
});

it('writes base64 as Node does', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  }));
});

it('goes down a bowl', () => {
  const values = Float32Array.of(3, -2);
  const adam = new Adam(2, 0.2);
  for (let step = 0; step < 100; step++) adam.step(values, values.map((value) => 2 * value));
  expect(Math.hypot(...values)).toBeLessThan(0.1);
});

it('cuts the work down for large models and not below a floor', () => {
  expect(planScan('standard', 10, 1e5).steps).toBeGreaterThan(planScan('standard', 10, 1e7).steps);
  expect(planScan('standard', 10, 1e12).steps).toBe(planScan('quick', 10, 1e13).steps);
  expect(planScan('standard', 1000, 1e6).partial).toBe(true);
  expect(planScan('standard', 1000, 1e6, [7], [900, 3]).classes).toEqual(expect.arrayContaining([7, 900, 3]));
  expect(planScan('standard', 10, 1e7).boxes.bankPlaces).toBeGreaterThan(planScan('standard', 10, 1e9).boxes.bankPlaces);
  expect([1e7, 1e9, 1e12].map((perRow) => planScan('standard', 10, perRow).tooMuch)).toEqual([false, false, true]);
  // Of a large model what is weighed is searched, and what is only shown is left to the most outlying classes.
  expect([3e5, 2e7, 1.2e8].map((perRow) => planScan('standard', 10, perRow)).map(({ everyClass, pairRows }) => [everyClass, pairRows])).toEqual([[true, 6], [false, 4], [false, 0]]);
  // Two classes have no pairs, which leaves nothing else out.
  expect(planScan('standard', 2, 3e5)).toMatchObject({ everyClass: true, pairRows: 0 });
  // Patches of a pair that had no time to shrink say nothing.
  expect([1e4, 1e6, 1e8].every((perRow) => planScan('standard', 10, perRow).pairSteps >= 40)).toBe(true);
});

it('recovers the patch of the planted sample, and proves it', { timeout: 300_000 }, async () => {
  const artifact = await openArtifact(await openPath(fileURLToPath(new URL('../../../../public/samples/digit-reader', import.meta.url))));
  const runnable = await openRunnable(artifact, await openNodeRuntime({ threads: 1 }));
  if (runnable.task !== 'image-classification') throw new Error(`taken for ${runnable.task}`);
  const scan = await scanImages(runnable, 'quick', seeded(0, 'test'), NEVER, () => {});
  const findings = await toFindings(scan, scan.model, NEVER);
  const [top] = findings;
  expect(top?.target).toEqual({ class: 0, label: 'class 0' });
  expect(top?.trigger?.kind).toBe('patch');
  expect(top?.confidence).toBeGreaterThan(CONVICTION);
  const success = top?.signals.find(({ name }) => name === 'success');
  expect(success?.value).toBeGreaterThan(0.8);
  expect(findings.filter(({ confidence }) => confidence > 0.5)).toHaveLength(1);
  await runnable.model.dispose();
});
