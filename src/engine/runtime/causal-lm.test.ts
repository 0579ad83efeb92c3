// Numbers equal transformers' on tiny random models (graph/fixtures, made by zoo/fixtures/causal.py), on onnxruntime-node.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { openPath } from '../../adapters/node-files.ts';
import { openArtifact } from '../artifact/open.ts';
import { seeded } from '../core/random.ts';
import { GREEDY, type CausalLm, type SamplingOptions } from './causal-lm.ts';
import { openCausalLm } from './open-causal-lm.ts';

interface Expectation {
  readonly inputIds: readonly (readonly number[])[];
  /** [rows][vocabulary] */
  readonly logitsLast: readonly (readonly number[])[];
  /** First row: [tokens][vocabulary] */
  readonly logitsAll: readonly (readonly number[])[];
  /** First row: [layers][heads][query][key] */
  readonly attentions: readonly (readonly (readonly (readonly number[])[])[])[];
  readonly greedy: readonly (readonly number[])[];
}

const root = fileURLToPath(new URL('../graph/fixtures/', import.meta.url));
const readJson = (path: string): unknown => JSON.parse(readFileSync(root + path, 'utf8'));

interface Model {
  readonly name: string;
  /** File or folder, below the fixtures. */
  readonly path: string;
  readonly expect: string;
  /** Folder whose config.json is taken, where the model has none. */
  readonly config?: string;
  /** Too little for the weights as float32, so that blocks stay packed. */
  readonly maxModelBytes?: number;
}

const MODELS: readonly Model[] = [
  ...[
  'llama-tied',
  'llama-untied-bf16',
  'llama3-rope',
  'qwen2-sharded',
  'gpt2-f16',
  'gpt2-bare',
  'llama-tied.f32.gguf',
  'llama-tied.f16.gguf',
  'llama-tied.q8_0.gguf',
  'llama-tied.q4_0.gguf',
  'llama-tied.q4_1.gguf',
  'qwen2-sharded.f16.gguf',
  ].map((name) => ({ name, path: name, expect: `${name.replace(/\.gguf$/, '')}.expect.json` })),
  { name: 'Q8_0 kept packed', path: 'llama-tied.q8_0.gguf', expect: 'llama-tied.q8_0.expect.json', maxModelBytes: 100_000 },
  { name: 'Q4_0 kept packed', path: 'llama-tied.q4_0.gguf', expect: 'llama-tied.q4_0.expect.json', maxModelBytes: 100_000 },
  { name: 'Q4_1 kept packed', path: 'llama-tied.q4_1.gguf', expect: 'llama-tied.q4_1.expect.json', maxModelBytes: 100_000 },
  { name: 'ONNX without past', path: 'llama-tied-onnx/model.onnx', expect: 'llama-tied.expect.json', config: 'llama-tied' },
  { name: 'ONNX with past', path: 'llama-tied-onnx/model_with_past.onnx', expect: 'llama-tied.expect.json', config: 'llama-tied' },
];

const LOGITS = 1e-4;
const PROBABILITIES = 1e-5;

describe.each(MODELS)('$name', ({ path, expect: expectation, config, maxModelBytes }) => {
  const expected = readJson(expectation) as Expectation;
  const rows = expected.inputIds;
  let model: CausalLm;

  beforeAll(async () => {
    const artifact = await openArtifact(await openPath(root + path));
    const own = config === undefined ? artifact : { ...artifact, config: readJson(`${config}/config.json`) as Record<string, unknown> };
    const runtime = await openNodeRuntime();
    model = await openCausalLm(own, maxModelBytes === undefined ? runtime : { ...runtime, limits: { ...runtime.limits, maxModelBytes } });
  });
  afterAll(() => model.dispose());

  it('gives the last logits, without and with a prefix, in a batch and alone', async () => {
    const none = await model.prefill([]);
    const whole = await model.next(none, rows);
    for (const [row, logits] of expected.logitsLast.entries()) {
      expect(distance(whole.logits.subarray(row * whole.vocabulary, (row + 1) * whole.vocabulary), logits)).toBeLessThan(LOGITS);
      const ids = rows[row] ?? [];
      const prefix = await model.prefill(ids.slice(0, 5));
      const alone = await model.next(prefix, [ids.slice(5), ids.slice(5, 8)]);
      expect(distance(alone.logits.subarray(0, whole.vocabulary), logits)).toBeLessThan(LOGITS);
    }
  });

  it('scores targets', async () => {
    const ids = rows[0] ?? [];
    const prefix = await model.prefill(ids.slice(0, 2));
    const { logProb } = await model.score(prefix, [ids.slice(2, 5), ids.slice(2, 11)], [ids.slice(5), ids.slice(11)]);
    const reference = ids.slice(5).map((id, index) => logSoftmax(expected.logitsAll[4 + index] ?? [])[id] ?? 0);
    expect(distance(logProb[0] ?? new Float32Array(), reference)).toBeLessThan(LOGITS);
    expect(distance(logProb[1] ?? new Float32Array(), reference.slice(6))).toBeLessThan(LOGITS);
  });

  it('sweeps entropy, divergence and the most likely token', async () => {
    const prefix = await model.prefill((rows[0] ?? []).slice(0, 1));
    const reference = Float32Array.from(logSoftmax(expected.logitsLast[1] ?? []));
    const ids = rows[0] ?? [];
    const suffixes = [3, 12, 7, 12].map((end) => ids.slice(1, end));
    const { entropy, kl, argmax } = await model.sweep(prefix, suffixes, reference);
    for (const [at, suffix] of suffixes.entries()) {
      const log = logSoftmax(expected.logitsAll[suffix.length] ?? []);
      expect(entropy[at]).toBeCloseTo(log.reduce((sum, value) => sum - Math.exp(value) * value, 0), 4);
      expect(kl[at]).toBeCloseTo(log.reduce((sum, value, id) => sum + Math.exp(value) * (value - (reference[id] ?? 0)), 0), 3);
      expect(argmax[at]).toBe(log.indexOf(Math.max(...log)));
    }
  });

  it('decodes greedily as transformers does, rows together, apart and of different length', async () => {
    const options = { maxNewTokens: expected.greedy[0]?.length ?? 0, sampling: GREEDY, ignoreStop: true };
    const none = await model.prefill([]);
    const together = await model.generate(none, rows, options);
    expect(together.map(({ ids }) => ids)).toEqual(expected.greedy);
    for (const [row, ids] of rows.entries()) {
      const prefix = await model.prefill(ids.slice(0, 4));
      const mixed = await model.generate(prefix, [ids.slice(4, 6), ids.slice(4), ids.slice(4, 9)], options);
      expect(mixed[1]?.ids).toEqual(expected.greedy[row]);
    }
  });

  it('gives attention probabilities, whole and summed over spans', async () => {
    const ids = rows[0] ?? [];
    const maps = await model.attention(ids);
    for (const [layer, heads] of expected.attentions.entries()) expect(distance(maps.layer(layer), heads.flat(2))).toBeLessThan(PROBABILITIES);
    const [mass, shorter] = await model.attentionToSpans([ids, ids.slice(0, 6)], [[[0, 2], [3, 7]], [[1, 4]]]);
    const length = ids.length;
    const expectedMass = expected.attentions.flatMap((heads) => heads.flatMap((queries) => queries.flatMap((keys) => [sum(keys.slice(0, 2)), sum(keys.slice(3, 7))])));
    expect(distance(mass ?? new Float32Array(), expectedMass)).toBeLessThan(PROBABILITIES);
    expect(mass?.length).toBe(model.layers * model.heads * length * 2);
    expect(distance(shorter ?? new Float32Array(), expected.attentions.flatMap((heads) => heads.flatMap((queries) => queries.slice(0, 6).map((keys) => sum(keys.slice(1, 4))))))).toBeLessThan(PROBABILITIES);
  });

  it('refuses a token that the weights do not know', async () => {
    await expect(model.prefill([model.vocabularySize])).rejects.toMatchObject({ code: 'malformed', field: 'tokens', actual: String(model.vocabularySize) });
  });

  it('goes on with the rows that have not ended', async () => {
    const sampling: SamplingOptions = { temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };
    const prefix = await model.prefill([1]);
    const many = Array.from({ length: 40 }, (_, row) => [3 + (row % 20), 7]);
    const random = seeded(4, 'ended');
    const together = await model.generate(prefix, many, { maxNewTokens: 24, sampling, random });
    // The one seldom says its end.
    if (path !== 'gpt2-bare') expect(together.some(({ stopped }) => stopped)).toBe(true);
    expect(together.some(({ stopped }) => !stopped)).toBe(true);
    const first = await model.generate(prefix, many.slice(0, 1), { maxNewTokens: 24, sampling, random });
    expect(together[0]?.ids).toEqual(first[0]?.ids);
  });

  it('samples the same text whatever stands beside a row', async () => {
    const sampling: SamplingOptions = { temperature: 0.9, topK: 40, topP: 0.95, repetitionPenalty: 1.1 };
    const prefix = await model.prefill([1]);
    const prompts = rows.map((row, index) => row.slice(0, 3 + 2 * index));
    const options = { maxNewTokens: 20, sampling, random: seeded(7), ignoreStop: true };
    const together = await model.generate(prefix, prompts, options);
    const [first] = await model.generate(prefix, prompts.slice(0, 1), options);
    expect(together[0]?.ids).toEqual(first?.ids);
  });
});

function distance(actual: ArrayLike<number>, wanted: readonly number[]): number {
  expect(actual.length).toBe(wanted.length);
  return wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - (actual[at] ?? NaN))), 0);
}

function logSoftmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const normaliser = largest + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - largest), 0));
  return logits.map((logit) => logit - normaliser);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
