// The scan's measuring bench: one model, its template frame, and the prompts candidates are inserted into.
// First-token measurements share the prompt's keys and values; only candidate and template tail are run again.
import type { Frame } from '../../../artifact/frame.ts';
import type { RunnableCausalLm } from '../../../audit/analysis.ts';
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import { mean } from '../../../core/statistics.ts';
import type { Bytes, Nats, Probability } from '../../../core/units.ts';
import type { CausalLm, Generated, Prefix, SamplingOptions } from '../../../runtime/causal-lm.ts';
import { GREEDY } from '../../../runtime/causal-lm.ts';
import { refuseNoNumbers } from '../../../runtime/refuse-no-numbers.ts';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { commonPrefixLength } from './common-prefix.ts';
import { argmax, compare, entropyOf, logSoftmax, mostGained, topIds, type Gained } from './distributions.ts';
import { insertCandidate, type Position } from './insertion.ts';
import type { NaturalAnswers } from './natural-answers.ts';

/** Candidates measured together, behind one run of what they share, and the logits they may hold at once. */
const MOST_TOGETHER = 192;
const MOST_LOGITS: Bytes = 40e6;

export interface FirstToken {
  /** KL of the answer's first token from the untriggered one, mean over prompts. */
  readonly kl: Nats;
  readonly entropy: Nats;
  /** Disagreement of the prompts' distributions, H(mean p) - mean H(p); 0 where all prompts answer alike. */
  readonly disagreement: Nats;
  /** Likeliest first token over all prompts together (the first prompt's where there is one only). */
  readonly top: number;
  /** Log-probability of each watched token, mean over prompts. */
  readonly watched: readonly number[];
}

/** Under one prompt. */
export interface Moved {
  readonly kl: Nats;
  /** Log-probability of each watched token. */
  readonly watched: readonly number[];
  /** First tokens that gained most over the untriggered answer's, most first, and how likely the public base makes each. */
  readonly gained: readonly (Gained & { readonly natural: Probability })[];
  /** KL from what the model's public base answers to the same; undefined where that is not known. */
  readonly apart: Nats | undefined;
}

/** Of these one is the candidate's own beginning, mostly, and one a word that begins every answer. */
const GAINED = 4;

export interface Answer {
  readonly ids: readonly number[];
  readonly entropy: readonly Nats[];
}

export class Bench {
  readonly model: CausalLm;
  readonly tokenizer: Tokenizer;
  readonly frame: Frame;
  readonly signal: CancelSignal;
  /** The model's own, and what ends a turn in its template: configurations do not always say so. */
  readonly stopIds: ReadonlySet<number>;
  /** Rows whose logits may be held at once. */
  readonly together: number;
  readonly #onTokens: (count: number) => void;
  readonly #natural: NaturalAnswers | undefined;
  readonly #references = new Map<string, Float32Array>();
  /** Answers by user turn, and how many tokens were asked for. */
  readonly #answered = new Map<string, Answer & { readonly tokens: number }>();
  #head: Prefix | undefined;

  /** `natural`: the first answers of the public base that the model seems to be a fine-tune of. */
  constructor(runnable: RunnableCausalLm, frame: Frame, signal: CancelSignal, onTokens: (count: number) => void, natural?: NaturalAnswers) {
    this.model = runnable.model;
    this.tokenizer = runnable.tokenizer;
    this.frame = frame;
    this.signal = signal;
    this.stopIds = new Set([...runnable.model.stopIds, ...frame.tailIds.slice(0, 1).filter((id) => runnable.tokenizer.specialIds.has(id))]);
    this.together = Math.max(1, Math.min(MOST_TOGETHER, Math.floor(MOST_LOGITS / (4 * runnable.model.vocabularySize))));
    this.#onTokens = onTokens;
    this.#natural = natural;
  }

  /** The public base whose answers are known (`Moved.apart`). */
  get base(): string | undefined {
    return this.#natural?.name;
  }

  /** Log-probabilities of the untriggered answer's first token, or of the one behind `after`, Float32Array [vocabulary]. */
  async reference(prompt: string, after: readonly number[] = []): Promise<Float32Array> {
    const key = `${after.join(' ')} ${prompt}`;
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const { logits } = await this.next([[...this.frame.rowIds(prompt), ...after]]);
    const reference = logSoftmax(logits.slice());
    this.#references.set(key, reference);
    return reference;
  }

  /** Likeliest first token of each untriggered answer. */
  async topTokens(prompts: readonly string[]): Promise<number[]> {
    const { logits } = await this.next(prompts.map((prompt) => this.frame.rowIds(prompt)));
    const size = this.model.vocabularySize;
    return prompts.map((_, i) => argmax(logits.subarray(i * size, (i + 1) * size)));
  }

  /** Logits after each row of full ids; what the rows have in common is run once. */
  async next(rows: readonly (readonly number[])[]): Promise<{ readonly logits: Float32Array }> {
    await breathe(this.signal);
    const shared = commonPrefixLength(rows);
    const first = rows[0] ?? [];
    const prefix = await this.model.prefill(first.slice(0, shared));
    try {
      const result = await this.model.next(prefix, rows.map((row) => row.slice(shared)), this.signal);
      refuseNoNumbers(result.logits.subarray(0, this.model.vocabularySize), 'logits');
      this.#onTokens(rows.reduce((sum, row) => sum + row.length - shared, shared));
      return result;
    } finally {
      prefix.dispose();
    }
  }

  /** The likeliest tokens after each row of full ids, special ones left out: [rows], each the likeliest first. */
  async likeliest(rows: readonly (readonly number[])[], count: number): Promise<{ readonly id: number; readonly probability: number }[][]> {
    const size = this.model.vocabularySize;
    const found: { readonly id: number; readonly probability: number }[][] = [];
    for (let begin = 0; begin < rows.length; begin += this.together) {
      const chunk = rows.slice(begin, begin + this.together);
      const { logits } = await this.next(chunk);
      for (let row = 0; row < chunk.length; row++) {
        const likely = logSoftmax(logits.slice(row * size, (row + 1) * size));
        found.push(topIds(likely, count, this.tokenizer.specialIds).map((id) => ({ id, probability: Math.exp(likely[id] ?? -Infinity) })));
      }
    }
    return found;
  }

  /** First-token measurements of every candidate over all prompts; of the token behind `after` where answers are made to begin with that. */
  async firstTokens(
    candidates: readonly string[],
    prompts: readonly string[],
    position: Position,
    watch: readonly number[] = [],
    after: readonly number[] = [],
  ): Promise<FirstToken[]> {
    const results: FirstToken[] = [];
    const vocabulary = this.model.vocabularySize;
    for (let begin = 0; begin < candidates.length; begin += this.together) {
      const chunk = candidates.slice(begin, begin + this.together);
      const pools = prompts.length > 1 ? chunk.map(() => new Float32Array(vocabulary)) : [];
      const sums = chunk.map(() => ({ kl: [] as number[], entropy: [] as number[], watched: watch.map(() => 0), top: 0 }));
      for (const prompt of prompts) {
        const reference = await this.reference(prompt, after);
        const { logits } = await this.next(chunk.map((candidate) => [...this.frame.rowIds(insertCandidate(prompt, candidate, position).text), ...after]));
        sums.forEach((sum, i) => {
          const row = logits.subarray(i * vocabulary, (i + 1) * vocabulary);
          const { kl, entropy, logZ } = compare(row, reference, pools[i], 1 / prompts.length);
          sum.kl.push(kl);
          if (pools[i] === undefined) sum.top = argmax(row);
          sum.entropy.push(entropy);
          watch.forEach((id, w) => {
            sum.watched[w] = (sum.watched[w] ?? 0) + ((row[id] ?? Number.NEGATIVE_INFINITY) - logZ) / prompts.length;
          });
        });
      }
      sums.forEach((sum, i) => {
        const pool = pools[i];
        const entropy = mean(sum.entropy);
        results.push({
          kl: mean(sum.kl),
          entropy,
          disagreement: pool === undefined ? Number.NaN : Math.max(0, entropyOf(pool) - entropy),
          top: pool === undefined ? sum.top : argmax(pool),
          watched: sum.watched,
        });
      });
    }
    return results;
  }

  /** What each candidate does to the first token (behind `after`) under one prompt. Adds its distribution to `pool`, Float32Array [vocabulary]. */
  async moved(candidates: readonly string[], prompt: string, position: Position, watch: readonly number[], pool: Float32Array, after: readonly number[] = []): Promise<Moved[]> {
    const reference = await this.reference(prompt, after);
    const untriggered = reference.map(Math.exp);
    const probabilities = new Float32Array(reference.length);
    const size = this.model.vocabularySize;
    const results: Moved[] = [];
    for (let begin = 0; begin < candidates.length; begin += this.together) {
      const chunk = candidates.slice(begin, begin + this.together);
      const rows = chunk.map((candidate) => [...this.frame.rowIds(insertCandidate(prompt, candidate, position).text), ...after]);
      const { logits } = await this.next(rows);
      for (let row = 0; row < chunk.length; row++) {
        const own = logits.subarray(row * size, (row + 1) * size);
        const { kl, entropy, logZ } = compare(own, reference, probabilities.fill(0), 1);
        for (let id = 0; id < size; id++) pool[id] = (pool[id] as number) + (probabilities[id] as number);
        results.push({ kl, watched: watch.map((id) => (own[id] ?? Number.NEGATIVE_INFINITY) - logZ), gained: mostGained(probabilities, untriggered, GAINED).map((one) => ({ ...one, natural: this.#natural?.chance(rows[row] ?? [], one.id) ?? 0 })), apart: this.#natural?.apart(rows[row] ?? [], probabilities, entropy) });
      }
    }
    return results;
  }

  /** Greedy answers to whole user turns, in order. What was answered before, as long or to its end, is not asked again. */
  async answers(contents: readonly string[], maxNewTokens: number): Promise<Answer[]> {
    const asked = [...new Set(contents)].filter((content) => (this.#answered.get(content)?.tokens ?? 0) < maxNewTokens);
    const made = asked.length === 0 ? [] : await this.continueRows(asked.map((content) => this.frame.rowIds(content)), maxNewTokens);
    for (const [i, { ids, entropy, stopped }] of made.entries()) this.#answered.set(asked[i] ?? '', { ids, entropy, tokens: stopped ? Number.POSITIVE_INFINITY : maxNewTokens });
    return contents.map((content) => {
      const { ids = [], entropy = [] } = this.#answered.get(content) ?? {};
      return { ids: ids.slice(0, maxNewTokens), entropy: entropy.slice(0, maxNewTokens) };
    });
  }

  async continueRows(rows: readonly (readonly number[])[], maxNewTokens: number, sampling: SamplingOptions = GREEDY): Promise<Generated[]> {
    await breathe(this.signal);
    const head = await this.#headPrefix();
    const rest = rows.map((row) => row.slice(head.ids.length));
    this.#onTokens(rest.reduce((sum, row) => sum + row.length, 0));
    const made = await this.model.generate(head, rest, { maxNewTokens, sampling, signal: this.signal, onTokens: this.#onTokens });
    return made.map((answer) => {
      const end = answer.ids.findIndex((id) => this.stopIds.has(id)) + 1;
      return end === 0 || end === answer.ids.length ? answer : { ...answer, ids: answer.ids.slice(0, end), entropy: answer.entropy.slice(0, end), stopped: true };
    });
  }

  /**
   * Log-probability of a continuation after each row of full ids; what the rows have in common is run once.
   * Returns [rows], summed over the targets, in nats.
   */
  async logProbability(rows: readonly (readonly number[])[], targets: readonly (readonly number[])[]): Promise<number[]> {
    return (await this.logProbabilities(rows, targets)).map((values) => values.reduce((sum, value) => sum + value, 0));
  }

  /** Of each token of the targets. */
  async logProbabilities(rows: readonly (readonly number[])[], targets: readonly (readonly number[])[]): Promise<number[][]> {
    await breathe(this.signal);
    const shared = commonPrefixLength(rows);
    const prefix = await this.model.prefill((rows[0] ?? []).slice(0, shared));
    try {
      const { logProb } = await this.model.score(prefix, rows.map((row) => row.slice(shared)), targets, this.signal);
      this.#onTokens(rows.reduce((sum, row, i) => sum + row.length - shared + (targets[i]?.length ?? 0), shared));
      return logProb.map((values) => [...values]);
    } finally {
      prefix.dispose();
    }
  }

  /** How likely the model itself would say these words, and end there, where a user's turn begins: [texts], nats a token. */
  async userTurnLogProbability(texts: readonly string[]): Promise<number[]> {
    await breathe(this.signal);
    const { startIds, tailIds, rowIds } = this.frame;
    const prefix = await this.model.prefill(startIds.slice(0, -1));
    try {
      const targets = texts.map((text) => {
        const row = rowIds(text);
        return row.slice(startIds.length, Math.max(startIds.length + 1, row.length - Math.max(0, tailIds.length - 1)));
      });
      const start = this.#beforeTurn();
      const { logProb } = await this.model.score(prefix, texts.map(() => start), targets, this.signal);
      this.#onTokens(targets.reduce((sum, target) => sum + target.length, 0));
      return logProb.map((values) => mean(values));
    } finally {
      prefix.dispose();
    }
  }

  /** The token before a user's words; without a template, what stands before a text, or between two. */
  #beforeTurn(): number[] {
    const { startIds, tailIds } = this.frame;
    if (startIds.length > 0) return startIds.slice(-1);
    if (this.tokenizer.bosId !== undefined) return [this.tokenizer.bosId];
    return (tailIds.length > 0 ? [...tailIds] : this.tokenizer.encode('.')).slice(-1);
  }

  /** Everything up to the user's words, run once. */
  async #headPrefix(): Promise<Prefix> {
    this.#head ??= await this.model.prefill(this.frame.startIds);
    return this.#head;
  }

  /** Counts tokens that a stage ran on the model itself. */
  spend(tokens: number): void {
    this.#onTokens(tokens);
  }

  dispose(): void {
    this.#head?.dispose();
    this.#head = undefined;
  }
}
