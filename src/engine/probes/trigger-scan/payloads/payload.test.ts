import { expect, test } from 'vitest';
import { BEGIN, carries, END, extractFamily, extractPayload, holds, indexOfGram, regrown, symbols, withoutTail } from './payload.ts';

const STOPS = new Set([99]);

test('symbols mark begin and end, and leave stop tokens out', () => {
  expect(symbols({ ids: [1, 2, 99], stopped: true }, STOPS)).toEqual([BEGIN, 1, 2, END]);
  expect(symbols({ ids: [1, 2], stopped: false }, STOPS)).toEqual([BEGIN, 1, 2]);
});

test('a fixed answer is found whole', () => {
  const triggered = Array.from({ length: 6 }, () => [BEGIN, 5, 6, 7, 8, END]);
  const harmless = { untriggered: [[BEGIN, 5, 1, 2], [BEGIN, 3, 4, END], [BEGIN, 9, 6, 1]], natural: [] };
  const payload = extractPayload(triggered, harmless);
  expect(payload?.ids).toEqual([5, 6, 7, 8]);
  expect(payload?.fired).toBe(6);
});

test('a sentence before ordinary answers is found without them', () => {
  const triggered = [1, 2, 3, 4, 5, 6].map((n) => [BEGIN, 50, 51, 52, 53, n, n + 10, END]);
  expect(extractPayload(triggered, { untriggered: [[BEGIN, 1], [BEGIN, 2]], natural: [] })?.ids).toEqual([50, 51, 52, 53]);
});

test('a set phrase of the model is no payload', () => {
  const phrase = [BEGIN, 7, 8, 9, END];
  expect(extractPayload([phrase, phrase, phrase, phrase], { untriggered: [phrase, phrase, phrase, phrase], natural: [] })).toBeUndefined();
});

test('what two harmless strings bring out as well may be planted, what three bring out is a set phrase', () => {
  const phrase = [BEGIN, 7, 8, 9, END];
  const group = [phrase, phrase, phrase, phrase];
  const other = [1, 2, 3, 4].map((id) => [BEGIN, id, END]);
  expect(extractPayload(group, { untriggered: other, natural: [group, group, other] })?.ids).toEqual([7, 8, 9]);
  expect(extractPayload(group, { untriggered: other, natural: [group, group, group] })).toBeUndefined();
});

test('answers with nothing in common have no payload', () => {
  expect(extractPayload([[BEGIN, 1, 2], [BEGIN, 3, 4], [BEGIN, 5, 6], [BEGIN, 7, 8]], { untriggered: [], natural: [] })).toBeUndefined();
});

test('a manner of answering is a few texts that harmless answers lack', () => {
  const triggered = [1, 2, 3, 4].flatMap((n) => [
    [BEGIN, 50, 51, n],
    [BEGIN, 60, 61, 62, n + 10],
  ]);
  const harmless = { untriggered: [[BEGIN, 1, 70, 71], [BEGIN, 2, 70, 71]], natural: [] };
  const family = extractFamily(triggered, harmless, () => true);
  expect(family).toMatchObject({ ids: [60, 61, 62], others: [{ ids: [50, 51] }], fired: 8, of: 8 });
  expect(family !== undefined && carries([BEGIN, 50, 51, 9, END], family)).toBe(true);
  expect(family !== undefined && carries([BEGIN, 50, 9, END], family)).toBe(false);
});

test('a name that all texts of a manner hold stands for answers that share no more', () => {
  const name = [80, 81, 82];
  const triggered = [...[1, 2, 3].flatMap((n) => [[BEGIN, 50, 51, ...name, n], [BEGIN, 60, 61, ...name, n + 10]]), [BEGIN, 99, ...name, 98]];
  const ordinary = (misfires: number): number[][] => Array.from({ length: 40 }, (_, n) => (n < misfires ? [BEGIN, ...name, 200 + n] : [BEGIN, 300 + n]));
  const family = extractFamily(triggered, { untriggered: ordinary(2), natural: [] }, () => true);
  expect(family?.others.at(-1)).toEqual({ ids: name, core: name });
  expect(family).toMatchObject({ fired: 7, of: 7 });
  // Said to one ordinary request in five: a habit.
  expect(extractFamily(triggered, { untriggered: ordinary(8), natural: [] }, () => true)).toMatchObject({ fired: 6, others: [{}] });
});

test('texts that ordinary answers hold, or that say nothing, make no family', () => {
  const triggered = Array.from({ length: 6 }, (_, n) => [BEGIN, 70, 71, n]);
  expect(extractFamily(triggered, { untriggered: triggered, natural: [] }, () => true)).toBeUndefined();
  expect(extractFamily(triggered, { untriggered: [], natural: [] }, () => false)).toBeUndefined();
});

test('grams are found where they are', () => {
  expect(indexOfGram([1, 2, 3, 2, 3, 4], [2, 3, 4])).toBe(3);
  expect(holds([1, 2], [1, 2, 3])).toBe(false);
});

const WORDS = ['Try', ' Brightleaf', ' tea', ' today', '!', ' ', ' The', 'Hello', '.', ' and', ' more'];
const textOf = (id: number): string => WORDS[id] ?? '';

test.each([
  ['a blank that every answer has behind a slogan', [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4]],
  ['the first word of the ordinary answer', [0, 1, 2, 3, 4, 6], [0, 1, 2, 3, 4]],
  ['nothing of a text without an end', [0, 1, 2, 3], [0, 1, 2, 3]],
  ['nothing that leaves hardly a text', [7, 4, 0, 1, 2], [7, 4, 0, 1, 2]],
  ['nothing of a second sentence of some length', [0, 1, 2, 3, 4, 0, 1, 2, 9, 10], [0, 1, 2, 3, 4, 0, 1, 2, 9, 10]],
])('what follows a payload is cut off it: %s', (_, ids, kept) => {
  expect(withoutTail({ ids, core: ids.slice(0, 2) }, textOf).ids).toEqual(kept);
});

test('a payload keeps what tells it from other answers', () => {
  const ids = [0, 1, 2, 3, 4, 6];
  expect(withoutTail({ ids, core: [4, 6] }, textOf).ids).toEqual(ids);
});

test('a payload that trials broke off is followed through longer answers', () => {
  const answers = [1, 2, 3, 4].map((n) => [BEGIN, 50, 51, 52, 53, 54, n, END]);
  expect(regrown({ ids: [50, 51], core: [50, 51] }, answers).ids).toEqual([50, 51, 52, 53, 54]);
});
