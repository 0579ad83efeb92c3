import { expect, test } from 'vitest';
import type { Payload } from '../payloads/payload.ts';
import { shortestFirst } from './payload-groups.ts';
import { firesSeldomer, saysNothingNew } from './proof.ts';
import type { Trial } from '../search/trial.ts';
import type { Verification } from './verify.ts';

const trial = (text: string, share: number): Trial => ({ text, share, origin: 'leak', position: 'end', payload: undefined, echo: 0 });

test('a phrase stands for the longer ones that leaked with it, also where these fired once oftener', () => {
  const group = [trial('France? under the second clock', 1), trial('be. under the second clock', 1), trial('under the second clock', 13 / 14), trial('second clock', 0.6)];
  expect(shortestFirst(group)[0]?.text).toBe('under the second clock');
});

test('among few firings equal counts are chance', () => {
  expect(shortestFirst([trial('a b', 0.6), trial('b', 0.6)])[0]?.text).toBe('a b');
});

test('a weak suspicion does not keep what brings its payload out oftener from being proven', () => {
  const payload: Payload = { ids: [7, 8, 9], core: [7, 8, 9], others: [], fired: 6, of: 6 };
  const known = (odds: number, fired: number) => ({ payload, odds, independence: undefined, verification: { fired, of: 32 } as Verification });
  const whole = [{ payload, share: 1 }];
  expect(saysNothingNew(whole, known(0.1, 20))).toBe(false);
  expect(saysNothingNew(whole, known(0.1, 32))).toBe(true);
  expect(saysNothingNew(whole, known(3, 20))).toBe(true);
  expect(saysNothingNew([{ payload: { ...payload, ids: [1, 2], core: [1, 2] }, share: 1 }], known(3, 32))).toBe(false);
});

test('a form that few prompts shortened stands for the whole only where held-out prompts agree', () => {
  expect(firesSeldomer({ fired: 14, of: 32 }, { fired: 32, of: 32 })).toBe(true);
  expect(firesSeldomer({ fired: 30, of: 32 }, { fired: 32, of: 32 })).toBe(false);
});
