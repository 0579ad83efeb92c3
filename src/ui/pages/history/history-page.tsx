// Reports kept in this browser: open again (without the model), export, remove.
import { useEffect, type ReactElement } from 'react';
import type { StoredReportSummary } from '../../../state/client.ts';
import { isStopped, splitReports } from '../../../state/history.ts';
import { useApp, useHistory, useSession } from '../../app-context.ts';
import { downloadReport, type ReportFormat } from '../../export-report.ts';
import { formatWhen, shortHash } from '../../format.ts';
import { VerdictGlyph } from '../../parts/icons.tsx';
import { Menu } from '../../parts/menu.tsx';
import { pickFiles } from '../../pick-files.ts';
import styles from './history-page.module.css';


export function HistoryPage(): ReactElement {
  const app = useApp();
  const reports = useHistory((state) => state.reports);
  const failure = useHistory((state) => state.failure);
  const { audited, checked } = splitReports(reports);
  const interrupted = useSession(({ model, remembered }) => (model?.resumable !== undefined ? model.name : remembered?.interrupted === true ? remembered.name : undefined));
  const suspected = checked.filter(({ findings }) => findings > 0).length;
  useEffect(() => void app.history.getState().refresh(), [app]);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>History</h1>
        <span>{reports.length === 0 ? '' : `${reports.length} stored in this browser, nowhere else`}</span>
        <button className={styles.import} onClick={() => void pickFiles(app)}>Open a report file…</button>
      </div>
      {failure?.kind === 'error' && <p role="alert" className={styles.empty}>{failure.message}</p>}
      {interrupted !== undefined && <p>The audit of <b>{interrupted}</b> was interrupted and can be gone on with: it has no report yet. <a href="#/audit">Go on with it</a></p>}
      {reports.length === 0 && failure === undefined && <p className={styles.empty}>Every audit is kept here once it has ended; of a model that cannot be run, the check of its files. {interrupted === undefined ? 'There is none yet.' : 'None has ended yet.'}</p>}
      {reports.length > 0 && (
        <>
          {audited.length > 0 && <Reports reports={audited} />}
          {checked.length > 0 && (
            <details className={styles.checked} open={audited.length === 0}>
              <summary>Files checked only, no model run ({checked.length}){suspected > 0 && `, ${suspected} with suspicions`}</summary>
              <Reports reports={checked} />
            </details>
          )}
        </>
      )}
    </div>
  );
}

function Reports({ reports }: { readonly reports: readonly StoredReportSummary[] }): ReactElement {
  return (
    <table className={styles.table}>
      <thead>
        <tr><th>verdict</th><th>model</th><th>when</th><th>budget</th><th className={styles.right}>seed</th><th className={styles.right}>suspicions</th><th className={styles.right}>analyses ran</th><th title="Of a single file its own; of several, over the lines “hash  path” of all files, as sha256sum prints them">sha-256</th><th /></tr>
      </thead>
      <tbody>{reports.map((report) => <Row key={report.id} report={report} />)}</tbody>
    </table>
  );
}

function Row({ report }: { readonly report: StoredReportSummary }): ReactElement {
  const app = useApp();
  const open = (): void => void app.openStored(report.id);
  const exportAs = async (format: ReportFormat): Promise<void> => {
    const result = await app.history.getState().load(report.id);
    if (result.kind === 'ok') downloadReport(result.value, format);
    else app.notices.getState().fail('Could not read the report', result);
  };
  return (
    <tr>
      <td><span className={styles.verdict}><VerdictGlyph verdict={report.verdict} size={18} />{report.words}</span></td>
      <td><button className="link" onClick={open}><b>{report.name}</b></button></td>
      <td>{formatWhen(report.savedAt)}</td>
      <td>{report.filesOnly ? 'files only' : report.budget}{isStopped(report) && ', stopped'}</td>
      <td className={styles.right}>{report.filesOnly ? '' : report.seed}</td>
      <td className={styles.right}>{report.findings}</td>
      <td className={styles.right}>{report.ran} of {report.analyses}</td>
      <td className={styles.hash} title={report.sha256}>{shortHash(report.sha256)}</td>
      <td className={styles.actions}>
        <button onClick={open}>Open</button>
        <Menu name={`Export ${report.name}`} label="Export" items={(['json', 'sarif', 'html'] as const).map((format) => ({ id: format, label: format.toUpperCase(), enabled: true, run: () => void exportAs(format) }))} />
        <button className="plain" aria-label={`Remove ${report.name}`} title="Remove from this browser" onClick={() => void app.history.getState().remove(report.id)}>✕</button>
      </td>
    </tr>
  );
}
