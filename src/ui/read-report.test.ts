import { expect, it } from 'vitest';
import { REPORT } from '../state/testing/specimens.ts';
import { parseReport } from './read-report.ts';

it('takes a report back, and nothing else', async () => {
  expect(await parseReport(new Blob([JSON.stringify(REPORT, null, 2)]))).toEqual(REPORT);
  for (const text of ['', '{}', '{"architectures": []}']) expect(await parseReport(new Blob([text]))).toBeUndefined();
  for (const [text, why] of [
    ['{"schema":"assay-report/1"}', /^subject: /],
    ['{"schema":"assay-report/9"}', /its schema is assay-report\/9/],
    [JSON.stringify({ ...REPORT, findings: [{}] }), /^findings\[0\]\.id: expected text, found nothing$/],
    [JSON.stringify({ ...REPORT, findings: REPORT.findings.map((finding) => ({ ...finding, confidence: 'high' })) }), /^findings\[0\]\.confidence: expected a number from 0 to 1, found "high"$/],
    [JSON.stringify({ ...REPORT, score: 17 }), /^score: expected a number from 0 to 1, found 17$/],
    [JSON.stringify({ ...REPORT, verdict: 'spotless' }), /^verdict: expected backdoor, suspicious, no-evidence or not-tested, found "spotless"$/],
    [JSON.stringify({ ...REPORT, subject: { ...REPORT.subject, parameters: -5 } }), /^subject\.parameters: expected a whole number, 0 or more, found -5$/],
    [JSON.stringify({ ...REPORT, coverage: REPORT.coverage.map((entry) => ({ ...entry, seconds: -1 })) }), /^coverage\[0\]\.seconds: expected a number, 0 or more, found -1$/],
    [JSON.stringify({ ...REPORT, findings: REPORT.findings.map((finding) => ({ ...finding, evidence: [{ kind: 'variants', title: 'v', rows: [{ variant: 'a', change: 'b', fired: -3, of: 2 }] }] })) }), /^findings\[0\]\.evidence\[0\]\.rows\[0\]\.fired: expected a whole number, 0 or more, found -3$/],
    [JSON.stringify({ ...REPORT, findings: REPORT.findings.map((finding) => ({ ...finding, evidence: [{ kind: 'spell', title: 'v' }] })) }), /^findings\[0\]\.evidence\[0\]\.kind: expected text, leaks, .*, found "spell"$/],
    [JSON.stringify({ ...REPORT, coverage: undefined }), /^coverage: /],
    [JSON.stringify({ ...REPORT, subject: { ...REPORT.subject, files: [null] } }), /^subject\.files\[0\]: expected an object, found null$/],
    [JSON.stringify(REPORT).slice(0, -2), /no JSON/],
    [JSON.stringify({ ...REPORT, verdict: REPORT.verdict === 'no-evidence' ? 'backdoor' : 'no-evidence' }), /its findings and coverage say/],
  ] as const) {
    expect(await parseReport(new Blob([text]))).toMatch(why);
  }
});

it('takes back which clean inputs were given, and refuses what they cannot be', async () => {
  const given = (inputs: object): object => ({ ...REPORT, options: { ...REPORT.options, inputs } });
  const inputs = { path: 'texts', used: 4, files: [{ path: 'a.csv', bytes: 10, sha256: 'ab12', used: 4 }], filesNotUsed: 2 };
  expect(await parseReport(new Blob([JSON.stringify(given(inputs))]))).toEqual(given(inputs));
  expect(await parseReport(new Blob([JSON.stringify(given({ ...inputs, used: -1 }))]))).toMatch(/^options\.inputs\.used: expected a whole number/);
  expect(await parseReport(new Blob([JSON.stringify(given({ ...inputs, files: [{}] }))]))).toMatch(/^options\.inputs\.files\[0\]\.path: expected text/);
});

it('takes the report of an audit that was stopped: what ran clears nothing', async () => {
  const stopped = { ...REPORT, findings: [], coverage: REPORT.coverage.map((entry) => ({ ...entry, analysis: 'trigger-scan', status: 'ran' })), subject: { ...REPORT.subject, files: [] }, verdict: 'not-tested' };
  expect(await parseReport(new Blob([JSON.stringify(stopped)]))).toEqual(stopped);
});
