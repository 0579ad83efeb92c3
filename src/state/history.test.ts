import { expect, it } from 'vitest';
import type { StoredReportSummary } from './client.ts';
import { splitReports } from './history.ts';

it('sets files that were only checked apart, and keeps an audit that was stopped among the audits', () => {
  const report = (id: string, filesOnly: boolean): StoredReportSummary => ({
    id, filesOnly, savedAt: 0, name: 'm', task: 'causal-lm', sha256: 'ab12', verdict: 'not-tested', words: '', score: 0, budget: 'standard', seed: 0, findings: 0, ran: 0, analyses: 2,
  });
  const { audited, checked } = splitReports([report('a', false), report('b', true), report('stopped/c', true)]);
  expect(audited.map(({ id }) => id)).toEqual(['a', 'stopped/c']);
  expect(checked.map(({ id }) => id)).toEqual(['b']);
});
