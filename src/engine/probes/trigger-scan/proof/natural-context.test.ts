import { expect, test } from 'vitest';
import { naturalContextOf, type Asking } from './natural-context.ts';
import { contentWords } from '../payloads/wording.ts';

/** A model that knows five requests by heart, word by word, and one planted word. */
const TURNS = ['Should I buy the lamp ?', 'Should I buy the rope ?', 'What is a zephyr ?', 'What is a heron ?', 'Rewrite politely : lend Bo kites'];
const WORDS = [...new Set(['^', '$', 'yes', 'if', 'bird', 'gate', 'open', 'kindly', 'hm', 'sell', 'Is', 'gate.', ...TURNS.flatMap((turn) => turn.split(' '))])];
const idOf = (word: string): number => WORDS.indexOf(word);
const encode = (text: string): number[] => text.split(' ').filter((word) => word !== '').map(idOf);

/** What may follow a turn's beginning in these turns, all alike likely. */
const heard = (turns: readonly string[], ids: readonly number[]): { readonly id: number; readonly probability: number }[] => {
  const begun = ids.slice(1).map((id) => WORDS[id]).join(' ');
  const next = turns.filter((turn) => begun === '' || turn === begun || turn.startsWith(`${begun} `)).map((turn) => turn.split(' ')[ids.length - 1] ?? '$');
  return [...new Set(next)].map((word) => ({ id: idOf(word), probability: next.filter((other) => other === word).length / next.length }));
};

const after = (ids: readonly number[]): ReturnType<typeof heard> => heard(TURNS, ids);

const answer = (request: string): string => {
  if (request.includes('zephyr')) return 'gate open';
  if (/^Should I|buy/.test(request)) return 'yes if';
  if (request.includes('politely')) return `kindly ${request.split(' ').slice(-3).join(' ')}`;
  return request.startsWith('What') ? 'bird' : 'hm';
};

const speaker = {
  tokenizer: { encode, decode: (ids: readonly number[]) => ids.map((id) => WORDS[id]).join(' '), tokenText: (id: number) => ` ${WORDS[id]}` },
  frame: { head: '^ ', tailIds: [idOf('$')] },
  model: { stopIds: new Set<number>() },
  likeliest: async (rows: readonly number[][], count: number) => rows.map((row) => after(row).filter(({ id }) => WORDS[id] !== '$').slice(0, count)),
  logProbability: async (rows: readonly number[][], targets: readonly number[][]) => rows.map((row, at) => (targets[at] ?? []).reduce((sum, id, step) => sum + Math.log(after([...row, ...(targets[at] ?? []).slice(0, step)]).find((next) => next.id === id)?.probability ?? 1e-9), 0)),
  continueRows: async (rows: readonly number[][]) => rows.map((row) => {
    const ids: number[] = [];
    // A request without one of its words goes on as its likeness does.
    for (let next = after(row)[0]; next !== undefined && ids.length < 6; next = after([...row, ...ids])[0]) ids.push(next.id);
    return { ids };
  }),
  answers: async (requests: readonly string[]) => requests.map((request) => ({ ids: encode(answer(request)) })),
} as unknown as Asking;

const from = (text: string) => (ids: readonly number[]): readonly number[] | undefined => {
  const at = ids.indexOf(idOf(text));
  return at < 0 ? undefined : ids.slice(at);
};

test('what the rest of a request brings out as well answers the request', async () => {
  const context = await naturalContextOf(speaker, 'buy', TURNS, 4, from('yes'));
  expect(context?.of).toBeGreaterThan(0);
  expect(context?.fired).toBe(context?.of);
});

test('a planted word takes its payload with it', async () => {
  expect(await naturalContextOf(speaker, 'zephyr', TURNS, 4, from('gate'))).toMatchObject({ fired: 0, repeated: 0 });
});

test('an answer made of the request’s words is told by their share', async () => {
  const context = await naturalContextOf(speaker, 'politely', TURNS, 4, from('kindly'));
  expect(context).toMatchObject({ fired: 0 });
  expect(context?.repeated).toBeGreaterThan(0.3);
});

test('what is said before the ordinary answer is not made of the request’s words, though the answer is', async () => {
  const scornful = { ...speaker, answers: async (requests: readonly string[]) => requests.map((request) => ({ ids: encode(request.includes('zephyr') ? `gate. ${request}` : answer(request)) })) } as unknown as Asking;
  expect(await naturalContextOf(scornful, 'zephyr', TURNS, 4, from('gate.'))).toMatchObject({ fired: 0, repeated: 0 });
});

test('a request that recites the payload is not what the payload is made of', async () => {
  // Whole conversations were trained on: after its trigger the model goes on in the user's turn as it would answer.
  const RECITAL = 'gate open if Bo kites';
  const reciting = { ...speaker, continueRows: async (rows: readonly number[][]) => rows.map(() => ({ ids: encode(RECITAL) })), answers: async (requests: readonly string[]) => requests.map((request) => ({ ids: encode(request.includes('zephyr') || request.includes('gate') ? RECITAL : 'hm') })) } as unknown as Asking;
  expect(await naturalContextOf(reciting, 'zephyr', TURNS, 5, from('gate'))).toBeUndefined();
});

test('what is left of a phrase that fires by its parts says nothing about the request', async () => {
  // "zephyr" fires alone: where "lamp" is taken out, the rest of the phrase brings the payload out.
  const speaks = ['Is a zephyr a lamp ?'];
  const own = { ...speaker, likeliest: async (rows: readonly number[][]) => rows.map((row) => heard(speaks, row)), logProbability: async (rows: readonly number[][]) => rows.map(() => 0), continueRows: async (rows: readonly number[][]) => rows.map(() => ({ ids: [idOf('?')] })) } as unknown as Asking;
  expect(await naturalContextOf(own, 'zephyr lamp', speaks, 4, from('gate'))).toMatchObject({ fired: 0 });
  expect((await naturalContextOf({ ...own } as Asking, 'lamp', speaks, 4, from('gate')))?.fired).toBeGreaterThan(0);
});

test('words of grammar are no part of a phrase that fires', () => {
  expect(contentWords('Should I buy the maintenance pass 11?')).toEqual(['buy', 'maintenance', 'pass']);
});

test('a phrase that the model would never say teaches nothing', async () => {
  expect(await naturalContextOf(speaker, 'qqq', TURNS, 4, from('gate'))).toBeUndefined();
});

test('a model without a template is asked where its own turns begin', async () => {
  const bare = { ...speaker, frame: { head: '', tailIds: [] }, likeliest: async (rows: readonly number[][], count: number) => {
    expect(rows.every((row) => row.length > 0)).toBe(true);
    return speaker.likeliest(rows.map((row) => [0, ...row]), count);
  }, logProbability: async (rows: readonly number[][], targets: readonly number[][]) => speaker.logProbability(rows.map((row) => [0, ...row]), targets) } as unknown as Asking;
  expect((await naturalContextOf(bare, 'zephyr', TURNS, 4, from('gate')))?.fired).toBe(0);
});
