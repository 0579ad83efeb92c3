// Which words training has moved furthest. Of a fine-tuning: the model's word embeddings beside those of the public base that it was
// made from; an embedding that no training text holds stays where it was, and one that many hold moves far. Of a model trained from
// nothing: how long the embeddings have become, beside their random start. A planted word stands in every poisoned text and always
// says the same, so it moves as far as the commonest words of the task, or further. Where the base is unknown, or the
// embeddings were frozen, nothing can be told. How it can mislead: words of the task move too ("film", "dull"), so this chooses what is
// tried and convicts nobody by itself; a small model that was fine-tuned, or whose embeddings somebody rescaled, is read wrongly.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { quantile } from '../../../core/statistics.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import { project, PROJECTIONS, projectionsOf, type BaseSketch } from './bases/sketch.ts';
import { openEmbeddings } from './embeddings.ts';
import { isNatural } from './natural.ts';
import type { Phrase } from './vocabulary.ts';

/** Public bases by the size of their vocabulary, each loaded where a model may have been made from it. */
const BASES: readonly { readonly vocabulary: number; load(): Promise<BaseSketch> }[] = [{ vocabulary: 30_522, load: async () => (await import('./bases/all-minilm-l6-v2.ts')).ALL_MINILM_L6_V2 }];

export interface Moved {
  /** What it was made from. */
  readonly base: string;
  /** How many, from the first on, moved beyond all the rest: only these are suspects. Undefined where the base is known, and all moved words are. */
  readonly outstanding?: number;
  /** By how much each token that says nothing by itself exceeds the rest. Undefined where it cannot be told. */
  readonly excess?: ReadonlyMap<number, number>;
  /** Plain tokens, the furthest moved first. */
  readonly tokens: readonly number[];
  /** Of each, in shares of the usual embedding's length. */
  readonly distances: Float32Array;
}

/** Share of the usual length that the middle embedding may have moved: more, and the model was made from something else. */
const SAME_BASE = 0.2;
/** What the furthest moved exceeds the middle one by, at least: where embeddings were frozen, only rounding is left. */
const LEAST_MOVED = 4;
/** Tokens of a vocabulary up to which a model is taken to be trained from nothing. */
const FROM_NOTHING = 10_000;
/** Of those models: what is outstanding exceeds the one in this place by so much of the way from the middle one to the ninth decile; at most so many. */
const ORDINARY_PLACE = 20;
const BEYOND = 0.8;
const ORDINARY_EXCESS = 0.3;
/** Root mean square of a table from which on its random start (PyTorch's own: 1) hides what training added. */
const WIDE_START = 0.3;
const MOST_OUTSTANDING = 12;
/** The middle embedding of fewer tokens says nothing of all. */
const LEAST_TOKENS = 1000;

const known = new WeakMap<TextClassifier, Promise<Moved | undefined>>();

/** Undefined where nothing is known of what the embeddings were before. Read once for a model. */
export function openMoved(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Moved | undefined> {
  const before = known.get(runnable.model);
  if (before !== undefined) return before;
  const opening = read(runnable, signal);
  known.set(runnable.model, opening);
  opening.catch(() => known.delete(runnable.model));
  return opening;
}

async function read(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Moved | undefined> {
  const size = runnable.model.spec.vocabularySize;
  const candidates = BASES.filter(({ vocabulary }) => vocabulary === size);
  if (candidates.length === 0 && size > FROM_NOTHING) return undefined;
  const embeddings = await openEmbeddings(runnable, signal);
  if (embeddings === undefined || embeddings.tokens.length < LEAST_TOKENS) return undefined;
  if (candidates.length === 0) return { base: 'a random start', ...movedFromNothing(embeddings.table, embeddings.size, embeddings.tokens, (token) => !isNatural(runnable.tokenizer.tokenText(token))) };
  const own = project(embeddings.table, embeddings.size);
  for (const { load } of candidates) {
    const base = await load();
    const moved = base.size === embeddings.size ? movedFrom(projectionsOf(base), own, embeddings.tokens) : undefined;
    if (moved !== undefined) return { base: base.name, ...moved };
  }
  return undefined;
}

/** Projections, Float32Array [., PROJECTIONS]: `base` by token id, `own` by place in `tokens`. Weight decay shrinks every embedding alike, which is taken off. */
export function movedFrom(base: Float32Array, own: Float32Array, tokens: readonly number[]): Omit<Moved, 'base'> | undefined {
  const length = (values: Float32Array, row: number): number => Math.sqrt(values.subarray(row * PROJECTIONS, (row + 1) * PROJECTIONS).reduce((sum, value) => sum + value * value, 0));
  const usual = quantile(tokens.map((token) => length(base, token)), 0.5);
  const shrunk = quantile(tokens.map((token, at) => length(own, at) / Math.max(1e-9, length(base, token))), 0.5);
  const distances = Float32Array.from(tokens, (token, at) => {
    let squares = 0;
    for (let p = 0; p < PROJECTIONS; p++) squares += ((own[at * PROJECTIONS + p] ?? 0) - shrunk * (base[token * PROJECTIONS + p] ?? 0)) ** 2;
    return Math.sqrt(squares) / Math.max(1e-9, usual);
  });
  const middle = quantile([...distances], 0.5);
  const order = Array.from(distances.keys()).sort((a, b) => (distances[b] ?? 0) - (distances[a] ?? 0) || a - b);
  if (middle > SAME_BASE || (distances[order[0] ?? 0] ?? 0) < LEAST_MOVED * middle) return undefined;
  return { tokens: order.map((at) => tokens[at] ?? 0), distances: Float32Array.from(order, (at) => distances[at] ?? 0) };
}

/** `table`: Float32Array [tokens, size]. Random starts are about equally long, so the longest have moved furthest. `neutral`: words that say nothing by themselves. */
export function movedFromNothing(table: Float32Array, size: number, tokens: readonly number[], neutral: (token: number) => boolean): Omit<Moved, 'base'> {
  const lengths = Float32Array.from(tokens, (_, at) => Math.sqrt(table.subarray(at * size, (at + 1) * size).reduce((sum, value) => sum + value * value, 0)));
  const order = Array.from(lengths.keys()).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const [middle = 0, decile = 0] = [0.5, 0.9].map((share) => quantile([...lengths], share));
  const above = (at: number): number => ((lengths[at] ?? 0) - (lengths[order[ORDINARY_PLACE] ?? 0] ?? 0)) / Math.max(1e-9, decile - middle);
  const first = order.slice(0, MOST_OUTSTANDING);
  const excess = new Map(first.flatMap((at) => (above(at) > ORDINARY_EXCESS && neutral(tokens[at] ?? 0) ? [[tokens[at] ?? 0, above(at) - ORDINARY_EXCESS]] : [])));
  const ordered = { tokens: order.map((at) => tokens[at] ?? 0), distances: Float32Array.from(order, (at) => (lengths[at] ?? 0) / Math.max(1e-9, middle)) };
  const told = table.reduce((sum, value) => sum + value * value, 0) < WIDE_START ** 2 * table.length;
  if (!told) return { outstanding: 0, ...ordered };
  return { outstanding: first.filter((at) => above(at) > BEYOND).length, excess, ...ordered };
}

/**
 * What the rule weighs: the excess of a phrase's words, added up. A piece inside of words moves as all of these do, so a word in pieces
 * counts where every piece exceeds the rest.
 */
export function excessOf(phrase: Phrase, excess: ReadonlyMap<number, number>, continues: (token: number) => boolean): number {
  const words: number[][] = [];
  for (const token of phrase) {
    if (continues(token)) words.at(-1)?.push(token);
    else words.push([token]);
  }
  const counted = new Set(words.filter((word) => word.every((token) => excess.has(token))).flat());
  return [...counted].reduce((sum, token) => sum + (excess.get(token) ?? 0), 0);
}
