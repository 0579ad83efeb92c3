// One phrase improved by slopes, a token at a time: each time by what the gradients say would do most, and a trial of the best of
// that. The whole vocabulary competes for every place, but for the tokens that are barred.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import type { Direction } from '../sweep/directions.ts';
import { partAt, tryPhrases, type Place } from '../sweep/trial.ts';
import { insert, type Text } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';
import type { SlopeRow, Slopes } from './slopes.ts';

export interface FlipSteps {
  /** Exchanges at most, and candidates tried for each. */
  readonly steps: number;
  readonly tried: number;
}

/** Nats that a flip has to bring. */
const LEAST = 0.05;

export class Flipper {
  readonly #runnable: RunnableTextClassifier;
  readonly #slopes: Slopes;
  readonly #direction: Direction;
  readonly #texts: readonly Text[];
  readonly #fillers: readonly number[];
  readonly #budget: FlipSteps;
  readonly #random: Random;
  readonly #signal: CancelSignal;

  /** `fillers`: tokens of middling strength, of which placeholders are drawn. */
  constructor(runnable: RunnableTextClassifier, slopes: Slopes, direction: Direction, texts: readonly Text[], fillers: readonly number[], budget: FlipSteps, random: Random, signal: CancelSignal) {
    this.#runnable = runnable;
    this.#slopes = slopes;
    this.#direction = direction;
    this.#texts = texts;
    this.#fillers = fillers;
    this.#budget = budget;
    this.#random = random;
    this.#signal = signal;
  }

  /** Placeholders. */
  blank(length: number, label: string): number[] {
    const draw = this.#random.fork(label);
    return Array.from({ length }, () => this.#fillers[draw.below(this.#fillers.length)] ?? 0);
  }

  /** The seed amid placeholders, `length` tokens in all, one placeholder at least. */
  around(seed: Phrase, length: number, label: string): number[] {
    const rest = this.blank(Math.max(1, length - seed.length), label);
    return [...rest.slice(0, rest.length >> 1), ...seed, ...rest.slice(rest.length >> 1)];
  }

  /** The best that exchanges lead to from here; `barred`: tokens that may not come in. */
  async flip(start: Phrase, place: Place, barred: ReadonlySet<number>): Promise<Phrase> {
    let phrase = start;
    const [first] = await tryPhrases(this.#runnable, [phrase], this.#texts, this.#direction.target, this.#signal, [place]);
    let margin = first?.margin ?? 0;
    for (let step = 0; step < this.#budget.steps; step++) {
      const candidates = await this.#ahead(phrase, place, barred);
      const trials = await tryPhrases(this.#runnable, candidates, this.#texts, this.#direction.target, this.#signal, [place]);
      const [best] = [...trials.keys()].sort((a, b) => (trials[b]?.margin ?? 0) - (trials[a]?.margin ?? 0));
      const reached = best === undefined ? undefined : trials[best];
      if (best === undefined || reached === undefined || reached.margin < margin + LEAST) break;
      phrase = candidates[best] ?? phrase;
      margin = reached.margin;
      if (reached.hits === reached.of && step >= phrase.length) break;
    }
    return phrase;
  }

  /** The phrase with one token exchanged, those that the slopes promise most of; and with the best of each place at once. */
  async #ahead(phrase: Phrase, place: Place, barred: ReadonlySet<number>): Promise<Phrase[]> {
    const rows = this.#texts.map((text): SlopeRow => {
      const part = partAt(text, place);
      const at = text.parts.slice(0, part).reduce((sum, ids) => sum + ids.length, 0);
      const { source } = text;
      return this.#direction.target === undefined ? { ids: insert(text, phrase, part), at, up: (source + 1) % this.#runnable.model.classes, down: source } : { ids: insert(text, phrase, part), at, up: this.#direction.target, down: source };
    });
    const places = await this.#slopes.gains(rows, phrase.length, this.#signal);
    const found: { readonly at: number; readonly token: number; readonly gain: number }[] = [];
    const together = [...phrase];
    for (const [at, gains] of places.entries()) {
      for (const [index, token] of this.#slopes.tokens.entries()) if (barred.has(token) || phrase.includes(token)) gains[index] = Number.NEGATIVE_INFINITY;
      const order = largest(gains, this.#budget.tried).filter((index) => (gains[index] ?? 0) > Number.NEGATIVE_INFINITY);
      for (const index of order) found.push({ at, token: this.#slopes.tokens[index] ?? 0, gain: gains[index] ?? 0 });
      together[at] = this.#slopes.tokens[order[at] ?? order[0] ?? -1] ?? phrase[at] ?? 0;
    }
    const flips = found.sort((a, b) => b.gain - a.gain).slice(0, this.#budget.tried).map(({ at, token }): Phrase => phrase.with(at, token));
    return phrase.length > 1 ? [...flips, together] : flips;
  }
}

/** Indices of the `count` largest values, largest first. */
function largest(values: Float32Array, count: number): number[] {
  const sorted = values.toSorted();
  const least = sorted.at(-Math.min(count, sorted.length)) ?? Number.NEGATIVE_INFINITY;
  return Array.from(values.keys()).filter((at) => (values[at] ?? 0) >= least).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b).slice(0, count);
}
