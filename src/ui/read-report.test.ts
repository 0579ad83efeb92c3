import { expect, it } from 'vitest';
import { REPORT } from '../state/testing/specimens.ts';
import { parseReport } from './read-report.ts';

it('takes a report back, and nothing else', async () => {
  expect(await parseReport(new Blob([JSON.stringify(REPORT, null, 2)]))).toEqual(REPORT);
  for (const text of ['', '{}', '{"schema":"assay-report/1"}', '{"schema":"assay-report/9"}', JSON.stringify({ ...REPORT, findings: [{}] }), JSON.stringify(REPORT).slice(0, -2)]) {
    expect(await parseReport(new Blob([text]))).toBeUndefined();
  }
});
