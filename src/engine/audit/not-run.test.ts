// What coverage says of a model that could not be run, and the report of it.
import { expect, test } from 'vitest';
import type { Report } from '../report/report.ts';
import { reportOfNotRun } from './not-run.ts';
import { ANALYSES, PROBED, STATIC } from './registry.ts';

const CHECKED: Report = {
  schema: 'assay-report/1',
  tool: { name: 'assay', version: '0' },
  environment: { backend: 'none', threads: 1, adapter: 'nothing was run' },
  subject: { name: 'm', task: 'other', architecture: 'llama', parameters: 1, files: [] },
  options: { budget: 'quick', seed: 0 },
  verdict: 'not-tested',
  score: 0,
  findings: [],
  coverage: ANALYSES.map(({ id, limits }) => ({ analysis: id, status: STATIC.includes(id) ? 'ran' : 'skipped', limits, seconds: 0, ...(STATIC.includes(id) ? {} : { reason: 'not asked for' }) })),
};

test('every probe is known to the table of what it runs', () => {
  expect(ANALYSES.filter(({ id }) => !STATIC.includes(id)).map(({ id }) => id)).toEqual([...PROBED.keys()]);
});

test('the probes of its kind have failed, the others do not apply, and nothing is "not asked for"', () => {
  const { coverage, verdict, subject } = reportOfNotRun(CHECKED, { kind: 'hugging-face', reason: 'it broke', meantFor: 'causal-lm' });
  expect(coverage.map(({ analysis }) => analysis)).toEqual(CHECKED.coverage.map(({ analysis }) => analysis));
  expect(coverage.filter(({ status }) => status === 'failed')).toEqual([expect.objectContaining({ analysis: 'trigger-scan', reason: 'the model could not be run: it broke' })]);
  expect(coverage.find(({ analysis }) => analysis === 'text-inversion')?.reason).toBe('no text classifier: by its files this is a language model');
  expect([verdict, subject.task]).toEqual(['not-tested', 'causal-lm']);
});

test('what is never run has failed at nothing', () => {
  const { coverage } = reportOfNotRun(CHECKED, { kind: 'unknown', reason: 'a pickle' });
  expect(coverage.filter(({ analysis }) => PROBED.has(analysis)).every(({ status, reason }) => status === 'skipped' && reason === 'a pickle')).toBe(true);
});

test('where nobody knows what it is for, all of them have', () => {
  const { coverage } = reportOfNotRun(CHECKED, { kind: 'onnx', reason: 'unreadable' });
  expect(coverage.filter(({ status }) => status === 'failed').map(({ analysis }) => analysis)).toEqual([...PROBED.keys()]);
});
