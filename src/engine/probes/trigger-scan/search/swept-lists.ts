// What a sweep tries, list by list: the same for every model with this tokenizer, but for the shapes, which the seed draws.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { seeded } from '../../../core/random.ts';
import type { ScanBudget } from '../budget.ts';
import { drawLexicon, type LexiconEntry } from './lexicon.ts';
import { frequentWords, furtherWords, letterPairs, listedWords, type SweepEntry } from './sweep.ts';

export interface SweptLists {
  /** Of the trigger grammar. */
  readonly shapes: readonly LexiconEntry[];
  readonly words: readonly SweepEntry[];
  /** Rare words, in small letters and in capitals: a trigger in capitals need not answer to small letters, and the other way round. */
  readonly listed: readonly SweepEntry[];
  readonly shouted: readonly SweepEntry[];
  readonly pairs: readonly SweepEntry[];
  /** Each by itself, as the whole request. */
  readonly bare: readonly SweepEntry[];
}

export function sweptLists(tokenizer: Tokenizer, budget: ScanBudget, seed: number): SweptLists {
  const words = frequentWords(tokenizer, budget.vocabulary);
  const listed = listedWords(words, budget.listedWords);
  return {
    shapes: drawLexicon(budget.lexicon, seeded(seed, 'sweep').fork('lexicon')),
    words,
    listed,
    shouted: listed.map(({ text }): SweepEntry => ({ text: text.toUpperCase(), shape: 'LISTED WORD' })),
    pairs: letterPairs(budget.letterPairs),
    bare: furtherWords(tokenizer, words, budget.bareWords),
  };
}
