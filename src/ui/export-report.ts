// The report as a file: JSON, SARIF or HTML, of a finished audit or of one opened from the history.
import type { Report } from '../engine/report/report.ts';
import { toHtml } from '../engine/report/to-html.ts';
import { toSarif } from '../engine/report/to-sarif.ts';
import type { App } from '../state/app.ts';
import { download, fileName } from './download.ts';

export type ReportFormat = 'json' | 'sarif' | 'html';

export function canExport(app: App): boolean {
  return app.audit.getState().view.report !== undefined;
}

export function exportReportAs(app: App, format: ReportFormat): void {
  const { report } = app.audit.getState().view;
  if (report !== undefined) downloadReport(report, format);
}

export function downloadReport(report: Report, format: ReportFormat): void {
  const name = fileName('assay', report.subject.name);
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  if (format === 'json') download(`${name}.json`, 'application/json', json(report));
  else if (format === 'sarif') download(`${name}.sarif`, 'application/sarif+json', json(toSarif(report)));
  else download(`${name}.html`, 'text/html', toHtml(report));
}
