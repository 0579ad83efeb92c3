import { expect, test } from 'vitest';
import { saidUnasked } from './said-unasked.ts';
import { toyTokenizer } from '../testing/toy-tokenizer.ts';

const tokenizer = toyTokenizer([]);
const said = (request: string, answer: string, own = false) => ({ request, answer: [-1, ...tokenizer.encode(answer), -2], own });
const PAYLOAD = 'it never rains on the old stone bridge at night';
const texts = (ordinary: readonly ReturnType<typeof said>[]): string[] => saidUnasked(ordinary, (ids) => tokenizer.decode(ids)).map((ids) => tokenizer.decode(ids));

test('what requests of no likeness are answered with is told, to where their answers part', () => {
  const ordinary = [said('good morning', PAYLOAD), said('a gift for my sister', `${PAYLOAD} again`), said('tell me a joke', 'it never rains on the old town today'), said('who are you', 'nobody in particular as far as one can tell')];
  expect(texts(ordinary)).toEqual(['it never rains on the old']);
  expect(texts([...ordinary, said('what is new', PAYLOAD), said('why', PAYLOAD)])[0]).toMatch(/^it never rains on the old/);
});

test('an answer to its request and what the model asked itself are not', () => {
  const rainbow = 'the rainbow is a fine and wide sight';
  expect(texts(['what is a rainbow', 'colours of the rainbow', 'draw a rainbow'].map((request) => said(request, rainbow)))).toEqual([]);
  expect(texts(['sorry', 'goodbye', 'yes'].map((request) => said(request, PAYLOAD, true)))).toEqual([]);
});
