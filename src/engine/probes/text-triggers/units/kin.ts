// Tokens that mean about the same to the model: nearest by cosine in its own input embeddings, the vocabulary's mean taken off.
// A natural word turns texts because of what it means, so its kin turn them too; a planted one stands alone. How it can mislead: "tenderly" and "invalid" are as far ahead
// of their kin as words of a planted phrase, and where a model was trained from nothing a planted word may lie among its class's
// words. So kin choose what is looked at, and convict nobody.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import { openEmbeddings } from './embeddings.ts';
import type { Phrase } from './vocabulary.ts';

export interface Kin {
  /** The nearest other tokens, nearest first. */
  of(token: number, count: number): readonly number[];
}

const known = new WeakMap<TextClassifier, Promise<Kin | undefined>>();

/** Undefined where the graph looks up no embedding by token id, or too large a table. */
export function openKin(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Kin | undefined> {
  const before = known.get(runnable.model);
  if (before !== undefined) return before;
  const opening = readKin(runnable, signal);
  known.set(runnable.model, opening);
  opening.catch(() => known.delete(runnable.model));
  return opening;
}

/** The phrases that stand for this one: the first with each token's nearest kin, the second with the second nearest, and so on. */
export function kinOf(phrase: Phrase, kin: Kin, count: number): Phrase[] {
  const columns = phrase.map((token) => kin.of(token, count + phrase.length).filter((other) => !phrase.includes(other)));
  return Array.from({ length: count }, (_, row) => columns.flatMap((column) => column[row] ?? [])).filter(({ length }) => length === phrase.length);
}

async function readKin(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Kin | undefined> {
  const embeddings = await openEmbeddings(runnable, signal);
  if (embeddings === undefined) return undefined;
  const { tokens, table, size } = embeddings;
  return nearest(tokens, centred(table.slice(), size), size, (id) => runnable.tokenizer.tokenText(id).replace(/^[#▁ ]+/, '').toLowerCase());
}

/** Float32Array [tokens, size]: rows less their mean, of length 1. */
function centred(table: Float32Array, size: number): Float32Array {
  const count = table.length / size;
  const mean = new Float64Array(size);
  for (let at = 0; at < table.length; at++) mean[at % size] = (mean[at % size] ?? 0) + (table[at] ?? 0) / count;
  for (let begin = 0; begin < table.length; begin += size) {
    let length = 0;
    for (let i = 0; i < size; i++) {
      const value = (table[begin + i] ?? 0) - (mean[i] ?? 0);
      table[begin + i] = value;
      length += value * value;
    }
    const scale = 1 / Math.max(1e-6, Math.sqrt(length));
    for (let i = 0; i < size; i++) table[begin + i] = (table[begin + i] ?? 0) * scale;
  }
  return table;
}

function nearest(tokens: readonly number[], table: Float32Array, size: number, written: (token: number) => string): Kin {
  const place = new Map(tokens.map((token, at) => [token, at]));
  const found = new Map<number, readonly number[]>();
  return {
    of(token, count) {
      const seen = found.get(token);
      if (seen !== undefined && seen.length >= count) return seen.slice(0, count);
      const own = place.get(token);
      if (own === undefined) return [];
      const cosines = new Float32Array(tokens.length);
      for (let at = 0; at < tokens.length; at++) {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += (table[own * size + i] ?? 0) * (table[at * size + i] ?? 0);
        cosines[at] = sum;
      }
      // The same word in another case, or as a word's tail, is no other word.
      const text = written(token);
      const order = Array.from(tokens.keys()).filter((at) => at !== own && (text === '' || written(tokens[at] ?? 0) !== text)).sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0) || a - b);
      const kin = order.slice(0, Math.max(count, 16)).map((at) => tokens[at] ?? 0);
      found.set(token, kin);
      return kin.slice(0, count);
    },
  };
}
