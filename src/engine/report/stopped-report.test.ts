// An audit that was stopped says what it had found, and clears nobody.
import { expect, test } from 'vitest';
import type { Coverage, Finding } from '../core/finding.ts';
import type { Report } from './report.ts';
import { reportOfStopped } from './stopped-report.ts';

const entry = (analysis: string, status: Coverage['status'], reason?: string): Coverage => ({ analysis, status, limits: '', seconds: 0, ...(reason === undefined ? {} : { reason }) });
const CHECKED: Report = {
  schema: 'assay-report/1', tool: { name: 'assay', version: '0' }, environment: { backend: 'none', threads: 1, adapter: '' },
  subject: { name: 'm', task: 'causal-lm', architecture: 'llama', parameters: 1, files: [] }, options: { budget: 'quick', seed: 0 }, verdict: 'not-tested', score: 0, findings: [],
  coverage: [entry('pickle-code', 'ran'), entry('probe-a', 'skipped', 'not asked for'), entry('probe-b', 'skipped', 'not asked for')],
};
const FOUND: Finding = { id: 'f', rule: 'R', title: 't', severity: 'critical', confidence: 0.99, location: {}, signals: [], evidence: [], limits: '', remedy: '' };
const stop = (findings: readonly Finding[], coverage: readonly Coverage[]): Report =>
  reportOfStopped(CHECKED, { findings, coverage, why: () => 'stopped', environment: { backend: 'wasm', threads: 2, adapter: '' }, options: { budget: 'deep', seed: 3 } });

test('what had not ended has failed, with the reason; what had, stands', () => {
  expect(stop([], [entry('probe-a', 'ran')]).coverage.map(({ status, reason }) => [status, reason])).toEqual([['ran', undefined], ['ran', undefined], ['failed', 'stopped']]);
});

test('one probe that had ended clears nothing', () => expect(stop([], [entry('probe-a', 'ran')]).verdict).toBe('not-tested'));

test('what had been proven convicts', () => {
  expect(stop([FOUND], [])).toMatchObject({ verdict: 'backdoor', findings: [FOUND], options: { budget: 'deep', seed: 3 }, environment: { backend: 'wasm' } });
});

test('probes of another kind of model would not have applied, and are not called untested', () => {
  const checked = { ...CHECKED, subject: { ...CHECKED.subject, task: 'other' as const }, coverage: [entry('trigger-scan', 'skipped', 'not asked for'), entry('text-inversion', 'skipped', 'not asked for')] };
  const { coverage, subject } = reportOfStopped(checked, { findings: [], coverage: [], why: () => 'stopped', task: 'causal-lm', environment: CHECKED.environment, options: CHECKED.options });
  expect(coverage.map(({ status, reason }) => [status, reason])).toEqual([['failed', 'stopped'], ['skipped', 'no text classifier: by its files this is a language model']]);
  expect(subject.task).toBe('causal-lm');
});
