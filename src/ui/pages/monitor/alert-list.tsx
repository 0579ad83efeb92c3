// Alerts, gravest first; hover shows where in the log, a click locks one. Below: what could be hidden at this volume.
import { useMemo, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { CANDIDATE_LIMITS, candidatesOfAlerts, type NamedCandidate } from '../../../engine/audit/candidates.ts';
import type { Alert } from '../../../engine/monitor/alerts.ts';
import type { MonitorView } from '../../../engine/monitor/report.ts';
import { formatRoute } from '../../../state/route.ts';
import { useApp } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { SeverityGlyph } from '../../parts/icons.tsx';
import { PowerPanel } from './power-panel.tsx';
import { superscript } from './monitor-panels.tsx';
import styles from './alert-list.module.css';

export function AlertList({ view }: { readonly view: MonitorView }): ReactElement {
  const app = useApp();
  const hovered = useStore(app.monitor, (state) => state.hovered);
  const { alerts } = view.report;
  const candidates = useMemo(() => distinct(candidatesOfAlerts(alerts, view.report.log.name)), [alerts, view.report.log.name]);
  const open = alerts.filter(({ state }) => state === 'open').length;
  return (
    <>
      <h2 className={styles.head}>Alerts <small>{alerts.length === 0 ? 'none' : `${open} open of ${alerts.length}`}</small></h2>
      {alerts.length === 0 && <p className={styles.none}>Nothing stood out of the baseline within the budget. What each monitor can miss stands under “monitors ran”.</p>}
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id} className={classes(styles.row, hovered === alert.id && styles.on, alert.state === 'closed' && styles.closed)} onPointerEnter={() => app.monitor.getState().hover(alert.id)} onPointerLeave={() => app.monitor.getState().hover(undefined)}>
            <SeverityGlyph severity={alert.severity} />
            <a href={formatRoute({ page: 'monitor', alert: alert.id })}>
              <b>{alert.title}</b>
              <span>{alert.effect.text} · {evidenceText(alert)}</span>
              {alert.candidate !== undefined && <span>candidate trigger <code className="token">{alert.candidate.value}</code></span>}
            </a>
            <span className={styles.chip}>{alert.state}</span>
          </li>
        ))}
      </ul>
      {candidates.length > 0 && <p className={styles.none}><button onClick={() => app.auditWith(candidates)}>Audit the model with {candidates.length === 1 ? 'this candidate' : `these ${candidates.length} candidates`}</button></p>}
      <PowerPanel />
    </>
  );
}

/** Alerts often name the same word: once is enough. */
function distinct(candidates: readonly NamedCandidate[]): NamedCandidate[] {
  return [...new Map(candidates.map((candidate) => [`${candidate.kind} ${candidate.value}`, candidate])).values()].slice(0, CANDIDATE_LIMITS.candidates);
}

export function evidenceText({ evidence }: Pick<Alert, 'evidence'>): string {
  if (evidence.kind === 'e') return `e = ${evidence.value.toExponential(1)} (alarm at 10${superscript(Math.round(Math.log10(evidence.threshold)))})`;
  return `${evidence.value < 1e-300 ? 'p < 1e-300' : `p = ${evidence.value.toExponential(1)}`} after correction for ${evidence.tests.toLocaleString('en')} looks`;
}
