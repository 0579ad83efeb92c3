// Models and sets that somebody else made: each is refused by name and reason, or compared with what must be known about it.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { nodeHasher } from '../../adapters/node-hasher.ts';
import { bytesOf, type Drop } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import { seeded } from '../core/random.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import type { Runtime } from '../runtime/session.ts';
import { secretProbes } from './extract/secret-probes.ts';
import { fingerprintDrops, type FingerprintedDrop } from './fingerprint-drop.ts';
import { parseReferenceSet, writeReferenceSet } from './reference/parse-reference.ts';
import { buildReferenceSet, distinctModels, noteOnShape, type ReferenceSet } from './reference/reference-set.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const RECIPE = { name: 'tiny', publicSeed: 42, secretSeed: 5, gradients: false } as const;

/** inputs -> 6 -> classes. */
function network(seed: number, { inputs = [5], classes = 3, weight = 1 }: { readonly inputs?: readonly number[]; readonly classes?: number; readonly weight?: number } = {}): Drop {
  const random = seeded(seed, 'network');
  const g = new GraphBuilder();
  const size = inputs.reduce((product, dim) => product * dim, 1);
  const floats = (dims: readonly number[], factor = 1) => g.floats(Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => factor * (random.next() - 0.5)), dims);
  const x = g.input('x', 'float32', ['rows', ...inputs]);
  const flat = inputs.length === 1 ? x : g.op('Flatten', [x]);
  const hidden = g.op('Relu', [g.op('Gemm', [flat, floats([size, 6]), floats([6])])]);
  g.output(g.op('Gemm', [hidden, floats([6, classes], weight), floats([classes])]), 'logits', 'float32', ['rows', classes]);
  return { name: `net-${seed}`, files: [bytesOf(`net-${seed}.onnx`, g.finish('net', new Map()).bytes)] };
}

let runtime: Runtime;
let clean: FingerprintedDrop;
let reference: ReferenceSet;
const made = (drops: readonly Drop[], taps?: readonly string[]): Promise<FingerprintedDrop> => fingerprintDrops(drops, runtime, nodeHasher, { secretSeed: 5, ...(taps === undefined ? {} : { taps }) }, NEVER);

beforeAll(async () => {
  runtime = await openNodeRuntime({ threads: 1 });
  clean = await made(Array.from({ length: 10 }, (_, i) => network(i)));
  if (clean.names === undefined) throw new Error('nothing was fingerprinted');
  reference = buildReferenceSet(RECIPE, clean.models, clean.names);
});

describe('models', () => {
  it('of thousands of classes are fingerprinted, outputs in few enough numbers to be kept', async () => {
    const { models: [many], refused, names } = await made([network(20, { classes: 3000 })]);
    expect(refused).toEqual([]);
    expect(many?.signature.classes).toBe(3000);
    expect(many?.features.behaviour).toHaveLength(reference.models[0]?.features.behaviour.length ?? 0);
    expect(many?.features.outputs.length).toBeLessThanOrEqual(20_000);
    expect(names?.outputs[1]).toBe('mean of classes 7 to 14 on input 0');
    if (many !== undefined) expect(noteOnShape(reference, many)).toMatch(/tells 3000 classes/);
  });

  it('whose answers are no numbers are refused, not taken for zeros', async () => {
    const { models, refused } = await made([network(21, { weight: NaN }), network(22, { weight: 1e38 }), network(3)]);
    expect(models.map(({ name }) => name)).toEqual(['net-3']);
    expect(refused.map(({ name, reason }) => [name, reason.code, reason.actual])).toEqual([
      ['net-21', 'malformed', expect.stringMatching(/that are none/)],
      ['net-22', 'malformed', expect.stringMatching(/that are none/)],
    ]);
  });

  it('without a tensor that is to be tapped are refused before they run', async () => {
    const { refused } = await made([network(3)], ['no such tensor']);
    expect(refused[0]?.reason).toMatchObject({ code: 'missing-tensor', field: 'taps', actual: 'no such tensor' });
  });

  it('are told in the words of what they take', () => {
    expect(clean.names?.behaviour[0]).toBe('one value far out: strongest shift to one class');
    expect(new Set(clean.names?.behaviour).size).toBe(clean.names?.behaviour.length);
  });
});

describe('sets', () => {
  it('of two kinds of input are refused', async () => {
    const { models } = await made([network(30, { inputs: [1, 4, 4] })]);
    expect(() => buildReferenceSet(RECIPE, [...clean.models, ...models], reference.names)).toThrow(/one kind of input.*net-0 takes tabular inputs, net-30 image inputs/);
  });

  it('count a model once, whatever its file is called or remarks', () => {
    const [first] = clean.models;
    if (first === undefined) throw new Error('empty');
    const copies = Array.from({ length: 12 }, (_, i) => ({ ...first, name: `copy-${i}`, sha256: `${i}` }));
    expect(distinctModels(copies)).toHaveLength(1);
    expect(() => buildReferenceSet(RECIPE, copies, reference.names)).toThrow(/found 1; 11 more behave exactly like one of them/);
    expect(() => parseReferenceSet(writeReferenceSet({ ...reference, models: copies }), 'set.json')).toThrow(/at least 10 that differ/);
  });

  it('are read with a byte order mark, and not with numbers that drown all others', () => {
    const text = writeReferenceSet(reference);
    expect(parseReferenceSet(`\uFEFF${text}`, 'set.json')).toEqual(reference);
    expect(() => parseReferenceSet(text.replace(/"behaviour":\[[^,"]+,/, '"behaviour":[1e300,'), 'set.json')).toThrow(/finite numbers/);
    expect(() => parseReferenceSet('{"schema": {"toString": 1}}', 'set.json')).toThrow(/an object or a list/);
  });
});

describe('probes in the range of the examples', () => {
  it('pictures of 0 to 255', () => {
    const examples = [Float32Array.from({ length: 64 }, (_, at) => (at === 0 ? 0 : at === 1 ? 255 : 100))];
    const { unchanged, changed, bases } = secretProbes('image', [1, 8, 8], undefined, 3, examples);
    expect(bases).toBe(9);
    const rows = changed(0, 80);
    expect(Math.max(...rows)).toBeCloseTo(255, 3);
    expect(Math.min(...rows)).toBeCloseTo(0, 3);
    [...unchanged.subarray(8 * 64)].forEach((value, at) => expect(value).toBeCloseTo(examples[0]?.[at] ?? 0, 3));
    // Without examples, and with ones between 0 and 1, nothing is scaled.
    const plain = secretProbes('image', [1, 8, 8], undefined, 3);
    expect(secretProbes('image', [1, 8, 8], undefined, 3, [Float32Array.from({ length: 64 }, (_, at) => at % 2)]).unchanged.subarray(0, 8 * 64)).toEqual(plain.unchanged);
  });

  it('columns of their own spread', () => {
    const examples = Array.from({ length: 20 }, (_, row) => Float32Array.of(1000 + 100 * (row % 5), row % 2, 7));
    const { unchanged } = secretProbes('tabular', [3], undefined, 3, examples);
    const column = (at: number): number[] => Array.from({ length: 8 }, (_, base) => unchanged[base * 3 + at] ?? 0);
    expect(column(0).every((value) => value > 400 && value < 2000)).toBe(true);
    expect(column(1).every((value) => Math.abs(value) < 40)).toBe(true);
  });
});
