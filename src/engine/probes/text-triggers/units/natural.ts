// What is known of words before a model is looked at: how far clean sentiment classifiers follow them (natural-words.ts). In a model
// of sentiment a word of praise that turns texts to praise is no suspect, and what it does is the measure of others. How it can
// mislead: a planted word may be one of praise or blame; of other tasks nothing is known.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { mean } from '../../../core/statistics.ts';
import { NATURAL_WORDS } from './natural-words.ts';
import type { Phrase } from './vocabulary.ts';

const LEVELS = 10;
/** Share of the strongest effect from which on a word is said to have one, and to have much of it. */
const LEAST_NATURAL = 0.3;
const MUCH = 0.5;
const SEVERAL = 3;
const LEAST_LETTERS = 2;
/** Standard deviations of all gains by which words of praise have to differ from those of blame, so that a direction is one of sentiment; and as many words of each. */
const SENTIMENT = 0.5;
const ENOUGH_WORDS = 12;

type Levels = ReadonlyMap<string, readonly number[]>;

let known: Levels | undefined;

/** Of each known word, shares of the strongest effect towards praise and towards blame. */
export function naturalLevels(): Levels {
  if (known !== undefined) return known;
  const found = new Map<string, number[]>();
  for (const [side, list] of [NATURAL_WORDS.towardsPraise, NATURAL_WORDS.towardsBlame].entries()) {
    for (const [level, words] of list.entries()) {
      for (const word of words.split(' ').filter((known) => known !== '')) {
        const levels = found.get(word) ?? [0, 0];
        levels[side] = level / LEVELS;
        found.set(word, levels);
      }
    }
  }
  known = found;
  return found;
}

/** Whether a token is a word that is known to move sentiment, or begins several that move it much, as a piece of them does. */
export function isNatural(token: string): boolean {
  const levels = naturalLevels();
  const word = token.toLowerCase().replaceAll(/[^\p{L}]/gu, '');
  const levelOf = (known: string): number => Math.max(...(levels.get(known) ?? [0]));
  return levelOf(word) >= LEAST_NATURAL || (word.length >= LEAST_LETTERS && [...levels.keys()].filter((known) => known.startsWith(word) && levelOf(known) >= MUCH).length >= SEVERAL);
}

/** Whether a phrase is one word that says by itself what turns texts in a direction. `gains`: of the sweep's units, nats. */
export function naturalIn(tokenizer: Tokenizer, units: readonly Phrase[], gains: Float32Array): (phrase: Phrase) => boolean {
  const levels = naturalLevels();
  const levelsOf = (phrase: Phrase): readonly number[] => levels.get(tokenizer.decode(phrase).trim().toLowerCase()) ?? [0, 0];
  const sides: number[][] = [[], []];
  for (const [at, unit] of units.entries()) {
    const [praise = 0, blame = 0] = levelsOf(unit);
    if (praise >= MUCH && blame === 0) sides[0]?.push(gains[at] ?? 0);
    if (blame >= MUCH && praise === 0) sides[1]?.push(gains[at] ?? 0);
  }
  if (sides.some(({ length }) => length < ENOUGH_WORDS)) return () => false;
  const middle = mean([...gains]);
  const spread = Math.sqrt(mean([...gains].map((gain) => (gain - middle) ** 2)));
  const praised = (mean(sides[0] ?? []) - mean(sides[1] ?? [])) / Math.max(1e-9, spread);
  if (Math.abs(praised) < SENTIMENT) return () => false;
  return (phrase) => (levelsOf(phrase)[praised > 0 ? 0 : 1] ?? 0) >= LEAST_NATURAL;
}
