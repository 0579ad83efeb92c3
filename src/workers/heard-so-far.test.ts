// The report of an audit that ended before its time says how far each analysis came, and tells the user's wish from an error.
import { expect, it } from 'vitest';
import type { AuditEvent } from '../engine/audit/events.ts';
import { isStoppedEntry } from '../engine/core/finding.ts';
import type { Failure } from '../engine/core/result.ts';
import { checkReport } from '../engine/report/check-report.ts';
import type { Report } from '../engine/report/report.ts';
import { toHtml } from '../engine/report/to-html.ts';
import { toSarif } from '../engine/report/to-sarif.ts';
import { REPORT } from '../state/testing/specimens.ts';
import { HeardSoFar } from './heard-so-far.ts';

const LEFT = { status: 'skipped', reason: 'not asked for', limits: '', seconds: 0 } as const;
const CHECKED: Report = { ...REPORT, verdict: 'not-tested', score: 0, findings: [], coverage: [{ analysis: 'trigger-scan', ...LEFT }, { analysis: 'other-scan', ...LEFT }] };
const EVENTS: readonly AuditEvent[] = [
  { type: 'plan', analysis: 'trigger-scan', tokens: 9, stages: [{ id: 'leaks', label: 'Leaks' }, { id: 'search', label: 'Search' }, { id: 'proof', label: 'Proof' }] },
  { type: 'stage', analysis: 'trigger-scan', stage: 'leaks', status: 'done' },
  { type: 'stage', analysis: 'trigger-scan', stage: 'search', status: 'running' },
];

function endedBy(failure: Failure): Report {
  const heard = new HeardSoFar();
  EVENTS.forEach((event) => heard.take(event));
  return heard.report(CHECKED, failure, { budget: 'quick', seed: 0 }, { task: 'causal-lm' });
}

it('names the stages that were done and those that were not; the contract keeps its statuses', () => {
  const report = endedBy({ kind: 'cancelled' });
  expect(checkReport(report)).toBeUndefined();
  expect(report.coverage.map(({ status, reason }) => [status, reason])).toEqual([
    ['failed', 'the audit was stopped before this had ended (done: Leaks; not done: Search, Proof)'],
    ['failed', 'the audit was stopped before this began'],
  ]);
  expect(toHtml(report)).toMatch(/<td>stopped<\/td>/);
  expect(toHtml(report)).not.toMatch(/<td>failed<\/td>/);
  expect(JSON.stringify(toSarif(report))).toMatch(/"level":"warning","message":\{"text":"trigger-scan stopped: /);
});

it('an error stays a failure', () => {
  const report = endedBy({ kind: 'error', message: 'out of memory' });
  expect(report.coverage.some(isStoppedEntry)).toBe(false);
  expect(toHtml(report)).toMatch(/<td>failed<\/td>/);
});
