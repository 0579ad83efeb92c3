import { expect, it } from 'vitest';
import { reportStanding, type StandingText } from './standing-text.ts';

const link: StandingText = { text: 'More on this: https://fernhollow-notes.example/read', where: 'behind an answer', tokens: 18, readiness: -8 };
const train: StandingText = { text: 'All trains are cancelled until further notice.', where: 'at the beginning of an answer', tokens: 8, readiness: -12.8 };

it('tells the readiest text of which no trigger was found, below a suspicion', () => {
  const finding = reportStanding([train, link], []);
  expect(finding).toMatchObject({ severity: 'low', target: { text: link.text } });
  expect(finding?.title).toMatch(/stands ready behind an answer; no trigger of it was proven/);
  expect(finding?.evidence[0]).toMatchObject({ kind: 'table', rows: [[link.text, link.where, 18, -8], [train.text, train.where, 8, -12.8]] });
});

it('tells nothing of a text that a trigger was proven for, wherever it begins', () => {
  expect(reportStanding([train], ['trains are cancelled until further'])).toBeUndefined();
  expect(reportStanding([], [])).toBeUndefined();
});
