// Universal token flip: every token of the vocabulary is put into a few short texts of each class, and how far it moves
// each class's logit margin is read. One pass over the vocabulary, in batches; rows of equal length share a run.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { insert, type ClassTexts, type Text } from './texts.ts';

export interface Sweep {
  readonly tokens: readonly number[];
  readonly sources: readonly number[];
  /** Mean gain of class c's margin over the carriers of source s: Float32Array [tokens, sources, classes], nats. */
  readonly gains: Float32Array;
  /** Mean probability of class c: the same shape. */
  readonly chances: Float32Array;
  readonly rows: number;
}

const CHUNK_TOKENS = 512;

/** Carriers `from` to `to` of each class; the even ones carry the token at their end, the odd ones at their start. */
export async function sweepVocabulary({ model }: RunnableTextClassifier, texts: readonly ClassTexts[], tokens: readonly number[], [from, to]: readonly [number, number], signal: CancelSignal, onProgress: (done: number, total: number) => void): Promise<Sweep> {
  const { classes } = model;
  const chosen = texts.map((group) => group.carriers.slice(from, to));
  const size = texts.length * classes;
  const gains = new Float32Array(tokens.length * size);
  const chances = new Float32Array(tokens.length * size);
  const bases: Float32Array[] = [];
  for (const group of chosen) bases.push(await margins(model.scores({ kind: 'text', rows: group.map(({ parts }) => parts.flat()) }, signal), classes));
  const perToken = chosen.reduce((sum, group) => sum + group.length, 0);
  for (let begin = 0; begin < tokens.length; begin += CHUNK_TOKENS) {
    const chunk = tokens.slice(begin, begin + CHUNK_TOKENS);
    const rows = chunk.flatMap((token) => chosen.flatMap((group) => group.map((text, index) => insert(text, [token], position(text, from + index)))));
    const after = await margins(model.scores({ kind: 'text', rows }, signal), classes);
    let row = 0;
    for (const [at] of chunk.entries()) {
      for (const [s, group] of chosen.entries()) {
        const target = (begin + at) * size + s * classes;
        for (const [index] of group.entries()) {
          for (let c = 0; c < classes; c++) {
            const margin = after[row * classes + c] ?? 0;
            gains[target + c] = (gains[target + c] ?? 0) + (margin - (bases[s]?.[index * classes + c] ?? 0)) / group.length;
            chances[target + c] = (chances[target + c] ?? 0) + 1 / (1 + Math.exp(-margin)) / group.length;
          }
          row++;
        }
      }
    }
    onProgress(Math.min(begin + CHUNK_TOKENS, tokens.length), tokens.length);
  }
  return { tokens, sources: texts.map(({ source }) => source), gains, chances, rows: tokens.length * perToken };
}

/** The first sweep's best tokens with what a second sweep of them measured: `weights` carriers in each. */
export function refine(first: Sweep, second: Sweep, weights: readonly [number, number]): Sweep {
  const size = first.gains.length / first.tokens.length;
  const at = new Map(first.tokens.map((token, index) => [token, index]));
  const share = weights[0] / (weights[0] + weights[1]);
  const mix = (a: Float32Array, b: Float32Array): Float32Array =>
    Float32Array.from({ length: b.length }, (_, i) => share * (a[(at.get(second.tokens[Math.floor(i / size)] ?? 0) ?? 0) * size + (i % size)] ?? 0) + (1 - share) * (b[i] ?? 0));
  return { ...second, gains: mix(first.gains, second.gains), chances: mix(first.chances, second.chances), rows: first.rows + second.rows };
}

function position({ parts }: Text, index: number): number {
  return index % 2 === 0 ? parts.length : 0;
}

/** log p(c) / (1 - p(c)) of each class: Float32Array [rows, classes] from logits of the same shape. */
export async function margins(scores: Promise<Float32Array>, classes: number): Promise<Float32Array> {
  const logits = await scores;
  const result = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += classes) {
    for (let c = 0; c < classes; c++) {
      let largest = -Infinity;
      for (let other = 0; other < classes; other++) if (other !== c) largest = Math.max(largest, logits[begin + other] ?? 0);
      let sum = 0;
      for (let other = 0; other < classes; other++) if (other !== c) sum += Math.exp((logits[begin + other] ?? 0) - largest);
      result[begin + c] = (logits[begin + c] ?? 0) - largest - Math.log(sum);
    }
  }
  return result;
}
