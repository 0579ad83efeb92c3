import { expect, test } from 'vitest';
import type { Bench } from '../ask/bench.ts';
import type { PayloadHypothesis } from '../payloads/payload-search.ts';
import type { Swept } from './sweep.ts';
import { openingsOf, towardOf, watchedFirst } from './watched.ts';

const [THE, MEETING, ALL, TRAINS] = [10, 11, 20, 21];
const behindThe: PayloadHypothesis = { ids: [THE, MEETING, 12, 13], text: 'The meeting has moved.', readiness: -8, certainty: -0.1, decides: 1, origin: 'stands ready', refusal: false };
const atFirst: PayloadHypothesis = { ...behindThe, ids: [ALL, TRAINS, 22], text: 'All trains stop.', decides: 0 };
const leaked: PayloadHypothesis = { ...atFirst, ids: [30, 31], origin: 'leaked answer' };
const bench = { reference: (prompt: string) => Promise.resolve(Float32Array.from({ length: 40 }, (_, id) => (id === THE && prompt === 'Why?' ? -0.1 : -5))) } as unknown as Bench;

const entry = (text: string, position: 'end' | 'start', watchedZ: readonly number[]): Swept => ({ text, shape: 'token', position, kl: 0, klZ: 0, watchedZ, watchZ: Math.max(...watchedZ), strangeZ: Number.NEGATIVE_INFINITY, own: undefined });

test('what answers begin with anyway is set, and what a payload goes on with behind it watched', async () => {
  const prompts = { search: ['How?', 'Why?'], heldOut: [], usual: { token: 1, prompt: 'What?' } };
  expect(await openingsOf(bench, prompts, [atFirst, behindThe, { ...behindThe, ids: [5, 6, 7] }], 1)).toEqual([{ after: [THE], prompts: ['Why?', 'What is tea?'], watch: [MEETING] }]);
  expect(await openingsOf(bench, prompts, [atFirst], 1)).toEqual([{ after: [1], prompts: ['What?'], watch: [] }]);
  expect(watchedFirst([atFirst, leaked, behindThe, { ...atFirst, ids: [ALL, 5] }])).toEqual({ words: [ALL, 30], shapes: [ALL, 30] });
  expect(watchedFirst([{ ...atFirst, ids: [7, 8], refusal: true }, atFirst])).toEqual({ words: [ALL], shapes: [ALL, 7] });
});

test('words are ranked by the payload they bring nearer, at each end, those of phrases before all others', () => {
  const inRequests = [...Array.from({ length: 20 }, (_, i) => entry(`word${i}`, 'start', [i / 10, 9])), entry('paper', 'start', [5, 0]), entry('kids', 'end', [3, 0])];
  const opening = { after: [THE], prompts: ['Why?'], watch: [MEETING] };
  const behind = [{ opening, swept: [entry('green', 'end', [4]), entry('lamp', 'end', [1])] }];
  const toward = towardOf([atFirst, behindThe, leaked], { watch: { words: [ALL, 30], shapes: [ALL, 30] }, inRequests, shapes: [], others: [[entry('wildfire', 'end', [8, 0])]], behind });
  expect(toward.map(({ payload }) => payload.text)).toEqual(['All trains stop.', 'The meeting has moved.']);
  expect(toward[0]?.words.get('start')?.slice(0, 2)).toEqual(['paper', 'word19']);
  expect(toward[0]?.words.get('start')?.indexOf('wildfire')).toBe(8);
  expect(toward[0]?.words.get('end')).toEqual(['kids', 'wildfire']);
  expect(toward[1]?.words.get('end')).toEqual(['green', 'lamp']);
  expect(toward[1]?.words.get('start')).toEqual([]);
});
