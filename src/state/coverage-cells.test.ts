import { expect, it } from 'vitest';
import { coverageCells, coverageOrder } from './coverage-cells.ts';
import { NO_AUDIT, type AnalysisView, type AuditView } from './audit-reducer.ts';

const analysis = (id: string, status: 'ran' | 'skipped' | 'failed', reason?: string): AnalysisView => ({
  id, tokens: undefined, seconds: undefined, stages: [], progress: undefined, signals: [], coverage: { analysis: id, status, limits: '', seconds: 0, ...(reason === undefined ? {} : { reason }) },
});
const view: AuditView = { ...NO_AUDIT, analyses: [analysis('notebooks', 'skipped', 'no notebooks'), analysis('trigger-scan', 'skipped', 'not asked for'), analysis('image-trigger', 'skipped', 'not asked for'), analysis('chat-template', 'failed', 'no template could be read')] };

it('tells behaviour first, then what is missing, then the files; what does not apply stands apart', () => {
  const { told, absent } = coverageOrder([
    { analysis: 'pickle', state: 'ran' },
    { analysis: 'notebooks', state: 'absent' },
    { analysis: 'chat-template', state: 'failed' },
    { analysis: 'trigger-scan', state: 'ran' },
    { analysis: 'archives', state: 'skipped' },
  ]);
  expect(told.map(({ analysis: id }) => id)).toEqual(['trigger-scan', 'chat-template', 'archives', 'pickle']);
  expect(absent.map(({ analysis: id }) => id)).toEqual(['notebooks']);
});

it('tells what does not apply from what was not tested, and a failure from both', () => {
  expect(coverageCells(view).map(({ state }) => state)).toEqual(['absent', 'skipped', 'skipped', 'failed']);
  expect(coverageCells(view, 'causal-lm').map(({ state }) => state)).toEqual(['absent', 'skipped', 'absent', 'failed']);
  // Of an audit that was cancelled before them as well.
  const cancelled = { ...NO_AUDIT, status: 'cancelled' as const, analyses: ['trigger-scan', 'text-inversion'].map((id) => ({ ...analysis(id, 'skipped'), coverage: undefined })) };
  expect(coverageCells(cancelled, 'causal-lm').map(({ state }) => state)).toEqual(['skipped', 'absent']);
  expect(coverageCells(view, 'other').map(({ state }) => state)).toEqual(['absent', 'skipped', 'skipped', 'failed']);
});

it('tells what the user stopped from a failure', () => {
  const stopped = { ...NO_AUDIT, analyses: [analysis('trigger-scan', 'failed', 'the audit was stopped before this began'), analysis('text-inversion', 'failed', 'the model could not be run')] };
  expect(coverageCells(stopped).map(({ state }) => state)).toEqual(['stopped', 'failed']);
});
