// Small networks made here, run on onnxruntime-node: extraction, reference sets, scores, and what is refused.
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { nodeHasher } from '../../adapters/node-hasher.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { bytesOf, type Drop } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import { seeded } from '../core/random.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { readOnnxModel } from '../graph/onnx-reader.ts';
import type { Runtime } from '../runtime/session.ts';
import { auroc, detectionAt, rocCurve } from './evaluate/roc.ts';
import { evaluateScores } from './evaluate/evaluate-set.ts';
import { openArtifact } from '../artifact/open.ts';
import { readExamples } from './extract/examples.ts';
import { listTaps } from './extract/list-taps.ts';
import { defaultTaps, tapCandidates, weightedLayers } from './extract/taps.ts';
import { fingerprintDrops, fingerprintFolders, type FingerprintedDrop } from './fingerprint-drop.ts';
import { clusterOrder, distancesOf, mapOf } from './geometry/geometry.ts';
import { parseReferenceSet, writeReferenceSet } from './reference/parse-reference.ts';
import { buildReferenceSet, diffReferenceSets, incomparable, reviseReferenceSet, splitComparable, type ReferenceSet } from './reference/reference-set.ts';
import { splitDrop } from './reference/split-drop.ts';
import { contributions } from './score/contributions.ts';
import { scoreModels } from './score/score-models.ts';
import { percentileRank, tierOf } from './score/trust.ts';

// Hundreds of small fits: seconds on an idle machine, more on a busy one.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const RECIPE = { name: 'tiny', publicSeed: 42, secretSeed: 5, gradients: true } as const;
const OPTIONS = { secretSeed: 5, gradients: true } as const;

/** 5 -> hidden -> 6 -> 3; `bias` is what a careless planter would leave on class 2. */
function network(seed: number, bias = 0, hidden = 8): Drop {
  const random = seeded(seed, 'network');
  const g = new GraphBuilder();
  const floats = (dims: readonly number[]) => g.floats(Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => (random.next() - 0.5) * 1.5), dims);
  const first = g.op('Relu', [g.op('Add', [g.op('MatMul', [g.input('x', 'float32', ['rows', 5]), floats([5, hidden])]), floats([hidden])])]);
  const second = g.op('Relu', [g.op('Gemm', [first, floats([hidden, 6]), floats([6])])]);
  g.output(g.op('Gemm', [second, floats([6, 3]), g.floats(Float32Array.of(0, 0, bias), [3])]), 'logits', 'float32', ['rows', 3]);
  return { name: `net-${seed}`, files: [bytesOf(`net-${seed}.onnx`, g.finish('net', new Map()).bytes)] };
}

let runtime: Runtime;
let clean: FingerprintedDrop;
let planted: FingerprintedDrop;
let reference: ReferenceSet;

beforeAll(async () => {
  runtime = await openNodeRuntime({ threads: 1 });
  clean = await fingerprintDrops(Array.from({ length: 14 }, (_, i) => network(i)), runtime, nodeHasher, OPTIONS, NEVER);
  planted = await fingerprintDrops([network(50, 6), network(51, 7)], runtime, nodeHasher, OPTIONS, NEVER);
  if (clean.names === undefined) throw new Error('nothing was fingerprinted');
  reference = buildReferenceSet(RECIPE, clean.models, clean.names);
});

describe('extraction', () => {
  it('taps what the last layers take in, and lists the other tensors', async () => {
    const info = await readOnnxModel(network(1).files[0] ?? bytesOf('x', new Uint8Array()));
    const layers = weightedLayers(info);
    expect(layers.map(({ operator }) => operator)).toEqual(['MatMul', 'Gemm', 'Gemm']);
    expect(defaultTaps(info)).toEqual([layers[1]?.input, layers[2]?.input]);
    expect(tapCandidates(info).map(({ operator }) => operator)).toEqual(['MatMul', 'Add', 'Relu', 'Gemm', 'Relu']);
  });

  it('gives every model the same features, gradient norms included, and the same again', async () => {
    expect(clean.refused).toEqual([]);
    const lengths = new Set(clean.models.map(({ features }) => Object.values(features).map((values) => values.length).join()));
    expect(lengths.size).toBe(1);
    expect(clean.models[0]?.signature).toEqual({ kind: 'tabular', shape: [5], classes: 3, taps: [{ tensor: expect.any(String), dims: [8] }, { tensor: expect.any(String), dims: [6] }] });
    expect(clean.names?.source.filter((name) => name.startsWith('gradient norm'))).toHaveLength(50);
    const again = await fingerprintDrops([network(0)], runtime, nodeHasher, OPTIONS, NEVER);
    expect(again.models[0]).toEqual(clean.models[0]);
  });

  it('names what it refuses and goes on', async () => {
    const made = await fingerprintDrops([{ name: 'junk', files: [bytesOf('junk.onnx', Uint8Array.of(8, 9, 99))] }, network(3)], runtime, nodeHasher, OPTIONS, NEVER);
    expect(made.refused.map(({ name }) => name)).toEqual(['junk']);
    expect(made.models).toHaveLength(1);
  });

  it('names what is no model for it, a pickle by what it would import', async () => {
    const pickle = new TextEncoder().encode('cos\nsystem\n(S\'echo hi\'\ntR.');
    const files = [...network(3).files, bytesOf('a.pkl', pickle), bytesOf('renamed.onnx', pickle), bytesOf('notes.txt', Uint8Array.of(104, 105)), bytesOf('net.gguf', Uint8Array.of(71, 71, 85, 70))];
    const made = await fingerprintFolders([{ name: 'all', files }], runtime, nodeHasher, OPTIONS, NEVER);
    expect(made.models.map(({ name }) => name)).toEqual(['net-3']);
    expect(made.leftAside).toEqual(['notes.txt']);
    expect(made.refused.map(({ name, reason }) => [name, reason.actual])).toEqual([
      ['renamed', expect.stringContaining('would import os.system')],
      ['a.pkl', expect.stringContaining('would import os.system')],
      ['net.gguf', 'a .gguf file'],
    ]);
  });

  it('finds the models in a folder', () => {
    const files = ['a.onnx', 'b/b.onnx', 'b/b.onnx.data', 'notes.txt', 'c/config.json', 'c/model.safetensors'].map((path) => bytesOf(path, new Uint8Array()));
    const { models, leftAside } = splitDrop({ name: 'all', files });
    expect(models.map(({ name, files: own }) => [name, own.length])).toEqual([['a', 1], ['b/b', 2], ['c', 2]]);
    expect(leftAside.map(({ path }) => path)).toEqual(['notes.txt']);
  });
});

describe('the user’s own inputs', () => {
  const npy = (type: string, shape: string, data: Uint8Array): Uint8Array => {
    const header = new TextEncoder().encode(`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }\n`);
    return Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length % 256, header.length >> 8, ...header, ...data);
  };

  it('are read from .npy files, and never more than the file holds', () => {
    expect(readExamples(npy('<f4', '2, 5', new Uint8Array(new Float32Array(10).fill(0.5).buffer)), 'x.npy')).toEqual([new Float32Array(5).fill(0.5), new Float32Array(5).fill(0.5)]);
    expect(readExamples(npy('|u1', '1, 2', Uint8Array.of(0, 255)), 'x.npy')).toEqual([Float32Array.of(0, 1)]);
    for (const broken of [npy('<f4', '2, 5', new Uint8Array(8)), npy('<i8', '1', new Uint8Array(8)), npy('<f4', '999999999, 9', new Uint8Array(4)), Uint8Array.of(1, 2), npy('<f4', '', new Uint8Array())])
      expect(() => readExamples(broken, 'x.npy')).toThrow(ArtifactError);
  });

  it('are shown to every model beside the seeded ones', async () => {
    const examples = [new Float32Array(5).fill(0.3)];
    const made = await fingerprintDrops([network(0)], runtime, nodeHasher, { ...OPTIONS, examples }, NEVER);
    expect(made.models[0]?.features.outputs).toHaveLength(51 * 3);
    expect(made.models[0]?.features.outputs.slice(0, 150)).toEqual(clean.models[0]?.features.outputs);
    const wrong = await fingerprintDrops([network(0)], runtime, nodeHasher, { ...OPTIONS, examples: [new Float32Array(4)] }, NEVER);
    expect(wrong.refused[0]?.reason).toMatchObject({ code: 'shape-mismatch', expected: 'inputs of 5 values' });
  });

  it('lists what can be tapped, with shapes', async () => {
    const taps = await listTaps(await openArtifact(network(1)), runtime, NEVER);
    expect(taps.map(({ operator, dims, byDefault }) => [operator, dims, byDefault])).toEqual([['MatMul', [8], false], ['Add', [8], false], ['Relu', [8], true], ['Gemm', [6], false], ['Relu', [6], true]]);
  });
});

describe('reference sets', () => {
  it('refuse fewer than ten models, copies not counted', () => {
    const names = reference.names;
    expect(() => buildReferenceSet(RECIPE, clean.models.slice(0, 9), names)).toThrow(/at least 10/);
    expect(() => buildReferenceSet(RECIPE, [...clean.models.slice(0, 9), ...clean.models.slice(0, 3)], names)).toThrow(/3 more behave exactly like/);
  });

  it('survive being written and read, and tell what changed', () => {
    const read = parseReferenceSet(writeReferenceSet(reference), 'set.json');
    expect(read).toEqual(reference);
    const revised = reviseReferenceSet(reference, { add: planted.models, remove: new Set(['net-0']) });
    expect(revised).toMatchObject({ version: 2, models: expect.objectContaining({ length: 15 }) });
    expect(() => reviseReferenceSet(reference, { remove: new Set(reference.models.map(({ name }) => name)) })).toThrow(/at least 10/);
    const other = { ...reference, secretSeed: 6, models: reference.models.slice(1) };
    expect(diffReferenceSets(reference, other)).toEqual({ added: [], removed: [reference.models[0]?.name], changed: [], recipe: ['secret seed: 5 and 6'] });
  });

  it('never break on what somebody else wrote', () => {
    const text = writeReferenceSet(reference);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, junk) => {
        try {
          parseReferenceSet(text.slice(0, at) + junk + text.slice(at + junk.length), 'set.json');
        } catch (error) {
          expect(error).toBeInstanceOf(ArtifactError);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('match models of another shape by behaviour alone', async () => {
    const wide = (await fingerprintDrops([network(70, 0, 20)], runtime, nodeHasher, OPTIONS, NEVER)).models[0];
    if (wide === undefined) throw new Error('refused');
    expect(incomparable(reference, 'behaviour', wide)).toBeUndefined();
    const { signature } = wide;
    const kinds = [wide, { ...wide, name: 'other', signature: { ...wide.signature, classes: 4 } }];
    expect(splitComparable(reference, kinds, 'outputs', (model) => model)).toMatchObject({ comparable: [{ name: 'net-70' }], aside: [{ name: 'other', reason: { code: 'shape-mismatch' } }] });
    expect(incomparable(reference, 'outputs', { ...wide, signature: { ...signature, shape: [6] } })).toMatch(/needs one shape/);
    await expect(scoreModels(reference, [{ ...wide, signature: { ...signature, classes: 4 } }], { set: 'outputs', representation: 'raw', seed: 1 }, NEVER)).rejects.toThrow(/Behaviour compares/);
  });
});

describe('scores', () => {
  it('put a planted bias above the clean models, with p-values that the reference can give', async () => {
    const scored = await scoreModels(reference, planted.models, { set: 'behaviour', representation: 'raw', seed: 1 }, NEVER);
    for (const { trust, pValue } of scored.candidates) {
      expect(trust).toBeGreaterThan(70);
      expect(pValue).toBeGreaterThanOrEqual(1 / 15);
      expect(pValue).toBeLessThan(0.3);
    }
    expect(evaluateScores(scored, [true, true])?.ensemble.auroc.value).toBeGreaterThan(0.85);
    const [model] = planted.models;
    if (model === undefined) throw new Error('refused');
    expect(contributions(reference, model, 'behaviour', 5)[0]).toMatchObject({ asFar: 0 });
  });

  it('leave a model of the reference out of its own comparison', async () => {
    const [own] = reference.models;
    if (own === undefined) throw new Error('empty');
    const scored = await scoreModels(reference, [own], { set: 'outputs', representation: 'raw', seed: 1 }, NEVER);
    expect(scored.known).toEqual([0]);
    expect(scored.candidates[0]).toEqual(scored.reference[0]);
  });

  it('can be cancelled', async () => {
    await expect(scoreModels(reference, [], { set: 'behaviour', representation: 'raw', seed: 1 }, { aborted: true })).rejects.toThrow('cancelled');
  });

  it('ranks, tiers and curves', () => {
    expect(percentileRank(2, [1, 2, 3, 4])).toBe(37.5);
    expect([0, 29.9, 30, 69.9, 70].map((trust) => tierOf(trust, 0.05).tier)).toEqual(['low', 'low', 'medium', 'medium', 'high']);
    expect(tierOf(90, 0.2).tier).toBe('medium');
    expect(auroc([1, 2, 3], [2, 4])).toBeCloseTo(4.5 / 6, 12);
    expect(detectionAt(Array.from({ length: 10 }, (_, i) => i), [8.5, 9.5, 0], 0.1)).toBeCloseTo(2 / 3, 12);
    expect(rocCurve([1, 2], [2, 3]).at(-1)).toEqual({ falsePositives: 1, truePositives: 1 });
  });
});

it('distances, clusters and maps put near things near', () => {
  const rows = { rows: 6, cols: 2, data: Float64Array.of(0, 0, 0.1, 0, 10, 10, 0, 0.1, 10, 10.1, 10.1, 10) };
  const distances = distancesOf(rows);
  const order = clusterOrder(distances, 6);
  expect([...order.slice(0, 3)].sort().join() === '0,1,3' || [...order.slice(3)].sort().join() === '0,1,3').toBe(true);
  const placed = mapOf(rows, rows);
  expect(Math.sign((placed[0]?.x ?? 0) - (placed[2]?.x ?? 0))).toBe(Math.sign((placed[1]?.x ?? 0) - (placed[4]?.x ?? 0)));
});
