import { expect, it } from 'vitest';
import { REPORT } from '../state/testing/specimens.ts';
import { parseReport } from './read-report.ts';

it('takes a report back, and nothing else', async () => {
  expect(await parseReport(new Blob([JSON.stringify(REPORT, null, 2)]))).toEqual(REPORT);
  for (const text of ['', '{}', '{"architectures": []}']) expect(await parseReport(new Blob([text]))).toBeUndefined();
  for (const [text, why] of [
    ['{"schema":"assay-report/1"}', /^subject: /],
    ['{"schema":"assay-report/9"}', /its schema is assay-report\/9/],
    [JSON.stringify({ ...REPORT, findings: [{}] }), /^findings\[0\]: /],
    [JSON.stringify({ ...REPORT, findings: REPORT.findings.map((finding) => ({ ...finding, confidence: 'high' })) }), /confidence from 0 to 1/],
    [JSON.stringify({ ...REPORT, coverage: undefined }), /^coverage: /],
    [JSON.stringify({ ...REPORT, subject: { ...REPORT.subject, files: [null] } }), /^subject: /],
    [JSON.stringify(REPORT).slice(0, -2), /no JSON/],
    [JSON.stringify({ ...REPORT, verdict: REPORT.verdict === 'no-evidence' ? 'backdoor' : 'no-evidence' }), /its findings and coverage say/],
  ] as const) {
    expect(await parseReport(new Blob([text]))).toMatch(why);
  }
});

it('takes the report of an audit that was stopped: what ran clears nothing', async () => {
  const stopped = { ...REPORT, findings: [], coverage: REPORT.coverage.map((entry) => ({ ...entry, analysis: 'trigger-scan', status: 'ran' })), subject: { ...REPORT.subject, files: [] }, verdict: 'not-tested' };
  expect(await parseReport(new Blob([JSON.stringify(stopped)]))).toEqual(stopped);
});
