// Which words a fine-tuning has moved: the model's word embeddings beside those of the public base that it was made from. An embedding
// that no training text holds stays where it was, and one that many hold moves far; the words of a planted phrase stand in every
// poisoned text, and move as far as the commonest words of the task. Where the base is unknown, or the embeddings were
// frozen, nothing can be told. How it can mislead: words of the task move too ("film", "dull"); so this chooses what is tried, and
// convicts nobody.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { quantile } from '../../core/statistics.ts';
import type { TextClassifier } from '../../runtime/classifier.ts';
import { ALL_MINILM_L6_V2 } from './bases/all-minilm-l6-v2.ts';
import { project, PROJECTIONS, projectionsOf, type BaseSketch } from './bases/sketch.ts';
import { openEmbeddings } from './embeddings.ts';

const BASES: readonly BaseSketch[] = [ALL_MINILM_L6_V2];

export interface Moved {
  readonly base: string;
  /** Plain tokens, the furthest moved first. */
  readonly tokens: readonly number[];
  /** Of each, in shares of the usual embedding's length. */
  readonly distances: Float32Array;
}

/** Share of the usual length that the middle embedding may have moved: more, and the model was made from something else. */
const SAME_BASE = 0.2;
/** The middle embedding of fewer tokens says nothing of all. */
const LEAST_TOKENS = 1000;

const known = new WeakMap<TextClassifier, Promise<Moved | undefined>>();

/** Undefined where the base is not known. Read once for a model. */
export function openMoved(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Moved | undefined> {
  const before = known.get(runnable.model);
  if (before !== undefined) return before;
  const opening = read(runnable, signal);
  known.set(runnable.model, opening);
  opening.catch(() => known.delete(runnable.model));
  return opening;
}

async function read(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Moved | undefined> {
  const candidates = BASES.filter(({ tokens }) => tokens === runnable.model.spec.vocabularySize);
  if (candidates.length === 0) return undefined;
  const embeddings = await openEmbeddings(runnable, signal);
  if (embeddings === undefined || embeddings.tokens.length < LEAST_TOKENS) return undefined;
  const own = project(embeddings.table, embeddings.size);
  for (const base of candidates) {
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
  if (quantile([...distances], 0.5) > SAME_BASE) return undefined;
  const order = Array.from(distances.keys()).sort((a, b) => (distances[b] ?? 0) - (distances[a] ?? 0) || a - b);
  return { tokens: order.map((at) => tokens[at] ?? 0), distances: Float32Array.from(order, (at) => distances[at] ?? 0) };
}
