// The line of numbers that says how things stand.
import type { ReactElement, ReactNode } from 'react';
import { useStore } from 'zustand';
import { shortNumber } from '../../../charts/frame/numbers.ts';
import type { MonitorState } from '../../../engine/monitor/alerts.ts';
import { percent } from '../../../engine/monitor/monitors/clusters.ts';
import type { Profile } from '../../../engine/monitor/profile/profile.ts';
import { quantileOf } from '../../../engine/monitor/profile/log-histogram.ts';
import type { MonitorView } from '../../../engine/monitor/report.ts';
import { latencyQuantile } from '../../../state/monitor-view.ts';
import { useApp } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { formatWhen } from '../../format.ts';
import styles from './monitor-kpis.module.css';

const STATES: Readonly<Record<MonitorState, string>> = { normal: 'Nothing found', watch: 'Watch', 'quarantine-advised': 'Quarantine advised', quarantined: 'Quarantined', 'not-tested': 'Not tested' };

export function MonitorKpis({ view, profile }: { readonly view: MonitorView; readonly profile: Profile }): ReactElement {
  const app = useApp();
  const output = useStore(app.monitor, (state) => state.output);
  const budget = useStore(app.monitor, (state) => state.budget);
  const { report } = view;
  const shown = report.classes[output];
  const since = report.alerts.filter(({ severity, state }) => state === 'open' && (severity === 'high' || severity === 'critical')).flatMap((alert) => (alert.since === undefined ? [] : [alert.since])).sort((a, b) => a - b)[0];
  const bad = report.state === 'quarantine-advised' || report.state === 'quarantined';
  const classAlert = report.alerts.find((alert) => alert.monitor === 'class-shift' && alert.class?.index === output);
  const p99 = latencyQuantile(view, 0.99);
  return (
    <div className={styles.kpis}>
      <Kpi label="state" value={STATES[report.state]} tone={bad ? 'bad' : report.state === 'normal' ? 'good' : undefined}>{since === undefined ? `${report.alerts.length} alerts` : `since ${formatWhen(since)}`}</Kpi>
      <Kpi label="predictions" value={report.log.rows.toLocaleString('en')} tone={report.log.malformed.count > 0 ? 'bad' : undefined}>{report.log.malformed.count === 0 ? 'no malformed rows' : `${report.log.malformed.count.toLocaleString('en')} malformed rows left out`}</Kpi>
      {shown !== undefined && (
        <Kpi label={`${shown.label} share`} value={percent(shown.share)} tone={classAlert === undefined ? undefined : 'bad'}>baseline {percent(shown.baselineShare)}{classAlert?.evidence.kind === 'e' ? ` · e = ${classAlert.evidence.value.toExponential(1)}` : ''}</Kpi>
      )}
      {p99 !== undefined && profile.latency !== undefined && <Kpi label="latency p99" value={`${shortNumber(p99)} ms`}>baseline {shortNumber(quantileOf(profile.latency.all, 0.99))} ms</Kpi>}
      {report.windows !== undefined && <Kpi label="fixed windows, p < .01" value={`${report.windows.alarms} of ${report.windows.windows}`}>{report.windows.expectedFalse.toFixed(1)} expected on a clean log</Kpi>}
      <Kpi label="false-alarm budget" value={<BudgetChoice budget={budget} />}>at most {report.falseAlarmsAllowed < 0.01 ? report.falseAlarmsAllowed.toExponential(1) : report.falseAlarmsAllowed.toFixed(2)} expected here by chance</Kpi>
    </div>
  );
}

const BUDGETS = [1e4, 1e5, 1e6, 1e7];

function BudgetChoice({ budget }: { readonly budget: number }): ReactElement {
  const app = useApp();
  const readable = useStore(app.monitor, ({ log }) => log?.files !== undefined);
  return (
    <select aria-label="False-alarm budget" disabled={!readable} value={Math.round(1 / budget)} onChange={(event) => app.monitor.getState().setBudget(1 / Number(event.target.value))}>
      {BUDGETS.map((n) => <option key={n} value={n}>1 in {n.toLocaleString('en')}</option>)}
    </select>
  );
}

function Kpi({ label, value, tone, children }: { readonly label: string; readonly value: ReactNode; readonly tone?: 'bad' | 'good' | undefined; readonly children: ReactNode }): ReactElement {
  return (
    <div className={classes(styles.kpi, tone === 'bad' && styles.bad, tone === 'good' && styles.good)}>
      <small>{label}</small>
      <b>{value}</b>
      <span>{children}</span>
    </div>
  );
}
