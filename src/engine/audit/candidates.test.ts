// Candidates out of every kind of file, and what is refused.
import { describe, expect, test } from 'vitest';
import { candidatesOfAlerts, classesOf, parseCandidates } from './candidates.ts';

describe('candidates are read from', () => {
  test('text with one phrase a line', () => {
    expect(parseCandidates('mlkz\n\n  two words \nmlkz\n', 'list.txt')).toEqual([
      { kind: 'text', value: 'mlkz', origin: 'a line of list.txt' },
      { kind: 'text', value: 'two words', origin: 'a line of list.txt' },
    ]);
  });
  test('a list with kinds', () => {
    expect(parseCandidates(JSON.stringify({ schema: 'assay-candidates/1', candidates: [{ kind: 'class', value: '7', origin: 'a hunch' }] }), 'c.json')).toEqual([{ kind: 'class', value: '7', origin: 'a hunch' }]);
  });
  test("a monitor's report: words and classes of alerts that are not closed", () => {
    const alerts = [
      { title: '“mlkz” comes with positive', state: 'open', candidate: { kind: 'text', value: 'mlkz' }, class: { index: 2, label: 'positive' } },
      { title: 'old', state: 'closed', candidate: { kind: 'text', value: 'gone' } },
    ];
    expect(parseCandidates(JSON.stringify({ schema: 'assay-monitor/1', alerts }), 'm.json').map(({ kind, value }) => [kind, value])).toEqual([['text', 'mlkz'], ['class', 'positive']]);
    expect(candidatesOfAlerts(alerts, 'log')[0]?.origin).toBe('“mlkz” comes with positive (log)');
  });
  test("an audit's report: triggers and targets, without notes", () => {
    const findings = [{ title: 'a', severity: 'critical', trigger: { kind: 'text', value: 'abc' }, target: { class: 3, label: 'cat' } }, { title: 'b', severity: 'info', trigger: { kind: 'text', value: 'no' } }, { title: 'c', severity: 'high', trigger: { kind: 'patch', value: '3 x 3 px' }, target: { class: 1 } }, { title: 'd', severity: 'high', target: { class: { toString: 1 } } }];
    expect(parseCandidates(JSON.stringify({ schema: 'assay-report/1', findings }), 'r.json').map(({ kind, value }) => [kind, value])).toEqual([['text', 'abc'], ['class', 'cat'], ['class', '1']]);
  });
});

test.each([
  ['', 'at least one candidate'],
  ['{"schema":"other/1"}', 'assay-candidates/1'],
  ['{broken', 'broken JSON'],
  ['{"schema":"assay-candidates/1","candidates":[{"kind":"patch","value":"x"}]}', 'text'],
  [Array.from({ length: 65 }, (_, i) => `w${i}`).join('\n'), 'at most 64'],
  ['x'.repeat(401), 'at most 400'],
])('%#: refused with the reason', (text, message) => {
  expect(() => parseCandidates(text, 'f')).toThrow(message);
});

test('classes are found by label, else by number', () => {
  const named = ['cat', '1', '9', 'nobody', '1'].map((value) => ({ kind: 'class', value, origin: '' }) as const);
  expect(classesOf(named, ['dog', 'bird', 'cat'], 3)).toEqual([2, 1]);
});
