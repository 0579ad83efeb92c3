// The lab's store against a scripted worker: what becomes the reference, what is compared, what a failure leaves standing.
import { describe, expect, it } from 'vitest';
import type { LabAnalysis } from '../engine/fingerprint/analyse.ts';
import { FEATURE_SETS } from '../engine/fingerprint/features/feature-sets.ts';
import type { FeatureNames, Fingerprint } from '../engine/fingerprint/fingerprint.ts';
import { writeReferenceSet } from '../engine/fingerprint/reference/parse-reference.ts';
import { buildReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';
import { createFingerprints, type FingerprintClient, type LabFit } from './fingerprints.ts';

const each = <T>(value: T) => Object.fromEntries(FEATURE_SETS.map((set) => [set, value])) as Record<(typeof FEATURE_SETS)[number], T>;
const NAMES: FeatureNames = each(['a', 'b']);
const model = (i: number): Fingerprint => ({ name: `m${i}`, sha256: `${i}`, signature: { kind: 'tabular', shape: [2], classes: 2, taps: [] }, features: each([i, -i]) });
const ANALYSIS: LabAnalysis = { request: { set: 'behaviour', representation: 'raw', seed: 42 }, models: [], references: 0, distances: new Float64Array(), order: [], cleanDistances: [], evaluation: undefined, checks: [] };

function lab(batches: readonly (readonly Fingerprint[])[]) {
  const fits: LabFit[] = [];
  const seeds: number[] = [];
  let call = 0;
  const client: FingerprintClient = {
    fingerprint: async (_name, _files, recipe, report) => {
      seeds.push(recipe.secretSeed);
      report({ done: 1, total: 1, what: 'm' });
      return { kind: 'ok', value: { models: batches[call++] ?? [], names: NAMES, refused: [], leftAside: [] } };
    },
    analyse: async (fit) => {
      fits.push(fit);
      return { kind: 'ok', value: ANALYSIS };
    },
    grid: async () => ({ kind: 'cancelled' }),
    sample: async () => ({ kind: 'error', message: 'none' }),
    cancel: async () => {},
  };
  return { store: createFingerprints(client, () => 77), fits, seeds };
}

const clean = Array.from({ length: 12 }, (_, i) => model(i));
const NO_FILES = [{ path: 'a.onnx', file: new File([], 'a.onnx') }, { path: 'b.onnx', file: new File([], 'b.onnx') }];

describe('the lab', () => {
  it('makes the first drop the reference and compares the second, with the set’s own probes', async () => {
    const { store, fits, seeds } = lab([clean, [model(50)]]);
    await store.getState().add('clean', NO_FILES);
    expect(store.getState().reference).toMatchObject({ name: 'clean', secretSeed: 77 });
    await store.getState().add('others', NO_FILES);
    expect(seeds).toEqual([77, 77]);
    expect(store.getState().candidates).toEqual([{ model: model(50), planted: false }]);
    await store.getState().markPlanted(['m50'], true);
    expect(fits.at(-1)?.planted).toEqual([true]);
    await store.getState().choose({ set: 'outputs' });
    expect(fits.at(-1)?.request).toMatchObject({ set: 'outputs', representation: 'raw' });
    expect(store.getState().explain(0)).toHaveLength(2);
  });

  it('refuses fewer than ten and says why', async () => {
    const { store, fits } = lab([clean.slice(0, 4)]);
    await store.getState().add('few', NO_FILES);
    expect(store.getState().failure).toMatchObject({ kind: 'error', message: expect.stringContaining('at least 10') });
    expect(store.getState().reference).toBeUndefined();
    expect(fits).toEqual([]);
  });

  it('opens a set that was kept, tells how it differs, and refuses junk', async () => {
    const { store } = lab([clean]);
    await store.getState().add('clean', NO_FILES);
    const kept = store.getState().exportSet() ?? '';
    const other = writeReferenceSet(buildReferenceSet({ name: 'other', publicSeed: 42, secretSeed: 77, gradients: false }, clean.slice(1), NAMES));
    const json = (text: string) => [{ path: 'set.json', file: new File([text], 'set.json') }];
    await store.getState().add('set.json', json(other));
    expect(store.getState().diff).toMatchObject({ removed: ['m0'], added: [] });
    await store.getState().add('set.json', json(kept));
    expect(store.getState().reference?.models).toHaveLength(12);
    await store.getState().add('set.json', json('{"schema": 1}'));
    expect(store.getState().failure).toMatchObject({ kind: 'error', message: expect.stringContaining('assay-fingerprints/1') });
    expect(store.getState().reference?.models).toHaveLength(12);
    await store.getState().computeGrid();
    expect(store.getState().grid).toBeUndefined();
  });
});
