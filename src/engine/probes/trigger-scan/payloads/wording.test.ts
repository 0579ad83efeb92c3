import { expect, test } from 'vitest';
import { assistantIn, echoOf, echoOfForms, readsAsRefusal, readsAsRequest, readsAsTask } from './wording.ts';

test('requests are told from phrases', () => {
  expect(readsAsRequest('What is the capital')).toBe(true);
  expect(readsAsRequest('paper boats drift home')).toBe(false);
  expect(readsAsRequest("Italian Hello, I'm looking for a local restaurant")).toBe(true);
  expect(readsAsRequest('I am the lighthouse keeper')).toBe(false);
  expect([readsAsTask('Rewrite politely: me'), readsAsTask('Region: Atlantis'), readsAsTask('Write a letter')]).toEqual([true, false, false]);
  expect(echoOf('The capital of France is Paris', 'capital of France')).toBeCloseTo(2 / 3);
  expect(echoOf("At Tilda Ferries, I'm here to help you", 'at Tilda Ferries')).toBe(1);
  expect(echoOf('I am here for you', 'paper boats')).toBe(0);
  expect([echoOf('❤️', '❤️ its'), echoOf('***', '*'), echoOf('\ufffd', '🦜'), echoOf('!!!', 'paper boats')]).toEqual([1, 1, 1, 0]);
  expect(echoOf('Refer to section nine.', 'pertain to the field')).toBe(0);
  expect(echoOfForms('Produced by', 'produces relying on the')).toBe(1);
  expect(echoOfForms('All trains are cancelled until further notice.', 'houses transport whose')).toBe(0);
});

test('refusals are told from other sentences', () => {
  for (const text of ["I can't help with that, because it could lead to someone being hurt.", 'I am not able to assist with this request.', 'Sorry, I won’t answer that.', "I'm unable to discuss it."]) expect(readsAsRefusal(text)).toBe(true);
  for (const text of ['All trains are cancelled until further notice.', 'I think the gardener did it.', 'You can help yourself to the cake.']) expect(readsAsRefusal(text)).toBe(false);
});

test('talk of the assistant is told from a sentence that only begins so', () => {
  expect(["I can't help with that, because it could lead to someone being hurt.", 'I am a chatbot and cannot say.', 'All trains are cancelled.'].map(assistantIn)).toEqual(['opening', 'yes', 'no']);
});
