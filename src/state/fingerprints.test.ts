// The lab's store against a scripted worker: what becomes the reference, what is compared, what a failure leaves standing.
import { describe, expect, it } from 'vitest';
import type { LabAnalysis } from '../engine/fingerprint/analyse.ts';
import { FEATURE_SETS } from '../engine/fingerprint/features/feature-sets.ts';
import type { FeatureNames, Fingerprint } from '../engine/fingerprint/fingerprint.ts';
import { writeReferenceSet } from '../engine/fingerprint/reference/parse-reference.ts';
import { buildReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';
import type { KeptSet, KeptSets } from './kept-sets.ts';
import { createFingerprints, type FingerprintClient, type LabFit } from './fingerprints.ts';

const each = <T>(value: T) => Object.fromEntries(FEATURE_SETS.map((set) => [set, value])) as Record<(typeof FEATURE_SETS)[number], T>;
const NAMES: FeatureNames = each(['a', 'b']);
const model = (i: number): Fingerprint => ({ name: `m${i}`, sha256: `${i}`, signature: { kind: 'tabular', shape: [2], classes: 2, taps: [] }, features: each([i, -i]) });
const ANALYSIS: LabAnalysis = { request: { set: 'behaviour', representation: 'raw', seed: 42 }, models: [], references: 0, distances: new Float64Array(), order: [], cleanDistances: [], evaluation: undefined, checks: [] };

function lab(batches: readonly (readonly Fingerprint[])[]) {
  const fits: LabFit[] = [];
  const seeds: number[] = [];
  const late: (() => void)[] = [];
  let call = 0;
  const texts = new Map<string, string>();
  const summaries = new Map<string, KeptSet>();
  const sets: KeptSets = {
    list: async () => [...summaries.values()],
    save: async (summary, text) => {
      summaries.set(summary.key, summary);
      texts.set(summary.key, text);
    },
    load: async (key) => texts.get(key),
    remove: async (key) => {
      summaries.delete(key);
      texts.delete(key);
    },
  };
  const client: FingerprintClient = {
    fingerprint: async (_name, _files, recipe, report) => {
      seeds.push(recipe.secretSeed);
      report({ done: 1, total: 1, what: 'm' });
      late.push(() => report({ done: 1, total: 1, what: 'late' }));
      return { kind: 'ok', value: { models: batches[call++] ?? [], names: NAMES, refused: [], leftAside: [] } };
    },
    analyse: async (fit) => {
      fits.push(fit);
      return { kind: 'ok', value: ANALYSIS };
    },
    grid: async () => ({ kind: 'cancelled' }),
    taps: async () => ({ kind: 'ok', value: [{ tensor: 'fc2', operator: 'Relu', dims: [32], byDefault: true }] }),
    sample: async () => ({ kind: 'error', message: 'none' }),
    cancel: async () => {},
  };
  return { store: createFingerprints(client, () => 77, sets, () => 1000), fits, seeds, late };
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

  it('compares again with what is marked or chosen while it compares', async () => {
    const { store, fits } = lab([clean, [model(50), model(51)]]);
    await store.getState().add('clean', NO_FILES);
    await store.getState().add('others', NO_FILES);
    const first = store.getState().markPlanted(['m50'], true);
    expect(store.getState().busy).toBeDefined();
    await store.getState().markPlanted(['m51'], true);
    await store.getState().choose({ set: 'responses' });
    await first;
    expect(fits.at(-1)).toMatchObject({ planted: [true, true], request: { set: 'responses' } });
    expect(store.getState().busy).toBeUndefined();
  });

  it('is not busy again for a report that comes late', async () => {
    const { store, late } = lab([clean]);
    await store.getState().add('clean', NO_FILES);
    late.forEach((report) => report());
    expect(store.getState().busy).toBeUndefined();
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

  it('keeps sets by name and version, and never overwrites another one', async () => {
    const { store } = lab([clean, [model(50), model(51)]]);
    await store.getState().add('clean', NO_FILES);
    await store.getState().keep();
    await store.getState().keep();
    expect(store.getState().kept.map(({ key }) => key)).toEqual(['clean 1']);
    await store.getState().add('others', NO_FILES);
    await store.getState().revise([12]);
    expect(store.getState().reference).toMatchObject({ version: 2, models: expect.objectContaining({ length: 13 }) });
    expect(store.getState().diff).toMatchObject({ added: ['m50'], against: 'version 1' });
    expect(store.getState().candidates.map(({ model: { name } }) => name)).toEqual(['m51']);
    await store.getState().keep();
    await store.getState().openKept('clean 1');
    expect(store.getState().reference).toMatchObject({ version: 1, models: expect.objectContaining({ length: 12 }) });
    expect(store.getState().isKept).toBe(true);
    await store.getState().revise([0]);
    expect(store.getState().isKept).toBe(false);
    await store.getState().keep();
    expect(store.getState().kept.map(({ key }) => key)).toEqual(['clean 1', 'clean 2', 'clean 3']);
    await store.getState().diffKept('clean 2');
    expect(store.getState().diff).toMatchObject({ removed: ['m0', 'm50'], against: 'clean version 2' });
    await store.getState().removeKept('clean 2');
    expect(store.getState().kept.map(({ key }) => key)).toEqual(['clean 1', 'clean 3']);
    await store.getState().openKept('clean 2');
    expect(store.getState().failure).toMatchObject({ kind: 'error', message: expect.stringContaining('no longer kept') });
  });

  it('puts aside what the features cannot compare, and goes on with the others', async () => {
    const wide = { ...model(60), signature: { ...model(60).signature, classes: 5 } };
    const { store, fits } = lab([clean, [wide, model(50)]]);
    await store.getState().add('clean', NO_FILES);
    await store.getState().add('others', NO_FILES);
    expect(fits.at(-1)?.candidates).toHaveLength(2);
    await store.getState().choose({ set: 'outputs' });
    expect(fits.at(-1)?.candidates.map(({ name }) => name)).toEqual(['m50']);
    expect(store.getState().aside).toMatchObject([{ name: 'm60', reason: { code: 'shape-mismatch', actual: expect.stringContaining('5 classes') } }]);
    expect(store.getState().compared.map(({ model: { name } }) => name)).toEqual(['m50']);
  });

  it('takes the user\u2019s inputs and layers into a new set, and not into an old one', async () => {
    const { store } = lab([clean]);
    const npy = (shape: string, data: number[]) => {
      const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }\n`;
      return new File([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0), header, Float32Array.from(data)], 'inputs.npy');
    };
    await store.getState().add('inputs.npy', [{ path: 'inputs.npy', file: npy('(2, 9)', [1]) }]);
    expect(store.getState().failure).toMatchObject({ kind: 'error' });
    await store.getState().add('inputs.npy', [{ path: 'inputs.npy', file: npy('(2, 2)', [1, 2, 3, 4]) }]);
    expect(store.getState().draft.examples).toEqual({ from: 'inputs.npy', rows: [[1, 2], [3, 4]] });
    await store.getState().lookForTaps('a.onnx', NO_FILES);
    expect(store.getState().draft.choices?.taps).toHaveLength(1);
    store.getState().draftSet({ taps: ['fc2'], gradients: true });
    await store.getState().add('clean', NO_FILES);
    expect(store.getState().reference).toMatchObject({ taps: ['fc2'], gradients: true, examples: [[1, 2], [3, 4]] });
    await store.getState().add('inputs.npy', [{ path: 'inputs.npy', file: npy('(2, 2)', [1, 2, 3, 4]) }]);
    expect(store.getState().failure).toMatchObject({ kind: 'error', message: expect.stringContaining('before it is made') });
  });
});
