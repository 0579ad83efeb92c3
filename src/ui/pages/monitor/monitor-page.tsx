// The monitor: what was usual of a model, what its log says since, what was found, and what an attacker could hide.
import { useRef, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { percent } from '../../../engine/monitor/monitors/clusters.ts';
import { rangeOf, rowsIn } from '../../../state/monitor-view.ts';
import type { MonitorMethod } from '../../../state/monitor.ts';
import { useApp } from '../../app-context.ts';
import { download, fileName } from '../../download.ts';
import { formatWhen } from '../../format.ts';
import { Segmented } from '../../parts/segmented.tsx';
import { AlertDetail } from './alert-detail.tsx';
import { AlertList } from './alert-list.tsx';
import { ColumnsDialog } from './columns-dialog.tsx';
import { MonitorKpis } from './monitor-kpis.tsx';
import { ClassChoice, MonitorPanels } from './monitor-panels.tsx';
import { MonitorWelcome } from './monitor-welcome.tsx';
import { RedTeamDialog } from './red-team-dialog.tsx';
import { SearchDialog } from './search-dialog.tsx';
import { CoverageList } from './coverage-list.tsx';
import { dropHandlers, takeFiles } from './take-drop.ts';
import styles from './monitor-page.module.css';

type Open = 'none' | 'columns' | 'red-team' | 'search' | 'coverage';

const METHODS: readonly { readonly id: MonitorMethod; readonly label: string; readonly title: string }[] = [
  { id: 'sequential', label: 'Sequential', title: 'Anytime-valid detectors: false alarms stay within the budget however long one looks' },
  { id: 'window', label: 'Window 1000, χ²', title: 'The plain test on each 1,000 predictions: one in a hundred clean windows raises an alarm' },
];

const NOT_KEPT = 'The log is too large to be kept over a reload: open it again';

export function MonitorPage({ alert }: { readonly alert: string | undefined }): ReactElement {
  const app = useApp();
  const { view, profile, log, method, brush, status, work, rows } = useStore(app.monitor, (state) => state);
  const [open, show] = useState<Open>('none');
  if (view === undefined || profile === undefined) {
    return (
      <>
        <MonitorWelcome onColumns={() => show('columns')} onRedTeam={() => show('red-team')} />
        {open === 'columns' && <ColumnsDialog onClose={() => show('none')} />}
        {open === 'red-team' && <RedTeamDialog onClose={() => show('none')} />}
      </>
    );
  }
  const { report, timeline } = view;
  const range = rangeOf(timeline, brush);
  const [from, to] = [timeline.from[range[0]] ?? Number.NaN, timeline.to[range[1]] ?? Number.NaN];
  const skipped = report.monitors.filter(({ status: ran }) => ran !== 'ran').length;
  const locked = report.alerts.find(({ id }) => id === alert);
  const readable = log?.files !== undefined;
  const hasPrompts = report.monitors.some(({ analysis, status: ran }) => analysis === 'prompt-patterns' && ran === 'ran');
  return (
    <div className={styles.page} {...dropHandlers(app)}>
      <MonitorKpis view={view} profile={profile} />
      <div className={styles.controls}>
        <Segmented label="Test of the class shares" choices={METHODS} selected={method} onSelect={(id) => app.monitor.getState().setMethod(id)} />
        {view.labels.length > 1 && <ClassChoice labels={view.labels} />}
        <span className={styles.brushed}>
          {brush === undefined ? 'whole log' : 'brushed'}
          {!Number.isNaN(from) && <> · {formatWhen(from)} – {formatWhen(to)}</>} · {rowsIn(timeline, range).toLocaleString('en')} predictions
          {brush !== undefined && <> <button className="link" onClick={() => app.monitor.getState().setBrush(undefined)}>clear</button></>}
        </span>
        <span className={styles.tools}>
          <button className="plain" onClick={() => show('coverage')}>{report.monitors.length - skipped} of {report.monitors.length} monitors ran</button>
          <button onClick={() => show('red-team')}>Red team…</button>
          <button disabled={!hasPrompts || !readable} title={!hasPrompts ? 'No prompts are logged' : readable ? undefined : NOT_KEPT} onClick={() => show('search')}>Search log for a trigger…</button>
          <button disabled={!readable} title={readable ? undefined : NOT_KEPT} onClick={() => show('columns')}>Columns…</button>
          <AnotherLog disabled={status === 'working'} />
          <button onClick={() => download(fileName(report.log.name, 'monitor.json'), 'application/json', `${JSON.stringify(report, null, 2)}\n`)}>Export report</button>
          <button onClick={() => download(fileName(profile.log.name, 'baseline.json'), 'application/json', `${JSON.stringify(profile)}\n`)}>Export baseline</button>
          <button disabled={status === 'working'} onClick={() => app.monitor.getState().reset()}>Close</button>
        </span>
      </div>
      <div className={styles.grid}>
        <MonitorPanels view={view} profile={profile} range={range} />
        <section className={styles.alerts} aria-label="Alerts">
          {locked === undefined ? <AlertList view={view} /> : <AlertDetail alert={locked} view={view} />}
        </section>
      </div>
      {open === 'columns' && <ColumnsDialog onClose={() => show('none')} />}
      {open === 'red-team' && <RedTeamDialog onClose={() => show('none')} />}
      {open === 'search' && <SearchDialog onClose={() => show('none')} />}
      {open === 'coverage' && <CoverageList coverage={report.monitors} onClose={() => show('none')} />}
      {status === 'working' && <p className={styles.working} role="status">{work}{rows > 0 ? ` · ${rows.toLocaleString('en')} rows` : ''}</p>}
      <p className={styles.foot}>
        baseline {report.baseline.name} · {report.baseline.rows.toLocaleString('en')} predictions{report.baseline.model.sha256 === undefined ? ' · not bound to a model' : ` · model sha-256 ${report.baseline.model.sha256.slice(0, 4)}…${report.baseline.model.sha256.slice(-4)}`}
        {report.windows !== undefined && ` · fixed windows: ${report.windows.alarms} of ${report.windows.windows} alarms at p < ${report.windows.level} (${report.windows.expectedFalse.toFixed(1)} expected on a clean log), ${report.windows.alarmsAfterAdjusting} after correction`}
        {report.classes.length > 11 && ` · panels show 11 of ${report.classes.length} classes, the rest together`}
        {report.log.malformed.count > 0 && ` · ${percent(report.log.malformed.count / (report.log.rows + report.log.malformed.count))} of rows left out as malformed`}
      </p>
    </div>
  );
}

/** The next log against the same baseline. */
function AnotherLog({ disabled }: { readonly disabled: boolean }): ReactElement {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button disabled={disabled} onClick={() => input.current?.click()}>Another log…</button>
      <input ref={input} type="file" multiple hidden aria-label="Another log" onChange={(event) => { takeFiles(app, 'log', [...(event.target.files ?? [])]); event.target.value = ''; }} />
    </>
  );
}
