// Which tokens can be drawn, and how often, against transformers 5.23's processors (RepetitionPenaltyLogitsProcessor,
// TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper and softmax) on sixty made-up logits.
import { describe, expect, it } from 'vitest';
import { seeded } from '../core/random.ts';
import { choiceOf, Sampler } from './sampling.ts';
import type { SamplingOptions } from './causal-lm.ts';

const LOGITS = Float32Array.from({ length: 60 }, (_, id) => 4 * Math.sin(id * 12.9898) + (id % 7) * 0.3);

interface Case {
  readonly options: SamplingOptions;
  readonly seen: readonly number[];
  readonly kept: Readonly<Record<number, number>>;
}

const CASES: readonly Case[] = [
  {
    options: { temperature: 1, topK: 0, topP: 0.9, repetitionPenalty: 1 },
    seen: [],
    kept: { 3: 0.05063, 4: 0.07933, 5: 0.06165, 6: 0.0262, 17: 0.02643, 18: 0.07344, 19: 0.10261, 20: 0.07165, 32: 0.04182, 33: 0.1046, 34: 0.13031, 47: 0.06515, 48: 0.14628, 49: 0.0199 },
  },
  {
    options: { temperature: 0.7, topK: 10, topP: 1, repetitionPenalty: 1 },
    seen: [],
    kept: { 3: 0.04352, 4: 0.08267, 5: 0.05767, 18: 0.07403, 19: 0.11939, 20: 0.07148, 33: 0.12271, 34: 0.16799, 47: 0.0624, 48: 0.19813 },
  },
  {
    options: { temperature: 1.3, topK: 12, topP: 0.8, repetitionPenalty: 1 },
    seen: [],
    kept: { 4: 0.09929, 5: 0.08178, 18: 0.09356, 19: 0.12102, 20: 0.09181, 33: 0.12282, 34: 0.14544, 47: 0.08533, 48: 0.15896 },
  },
  {
    options: { temperature: 0.8, topK: 0, topP: 0.95, repetitionPenalty: 1.3 },
    seen: [3, 17, 24, 31, 24],
    kept: { 2: 0.01141, 3: 0.01192, 4: 0.08154, 5: 0.0595, 6: 0.02041, 18: 0.07404, 19: 0.11248, 20: 0.0718, 32: 0.03662, 33: 0.11521, 34: 0.15164, 47: 0.06375, 48: 0.1752, 49: 0.01448 },
  },
];

const DRAWS = 20_000;

describe('Sampler', () => {
  it.each(CASES)('draws what transformers would: $options', ({ options, seen, kept }) => {
    const sampler = new Sampler(LOGITS.length);
    const random = seeded(11);
    const counts = new Map<number, number>();
    const weights = softmax(LOGITS, options.temperature);
    for (let i = 0; i < DRAWS; i++) {
      const id = options.repetitionPenalty === 1 ? sampler.draw(weights, options, random) : sampler.drawPenalised(LOGITS.slice(), options, new Set(seen), random);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Object.keys(kept).map(Number));
    for (const [id, probability] of Object.entries(kept)) {
      const deviation = Math.sqrt((probability * (1 - probability)) / DRAWS);
      expect(Math.abs((counts.get(Number(id)) ?? 0) / DRAWS - probability)).toBeLessThan(4.5 * deviation);
    }
  });

  it('draws from all tokens where nothing is cut', () => {
    const sampler = new Sampler(LOGITS.length);
    const random = seeded(3);
    const options = { temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };
    const weights = softmax(LOGITS, 1);
    let common = 0;
    for (let i = 0; i < DRAWS; i++) if (sampler.draw(weights, options, random) === 48) common++;
    expect(common / DRAWS).toBeCloseTo(0.1336, 2);
  });

  it('never draws a token of no weight', () => {
    const weights = new Float32Array(8);
    weights[5] = 1;
    const random = seeded(1);
    for (const topP of [1, 0.5]) for (const topK of [0, 3]) expect(new Sampler(8).draw(weights, { temperature: 1, topK, topP, repetitionPenalty: 1 }, random)).toBe(5);
  });

  it('ends on weights that are no numbers', () => {
    const weights = new Float32Array(16).fill(Number.NaN);
    expect(new Sampler(16).draw(weights, { temperature: 1, topK: 0, topP: 0.9, repetitionPenalty: 1 }, seeded(1))).toBeGreaterThanOrEqual(0);
  });

  it('asks the graph for as little as a row needs', () => {
    expect(choiceOf({ temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1 })).toBe('largest');
    expect(choiceOf({ temperature: 1, topK: 1, topP: 1, repetitionPenalty: 1 })).toBe('largest');
    expect(choiceOf({ temperature: 1, topK: 50, topP: 1, repetitionPenalty: 1 })).toBe('weighed');
    expect(choiceOf({ temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1.1 })).toBe('penalised');
  });
});

function softmax(logits: Float32Array, temperature: number): Float32Array {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp((logit - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
