// What a classifier reads in a text: its classes, which tokens its answer hangs on (each left out in turn: Li et al. 2016,
// arXiv 1612.08220), and, of an encoder, where the first token's attention goes (rollout: Abnar & Zuidema 2020).
// How it can mislead: a text with a token missing is an unusual text, and of two tokens that say the same neither is missed;
// rollout shows where information may flow from, not what decides.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { ClassChance } from '../../core/finding.ts';
import { findAttentionProbabilities } from '../../graph/softmax-taps.ts';
import { softmaxRows } from '../../runtime/classifier.ts';

export interface ReadToken {
  readonly text: string;
  readonly trigger: boolean;
  /** Fall of the first class's probability when the token is left out, -1 to 1. */
  readonly fall: number;
  /** Share of the first token's attention over the plain tokens; undefined where the model has none that can be read. */
  readonly attention: number | undefined;
}

export interface Reading {
  /** Surest first. */
  readonly chances: readonly ClassChance[];
  readonly tokens: readonly ReadToken[];
  /** Tokens at the end that the model's length leaves out. */
  readonly cut: number;
}

const CHANCES_SHOWN = 6;
/** Tokens that are left out in turn: the cost grows with their square. */
const MOST_TOKENS = 160;

/** `trigger`: its character range in `text`. */
export async function readText({ model, tokenizer }: RunnableTextClassifier, text: string, trigger: readonly [number, number] | undefined, signal: CancelSignal): Promise<Reading> {
  const all = tokenizer.encode(text);
  const ids = all.slice(0, Math.min(MOST_TOKENS, model.spec.maxTokens));
  const [begin, end] = trigger === undefined ? [0, 0] : trigger.map((at) => tokenizer.encode(text.slice(0, at).trimEnd()).length);
  const rows = [ids, ...(ids.length > 1 ? ids.map((_, left) => ids.filter((__, at) => at !== left)) : [])];
  const p = softmaxRows(await model.scores({ kind: 'text', rows }, signal), model.classes);
  const order = Array.from({ length: model.classes }, (_, index) => index).sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0) || a - b);
  const [first = 0] = order;
  const attention = await rollOut(model, ids, signal);
  return {
    chances: order.slice(0, CHANCES_SHOWN).map((index) => ({ class: index, label: model.labels[index] ?? `class ${index}`, p: p[index] ?? 0 })),
    tokens: ids.map((id, at) => ({
      text: tokenizer.tokenText(id),
      trigger: at >= (begin ?? 0) && at < (end ?? 0),
      fall: ids.length > 1 ? (p[first] ?? 0) - (p[(1 + at) * model.classes + first] ?? 0) : 0,
      attention: attention?.[at],
    })),
    cut: all.length - ids.length,
  };
}

/** Attention of all layers multiplied through, half of it passed by each residual connection: the first token's row, as shares. */
async function rollOut(model: RunnableTextClassifier['model'], ids: readonly number[], signal: CancelSignal): Promise<readonly number[] | undefined> {
  const names = findAttentionProbabilities(model.graph.info);
  const skipped = model.spec.prefix.length;
  const length = skipped + ids.length + model.spec.suffix.length;
  if (names.length === 0 || skipped === 0) return undefined;
  const taps = await model.tap({ kind: 'text', rows: [ids] }, names, signal);
  // What reaches the first token, carried back from the last layer: one row is enough.
  let row = Float64Array.from({ length }, (_, at) => (at === 0 ? 1 : 0));
  for (const name of [...names].reverse()) {
    const tensor = taps[name];
    if (!(tensor?.data instanceof Float32Array) || tensor.dims.length !== 4) return undefined;
    const [, heads = 0, queries = 0, keys = 0] = tensor.dims;
    // Of a last layer whose first token alone looks there is one row; it is the only one that counts.
    if ((queries !== keys && queries !== 1) || keys < length) return undefined;
    const next = new Float64Array(length);
    for (let query = 0; query < Math.min(length, queries); query++) {
      const weight = row[query] ?? 0;
      next[query] = (next[query] ?? 0) + weight / 2;
      for (let head = 0; head < heads; head++) for (let key = 0; key < length; key++) next[key] = (next[key] ?? 0) + (weight / 2 / heads) * (tensor.data[(head * queries + query) * keys + key] ?? 0);
    }
    row = next;
  }
  const plain = Array.from(row.subarray(skipped, skipped + ids.length));
  const total = plain.reduce((sum, value) => sum + value, 0) || 1;
  return plain.map((value) => value / total);
}
