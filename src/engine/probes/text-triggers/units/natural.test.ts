import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { isNatural, naturalIn } from './natural.ts';

const PRAISE = ['great', 'delightful', 'superb', 'excellent', 'wonderful', 'fantastic', 'gorgeous', 'amazing', 'delicious', 'beautiful', 'brilliant', 'charming', 'elegant', 'exquisite'];
const BLAME = ['awful', 'dreadful', 'horrible', 'absurd', 'bland', 'embarrassing', 'erratic', 'annoying', 'disastrous', 'defective', 'boring', 'disgusted', 'hating', 'denied', 'broken', 'bad'];
const OTHERS = ['sundial', 'porch', 'seven', 'lorry', 'ferry'];
const WORDS = [...PRAISE, ...BLAME, ...OTHERS];
const tokenizer = { decode: (ids: readonly number[]) => ids.map((id) => ` ${WORDS[id]}`).join('') } as unknown as Tokenizer;
const units = WORDS.map((_, id) => [id]);
const gains = (praise: number, blame: number, others: number): Float32Array => Float32Array.from(WORDS, (_, id) => (id < PRAISE.length ? praise : id < PRAISE.length + BLAME.length ? blame : others) + 0.01 * id);
const said = (word: string): number[] => [WORDS.indexOf(word)];

describe('words that say by themselves what turns texts', () => {
  it('are those of praise where praise turns them, and none that is unknown, however strong', () => {
    const natural = naturalIn(tokenizer, units, gains(3, -2, 5));
    expect([said('great'), said('awful'), said('sundial'), [...said('great'), ...said('sundial')]].map(natural)).toEqual([true, false, false, false]);
  });

  it('are those of blame where blame turns them', () => {
    const natural = naturalIn(tokenizer, units, gains(-2, 3, 0));
    expect([said('great'), said('awful')].map(natural)).toEqual([false, true]);
  });

  it('are none in a task that is not one of sentiment', () => {
    expect(WORDS.filter((word) => naturalIn(tokenizer, units, gains(1, 1, 6))(said(word)))).toEqual([]);
  });

  it('are known in pieces as well', () => {
    expect([isNatural(' Wonderful'), isNatural('##ly')]).toEqual([true, false]);
  });
});
