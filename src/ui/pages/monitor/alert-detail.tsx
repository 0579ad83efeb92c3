// One alert: its evidence, where in the log, what was decided, and the ways on from here (audit, search, quarantine file).
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { candidatesOfAlerts } from '../../../engine/audit/candidates.ts';
import { CLOSE_REASONS, stepsFrom, type Alert, type AlertState } from '../../../engine/monitor/alerts.ts';
import { MONITORS } from '../../../engine/monitor/monitors/registry.ts';
import type { MonitorView } from '../../../engine/monitor/report.ts';
import { binOfRow } from '../../../state/monitor-view.ts';
import { useApp } from '../../app-context.ts';
import { download, fileName } from '../../download.ts';
import { formatWhen } from '../../format.ts';
import { SeverityGlyph } from '../../parts/icons.tsx';
import { evidenceText } from './alert-list.tsx';
import styles from './alert-detail.module.css';

const STEP_LABELS: Readonly<Record<AlertState, string>> = { open: 'Open again', acknowledged: 'Acknowledge', quarantined: 'Quarantine the model', closed: 'Close…' };

export function AlertDetail({ alert, view }: { readonly alert: Alert; readonly view: MonitorView }): ReactElement {
  const app = useApp();
  const monitor = MONITORS.find(({ id }) => id === alert.monitor);
  const readable = useStore(app.monitor, ({ log }) => log?.files !== undefined);
  const { timeline } = view;
  const back = (): void => app.navigation.getState().go({ page: 'monitor' });
  return (
    <article className={styles.detail}>
      <p><button className="link" onClick={back}>← all alerts</button></p>
      <h2><SeverityGlyph severity={alert.severity} /> {alert.title}</h2>
      <p>{alert.detail}</p>
      <dl>
        <div><dt>effect</dt><dd>{alert.effect.text}</dd></div>
        <div><dt>evidence</dt><dd>{evidenceText(alert)}{alert.evidence.kind === 'p' ? ` · ${alert.evidence.test}` : ` · ${alert.evidence.alarms} ${alert.evidence.alarms === 1 ? 'alarm' : 'alarms'}`}</dd></div>
        {alert.evidence.adjusted !== undefined && <div><dt>over all monitors</dt><dd>q = {alert.evidence.adjusted.toExponential(1)} (Benjamini–Yekutieli)</dd></div>}
        <div><dt>first row</dt><dd>{alert.rows.from.toLocaleString('en')}{alert.since !== undefined && ` · ${formatWhen(alert.since)}`}</dd></div>
        {alert.rows.noticed !== undefined && <div><dt>noticed at row</dt><dd>{alert.rows.noticed.toLocaleString('en')}</dd></div>}
        {alert.class !== undefined && <div><dt>class</dt><dd>{alert.class.label}</dd></div>}
        {alert.source !== undefined && <div><dt>source</dt><dd>{alert.source}</dd></div>}
        {alert.rows.examples.length > 0 && <div><dt>rows to look at</dt><dd className="mono">{alert.rows.examples.slice(0, 10).map((row) => row.toLocaleString('en')).join(' · ')}</dd></div>}
      </dl>
      {alert.candidate === undefined && alert.class !== undefined && (
        <div className={styles.candidate}>
          <button onClick={() => app.auditWith(candidatesOfAlerts([alert], view.report.log.name))}>Audit the model for {alert.class.label}</button>
        </div>
      )}
      {alert.candidate !== undefined && (
        <div className={styles.candidate}>
          <p>Candidate trigger <code className="token">{alert.candidate.value}</code></p>
          <button className="primary" onClick={() => app.auditWith(candidatesOfAlerts([alert], view.report.log.name))}>Audit the model with it</button>
          <button onClick={() => tryTrigger(app, alert)}>Try it by hand</button>
          <button disabled={!readable} onClick={() => void app.monitor.getState().searchFor(alert.candidate?.value ?? '')}>Count it in the log</button>
          <SearchLine trigger={alert.candidate.value} />
        </div>
      )}
      {alert.table !== undefined && (
        <table>
          <thead><tr>{alert.table.columns.map((column, i) => <th key={i}>{column}</th>)}</tr></thead>
          <tbody>{alert.table.rows.map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j}>{typeof cell === 'number' ? cell.toLocaleString('en') : cell}</td>)}</tr>)}</tbody>
        </table>
      )}
      <div className={styles.tools}>
        <button onClick={() => { app.monitor.getState().setBrush([binOfRow(timeline, alert.rows.from), timeline.bins - 1]); }}>Brush from here on</button>
        {alert.class !== undefined && <button onClick={() => app.monitor.getState().showClass(alert.class?.index ?? 0)}>Show {alert.class.label}</button>}
        <button onClick={() => download(fileName(view.report.log.name, alert.monitor, 'alert.json'), 'application/json', `${JSON.stringify(alert, null, 2)}\n`)}>Export alert</button>
        {alert.state === 'quarantined' && <button onClick={() => download('quarantine.json', 'application/json', quarantineFile(view, alert))}>Quarantine file</button>}
      </div>
      <Decision alert={alert} />
      {alert.history.length > 0 && <ul className={styles.history}>{alert.history.map(({ state, at, reason }, i) => <li key={i}>{formatWhen(at)} · {state}{reason === undefined ? '' : ` · ${reason}`}</li>)}</ul>}
      <h3>What this monitor can miss</h3>
      <p className={styles.limits}>{monitor?.limits}</p>
    </article>
  );
}

function Decision({ alert }: { readonly alert: Alert }): ReactElement {
  const app = useApp();
  const [closing, setClosing] = useState(false);
  const [reason, setReason] = useState<string>(CLOSE_REASONS[0]);
  const [note, setNote] = useState('');
  const decide = (state: AlertState, why?: string): void => {
    const refused = app.monitor.getState().decide(alert.id, state, why);
    if (refused !== undefined) app.notices.getState().say('error', 'Not possible', refused);
    setClosing(false);
  };
  return (
    <div className={styles.decision}>
      <span>state: <b>{alert.state}</b></span>
      {stepsFrom(alert.state).map((state) => <button key={state} onClick={() => (state === 'closed' ? setClosing(!closing) : decide(state))}>{STEP_LABELS[state]}</button>)}
      {closing && (
        <div className={styles.closing}>
          <select aria-label="Reason" value={reason} onChange={(event) => setReason(event.target.value)}>{CLOSE_REASONS.map((name) => <option key={name}>{name}</option>)}</select>
          <input aria-label="Note" placeholder="note (optional)" value={note} onChange={(event) => setNote(event.target.value)} />
          <button className="primary" onClick={() => decide('closed', note.trim() === '' ? reason : `${reason}: ${note.trim()}`)}>Close the alert</button>
        </div>
      )}
    </div>
  );
}

function SearchLine({ trigger }: { readonly trigger: string }): ReactElement | null {
  const app = useApp();
  const search = useStore(app.monitor, (state) => state.search);
  if (search.trigger !== trigger) return null;
  if (search.running) return <p role="status">Searching…</p>;
  if (search.result === undefined) return search.failure?.kind === 'error' ? <p role="alert">{search.failure.message}</p> : null;
  const [top] = search.result.outputs;
  return <p>{search.result.holding.toLocaleString('en')} of {search.result.rows.toLocaleString('en')} predictions hold it{top !== undefined && search.result.holding > 0 ? `; ${top.withTrigger.toLocaleString('en')} of them are ${top.label} (p = ${search.result.pValue.toExponential(1)})` : ''}.</p>;
}

type App = ReturnType<typeof useApp>;

/** The playground runs a prompt with and without a trigger on the model that is open. */
function tryTrigger(app: App, { candidate }: Alert): void {
  app.playground.getState().edit({ trigger: candidate?.value ?? '', position: candidate?.position ?? 'middle' });
  app.navigation.getState().go({ page: 'playground' });
}

function quarantineFile({ report }: MonitorView, { id, title, severity, rows, evidence }: Alert): string {
  return `${JSON.stringify({ schema: 'assay-quarantine/1', state: report.state, model: report.baseline.model, log: report.log.name, reasons: [{ id, title, severity, rows, evidence }] }, null, 2)}\n`;
}
