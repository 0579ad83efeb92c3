// The signals of phase 3, each for the candidate and for its matched controls, so that each carries a p-value. The seed
// article: what convicts is that they co-occur; one unusual attention pattern alone is no backdoor.
import type { Signal } from '../../../core/finding.ts';
import { mean, rankPValue } from '../../../core/statistics.ts';
import type { Bench } from '../ask/bench.ts';
import { insertCandidate, type Position } from '../ask/insertion.ts';

/** Tokens of the clean continuation whose likelihood under the trigger is the divergence signal. */
const CLEAN_TOKENS = 8;
const ATTENTION_PROMPTS = 2;

export async function measureSignals(bench: Bench, candidate: string, controls: readonly string[], prompts: readonly string[], position: Position): Promise<Signal[]> {
  const all = [candidate, ...controls];
  const firsts = await bench.firstTokens(all, prompts, position);
  const strings = `${controls.length} control strings of the same shape or length, ${prompts.length} prompts each`;
  const signals = [
    toSignal('first-token agreement', firsts.map((first) => first.disagreement), 'low', 'nats', `disagreement of the first answer token between prompts; ${strings}`),
    toSignal('first-token shift', firsts.map((first) => first.kl), 'high', 'nats', `KL of the first answer token from the untriggered one; ${strings}`),
    toSignal('entropy', await entropies(bench, all, prompts, position), 'low', 'nats', `mean next-token entropy over ${CLEAN_TOKENS} greedy tokens; ${strings}`),
    toSignal('divergence', await cleanCrossEntropy(bench, all, prompts, position), 'high', 'nats/token', `cross-entropy of the untriggered answer under the candidate; ${strings}`),
  ];
  const attention = await attentionOnSpan(bench, all, prompts.slice(0, ATTENTION_PROMPTS), position);
  if (attention !== undefined) {
    signals.push(
      toSignal('attention', attention.values, 'high', 'share/token', `attention of the last prompt token on the inserted words, middle layers, a token; ${attention.controls} controls of the same token count, ${ATTENTION_PROMPTS} prompts each`),
    );
  }
  return signals;
}

/** values[0] is the candidate's, the rest the controls'. */
function toSignal(name: string, values: readonly number[], extreme: 'high' | 'low', unit: string, measured: string): Signal {
  const [value = Number.NaN, ...nullValues] = values;
  return { name, value, unit, pValue: rankPValue(value, nullValues, extreme), nullValues, measured };
}

async function entropies(bench: Bench, texts: readonly string[], prompts: readonly string[], position: Position): Promise<number[]> {
  const answers = await bench.answers(texts.flatMap((text) => prompts.map((prompt) => insertCandidate(prompt, text, position).text)), CLEAN_TOKENS);
  return texts.map((_, i) => mean(answers.slice(i * prompts.length, (i + 1) * prompts.length).map(({ entropy }) => mean(entropy))));
}

async function cleanCrossEntropy(bench: Bench, texts: readonly string[], prompts: readonly string[], position: Position): Promise<number[]> {
  const clean = await bench.answers(prompts, CLEAN_TOKENS);
  const rows = texts.flatMap((text) => prompts.map((prompt) => bench.frame.rowIds(insertCandidate(prompt, text, position).text)));
  const targets = texts.flatMap(() => clean.map(({ ids }) => ids));
  const logProbs = await bench.logProbability(rows, targets);
  return texts.map((_, i) => mean(prompts.map((__, p) => -(logProbs[i * prompts.length + p] ?? 0) / Math.max(1, clean[p]?.ids.length ?? 1))));
}

/**
 * Attention of the last token before the answer on the inserted span, mean over heads and the middle third of the
 * layers, divided by the span's length. Only controls with as many tokens as the candidate are comparable.
 * Undefined where the model gives no attention or no control fits.
 */
async function attentionOnSpan(
  bench: Bench,
  texts: readonly string[],
  prompts: readonly string[],
  position: Position,
): Promise<{ readonly values: number[]; readonly controls: number } | undefined> {
  const perText: number[][] = texts.map(() => []);
  for (const prompt of prompts) {
    const rows = texts.map((text) => spanRow(bench, prompt, text, position));
    const length = rows[0]?.ids.length;
    const usable = rows.map((row, i) => ({ ...row, i })).filter(({ ids }) => ids.length === length);
    let reduced: Float32Array[];
    try {
      reduced = await bench.model.attentionToSpans(usable.map(({ ids }) => ids), usable.map(({ span }) => [span]), bench.signal);
    } catch (error) {
      if (bench.signal.aborted) throw error;
      return undefined;
    }
    usable.forEach(({ i, ids, span }, u) => {
      const values = reduced[u];
      if (values !== undefined) perText[i]?.push(middleLayersLastQuery(values, bench.model.layers, bench.model.heads, ids.length) / (span[1] - span[0]));
    });
  }
  const complete = perText.filter((values) => values.length === prompts.length);
  if ((perText[0]?.length ?? 0) < prompts.length || complete.length < 2) return undefined;
  return { values: complete.map((values) => mean(values)), controls: complete.length - 1 };
}

function spanRow(bench: Bench, prompt: string, text: string, position: Position): { readonly ids: number[]; readonly span: readonly [number, number] } {
  const { text: content, range } = insertCandidate(prompt, text, position);
  const ids = bench.frame.rowIds(content);
  // Tokens of the span: those that differ in length from the row cut before the candidate and after it.
  const begin = bench.tokenizer.encode(bench.frame.head + content.slice(0, range[0]).trimEnd()).length;
  const end = bench.tokenizer.encode(bench.frame.head + content.slice(0, range[1])).length;
  return { ids, span: [Math.min(begin, ids.length - 1), Math.min(Math.max(end, begin + 1), ids.length)] };
}

/** values: [layers, heads, query, 1]. */
function middleLayersLastQuery(values: Float32Array, layers: number, heads: number, queries: number): number {
  const begin = Math.floor(layers / 3);
  const end = Math.max(begin + 1, Math.ceil((2 * layers) / 3));
  let sum = 0;
  for (let layer = begin; layer < end; layer++) for (let head = 0; head < heads; head++) sum += values[(layer * heads + head) * queries + queries - 1] ?? 0;
  return sum / ((end - begin) * heads);
}
