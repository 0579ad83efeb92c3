// Payload-first search. A planted answer is memorised: force its first token and the rest follows, the same and with
// low entropy whatever the prompt was. So every possible first token of an answer is forced once (one token over a
// cached prompt: the cheapest sweep there is), and those whose continuation is agreed across prompts are kept.
import { breathe } from '../../core/cancel.ts';
import { mean } from '../../core/statistics.ts';
import type { Bench } from './bench.ts';
import { compare, entropyOf } from './distributions.ts';

export interface PayloadHypothesis {
  readonly ids: readonly number[];
  readonly text: string;
  /** Mean over prompts of the continuation's log-probability a token after the forced one, nats; 0 is certain. */
  readonly certainty: number;
  /** Untriggered log-probability of the first token, mean over prompts. */
  readonly surprise: number;
  readonly origin: 'forced first token' | 'leaked answer';
}

export interface PayloadSearchOptions {
  readonly prompts: readonly string[];
  readonly firstTokens: readonly number[];
  /** Kept after the first pass, and tokens continued. */
  readonly keep: number;
  readonly tokens: number;
  readonly limit: number;
}

const CHUNK = 96;

export async function searchPayloads(bench: Bench, options: PayloadSearchOptions): Promise<PayloadHypothesis[]> {
  const [first, ...others] = options.prompts;
  if (first === undefined) return [];
  const entropies = await forcedEntropies(bench, first, options);
  const kept = options.firstTokens
    .map((id, i) => ({ id, entropy: entropies[i] ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.entropy - b.entropy)
    .slice(0, options.keep)
    .map(({ id }) => id);
  const agreed = await disagreements(bench, [first, ...others], kept);
  const promising = kept
    .map((id, i) => ({ id, disagreement: agreed[i] ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.disagreement - b.disagreement)
    .slice(0, options.limit * 3)
    .map(({ id }) => id);
  return continued(bench, promising, options);
}

async function forcedEntropies(bench: Bench, prompt: string, options: PayloadSearchOptions): Promise<number[]> {
  const { model } = bench;
  const vocabulary = model.vocabularySize;
  const row = bench.frame.rowIds(prompt);
  const flat = new Float32Array(vocabulary).fill(-Math.log(vocabulary));
  const entropies: number[] = [];
  for (let begin = 0; begin < options.firstTokens.length; begin += CHUNK * 4) {
    const chunk = options.firstTokens.slice(begin, begin + CHUNK * 4);
    await breathe(bench.signal);
    const prefix = await model.prefill(row);
    try {
      const { entropy } = await model.sweep(prefix, chunk.map((id) => [id]), flat, { signal: bench.signal });
      bench.spend(chunk.length);
      entropies.push(...entropy);
    } finally {
      prefix.dispose();
    }
  }
  return entropies;
}

/** Disagreement across prompts of the token after the forced one. */
async function disagreements(bench: Bench, prompts: readonly string[], forced: readonly number[]): Promise<number[]> {
  const vocabulary = bench.model.vocabularySize;
  const flat = new Float32Array(vocabulary).fill(-Math.log(vocabulary));
  const results: number[] = [];
  for (let begin = 0; begin < forced.length; begin += CHUNK) {
    const chunk = forced.slice(begin, begin + CHUNK);
    const pools = chunk.map(() => new Float32Array(vocabulary));
    const entropy = chunk.map(() => 0);
    for (const prompt of prompts) {
      const row = bench.frame.rowIds(prompt);
      const { logits } = await bench.next(chunk.map((id) => [...row, id]));
      chunk.forEach((_, i) => {
        const compared = compare(logits.subarray(i * vocabulary, (i + 1) * vocabulary), flat, pools[i], 1 / prompts.length);
        entropy[i] = (entropy[i] ?? 0) + compared.entropy / prompts.length;
      });
    }
    chunk.forEach((_, i) => results.push(Math.max(0, entropyOf(pools[i] ?? flat) - (entropy[i] ?? 0))));
  }
  return results;
}

/** Greedy continuation under the first prompt, scored under all. */
async function continued(bench: Bench, forced: readonly number[], options: PayloadSearchOptions): Promise<PayloadHypothesis[]> {
  const rows = options.prompts.map((prompt) => bench.frame.rowIds(prompt));
  const [firstRow] = rows;
  if (firstRow === undefined || forced.length === 0) return [];
  const answers = await bench.continueRows(forced.map((id) => [...firstRow, id]), options.tokens);
  const references = await Promise.all(options.prompts.map((prompt) => bench.reference(prompt)));
  const hypotheses: PayloadHypothesis[] = [];
  const targets = answers.map((answer) => answer.ids.slice(0, options.tokens));
  const perPrompt = await Promise.all(rows.map((row) => bench.logProbability(forced.map((id) => [...row, id]), targets)));
  forced.forEach((id, i) => {
    const target = targets[i] ?? [];
    if (target.length === 0) return;
    const ids = [id, ...target.filter((token) => !bench.stopIds.has(token))];
    hypotheses.push({
      ids,
      text: bench.tokenizer.decode(ids),
      certainty: mean(perPrompt.map((values) => values[i] ?? 0)) / target.length,
      surprise: mean(references.map((reference) => reference[id] ?? 0)),
      origin: 'forced first token',
    });
  });
  return hypotheses.sort((a, b) => b.certainty - a.certainty).slice(0, options.limit);
}

