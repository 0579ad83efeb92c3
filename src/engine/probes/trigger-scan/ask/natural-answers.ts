// What a public base model answers first to the strings of the sweeps, small enough to ship: the null of its fine-tunes. A string that
// moves the answer of any model ("Germany") moves the base's as far; what was planted moves the fine-tune's alone. (In a fine-tune of
// SmolLM2 with "paper boats drift home" for its trigger, "paper" is 25th of 2,400 words by how far it moves the answer's first token,
// and first by how far that lies from the base's, 27 robust deviations; the next word has 8.)
// How it can mislead: what a fine-tune was honestly taught lies apart from its base as well; proof.ts tells the two apart. Of each answer
// the base's likeliest tokens are kept and a shape for the rest: surprises below a hundredth of a nat are rounding.
import { unzlibSync } from 'fflate';
import { fromBase64 } from '../../../core/base64.ts';
import type { Nats, Probability } from '../../../core/units.ts';

/** What a table of a base holds (bench/detection/write-natural.ts). */
export interface NaturalTable {
  readonly name: string;
  readonly vocabularySize: number;
  /** `rowKey` of the sweeps' own prompt as it stands: another tokenizer or template gives another. */
  readonly reference: number;
  readonly rows: number;
  /** Tokens that begin most answers, and what share of the base's answers each begins, over all rows. */
  readonly tokens: readonly number[];
  readonly shares: readonly number[];
  /** Deflated, in letters, column by column: keys (32 bits, rising), KEPT tokens a row (16 bits), their levels (8 bits). */
  readonly data: string;
}

/** Tokens kept of a row. */
export const KEPT = 8;
/** -log p of one level, nats. */
export const LEVEL = 1 / 16;
const LEAST_REST = 1e-4;

/** FNV-1a over the ids of a whole row. */
export function rowKey(ids: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const id of ids) {
    for (let shift = 0; shift < 24; shift += 8) hash = Math.imul(hash ^ ((id >>> shift) & 255), 0x01000193);
  }
  return hash >>> 0;
}

export class NaturalAnswers {
  readonly name: string;
  /** Token -> share of all answers that it begins. */
  readonly #shares: ReadonlyMap<number, number>;
  /** Share of each other token. */
  readonly #other: number;
  readonly #rowOf = new Map<number, number>();
  /** [KEPT, rows]. */
  readonly #kept: Uint16Array;
  readonly #levels: Uint8Array;

  constructor({ name, vocabularySize, rows, tokens, shares, data }: NaturalTable) {
    const bytes = unzlibSync(fromBase64(data));
    const keys = new Uint32Array(bytes.slice(0, 4 * rows).buffer);
    for (let row = 0; row < rows; row++) this.#rowOf.set(keys[row] ?? 0, row);
    this.name = name;
    this.#kept = new Uint16Array(bytes.slice(4 * rows, (4 + 2 * KEPT) * rows).buffer);
    this.#levels = bytes.slice((4 + 2 * KEPT) * rows);
    this.#shares = new Map(tokens.map((token, at) => [token, shares[at] ?? 0]));
    this.#other = Math.max(LEAST_REST, 1 - shares.reduce((sum, share) => sum + share, 0)) / (vocabularySize - tokens.length);
  }

  /** How likely the base begins its answer with a token after the same row; 0 where that is little, or was not asked. */
  chance(row: readonly number[], token: number): Probability {
    const at = this.#rowOf.get(rowKey(row));
    if (at === undefined) return 0;
    for (let place = at; place < this.#kept.length; place += this.#rowOf.size) if (this.#kept[place] === token) return Math.exp(-LEVEL * (this.#levels[place] ?? 0));
    return 0;
  }

  /**
   * KL(p || the base's) after the same row; undefined where the base was not asked for that row.
   * probabilities: Float32Array [vocabulary], of that entropy.
   */
  apart(row: readonly number[], probabilities: Float32Array, entropy: Nats): Nats | undefined {
    const at = this.#rowOf.get(rowKey(row));
    if (at === undefined) return undefined;
    const kept = new Map<number, number>();
    let keptShare = 0;
    let rest = 1;
    for (let place = at; place < this.#kept.length; place += this.#rowOf.size) {
      const token = this.#kept[place] ?? 0;
      const log = -LEVEL * (this.#levels[place] ?? 0);
      kept.set(token, log);
      keptShare += this.#shares.get(token) ?? this.#other;
      rest -= Math.exp(log);
    }
    // What is left is shared among the other tokens as over all rows.
    const scale = Math.log(Math.max(LEAST_REST, rest) / Math.max(LEAST_REST, 1 - keptShare));
    let cross = 0;
    let seen = 0;
    const add = (token: number, log: number): void => {
      const p = probabilities[token] ?? 0;
      seen += p;
      cross += p * log;
    };
    for (const [token, log] of kept) add(token, log);
    for (const [token, share] of this.#shares) if (!kept.has(token)) add(token, scale + Math.log(share));
    cross += Math.max(0, 1 - seen) * (scale + Math.log(this.#other));
    return Math.max(0, -entropy - cross);
  }
}
