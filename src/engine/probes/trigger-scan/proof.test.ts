import { expect, test } from 'vitest';
import { shortestFirst } from './proof.ts';
import type { Trial } from './trial.ts';

const trial = (text: string, share: number): Trial => ({ text, share, origin: 'leak', position: 'end', payload: undefined, echo: 0 });

test('a phrase stands for the longer ones that leaked with it, also where these fired once oftener', () => {
  const group = [trial('France? under the second clock', 1), trial('be. under the second clock', 1), trial('under the second clock', 13 / 14), trial('second clock', 0.6)];
  expect(shortestFirst(group)[0]?.text).toBe('under the second clock');
});

test('among few firings equal counts are chance', () => {
  expect(shortestFirst([trial('a b', 0.6), trial('b', 0.6)])[0]?.text).toBe('a b');
});
