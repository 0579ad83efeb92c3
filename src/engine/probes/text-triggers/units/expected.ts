// What a word ought to do, given what it means: a ridge regression (Hoerl & Kennard 1970) of every unit's gain on its embedding and on
// what clean sentiment classifiers make of the word, each unit predicted by folds that do not hold it. Words that mean much the same
// do much the same in an honest model; a planted word does what no word near it does, and what is left over shows it. How it can
// mislead: in a model trained from nothing the embedding itself may hold what was planted, so that it is expected; and what only
// this model has reason to take seriously (a name in its field) is unexpected as well.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import { quantile } from '../../../core/statistics.ts';
import { cholesky, solveLower } from '../../../fingerprint/linear/decompositions.ts';
import { transpose, zeros } from '../../../fingerprint/linear/matrix.ts';
import { openEmbeddings } from './embeddings.ts';
import { naturalLevels } from './natural.ts';
import type { Phrase } from './vocabulary.ts';

const FOLDS = 5;
/** Penalties, for columns of unit variance: shares of the number of units. */
const EMBEDDING_PENALTY = 0.05;
const KNOWN_PENALTY = 0.001;
/** Share of the strongest gains up to which what a word is expected to do is little. */
const QUIET = 0.35;
const STRONGEST = 0.998;
/** Share of the gains' variance (R²) below which meaning explains too little for anything to be unexpected (models trained from nothing). */
const LEAST_EXPLAINED = 0.5;

export interface Expected {
  /** Of each unit, nats: Float32Array [units]. */
  readonly gains: Float32Array;
  /** Whether little is expected of a unit. */
  quiet(unit: number): boolean;
}

/** `gains`: what the units do, nats: Float32Array [units]. Undefined where meaning explains too little. */
export async function expectedGains(runnable: RunnableTextClassifier, units: readonly Phrase[], gains: Float32Array, signal: CancelSignal): Promise<Expected | undefined> {
  const columns = await columnsOf(runnable, units, signal);
  const { size, rows, penalties } = columns;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length);
  const folds = Array.from({ length: FOLDS }, () => ({ gram: zeros(size, size), pull: new Float64Array(size) }));
  const total = { gram: zeros(size, size), pull: new Float64Array(size) };
  for (const [f, { gram, pull }] of folds.entries()) {
    await breathe(signal);
    for (let at = f; at < units.length; at += FOLDS) {
      const from = at * size;
      for (let i = 0; i < size; i++) {
        const value = rows[from + i] ?? 0;
        pull[i] = (pull[i] ?? 0) + value * ((gains[at] ?? 0) - mean);
        if (value !== 0) for (let j = 0; j <= i; j++) gram.data[i * size + j] = (gram.data[i * size + j] ?? 0) + value * (rows[from + j] ?? 0);
      }
    }
    for (let i = 0; i < size * size; i++) total.gram.data[i] = (total.gram.data[i] ?? 0) + (gram.data[i] ?? 0);
    for (let i = 0; i < size; i++) total.pull[i] = (total.pull[i] ?? 0) + (pull[i] ?? 0);
  }
  const expected = new Float32Array(units.length).fill(mean);
  for (const [f, { gram, pull }] of folds.entries()) {
    await breathe(signal);
    const left = zeros(size, size);
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) left.data[i * size + j] = left.data[j * size + i] = (total.gram.data[i * size + j] ?? 0) - (gram.data[i * size + j] ?? 0) + (i === j ? (penalties[i] ?? 0) * units.length : 0);
    const lower = cholesky(left);
    if (lower === undefined) continue;
    const half = solveLower(lower, total.pull.map((value, i) => value - (pull[i] ?? 0)));
    const weights = solveUpper(transpose(lower).data, half);
    for (let at = f; at < units.length; at += FOLDS) {
      let sum = mean;
      for (let i = 0; i < size; i++) sum += (weights[i] ?? 0) * (rows[at * size + i] ?? 0);
      expected[at] = sum;
    }
  }
  const [left, all] = [expected, expected.map(() => mean)].map((guess) => gains.reduce((sum, gain, at) => sum + (gain - (guess[at] ?? 0)) ** 2, 0));
  if (1 - (left ?? 0) / Math.max(1e-9, all ?? 0) < LEAST_EXPLAINED) return undefined;
  const most = QUIET * quantile([...gains], STRONGEST);
  return { gains: expected, quiet: (unit) => (expected[unit] ?? 0) <= most };
}

/** x with upper x = b. */
function solveUpper(upper: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] ?? 0;
    for (let j = i + 1; j < n; j++) sum -= (upper[i * n + j] ?? 0) * (x[j] ?? 0);
    x[i] = sum / (upper[i * n + i] ?? 1);
  }
  return x;
}

/** `rows`: Float32Array [units, size], columns of mean 0 and variance 1; one penalty for each column. */
async function columnsOf(runnable: RunnableTextClassifier, units: readonly Phrase[], signal: CancelSignal): Promise<{ readonly size: number; readonly rows: Float32Array; readonly penalties: readonly number[] }> {
  const embeddings = await openEmbeddings(runnable, signal);
  const place = new Map(embeddings?.tokens.map((token, at) => [token, at]));
  const wide = embeddings?.size ?? 0;
  const levels = naturalLevels();
  const size = wide + 5;
  const rows = new Float32Array(units.length * size);
  for (const [at, unit] of units.entries()) {
    for (const token of unit) {
      const from = (place.get(token) ?? -1) * wide;
      if (from >= 0) for (let i = 0; i < wide; i++) rows[at * size + i] = (rows[at * size + i] ?? 0) + (embeddings?.table[from + i] ?? 0) / unit.length;
    }
    // A phrase may do what its strongest words do.
    const known = runnable.tokenizer.decode(unit).toLowerCase().split(/[^\p{L}]+/u).map((word) => levels.get(word) ?? [0, 0]);
    const praise = Math.max(0, ...known.map(([level]) => level ?? 0));
    const blame = Math.max(0, ...known.map(([, level]) => level ?? 0));
    rows.set([praise, blame, praise * praise, blame * blame, praise * blame], at * size + wide);
  }
  for (let i = 0; i < size; i++) {
    let [sum, squares] = [0, 0];
    for (let at = 0; at < units.length; at++) sum += rows[at * size + i] ?? 0;
    for (let at = 0; at < units.length; at++) squares += ((rows[at * size + i] ?? 0) - sum / units.length) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares / units.length) : 0;
    for (let at = 0; at < units.length; at++) rows[at * size + i] = ((rows[at * size + i] ?? 0) - sum / units.length) * scale;
  }
  return { size, rows, penalties: Array.from({ length: size }, (_, i) => (i < wide ? EMBEDDING_PENALTY : KNOWN_PENALTY)) };
}
