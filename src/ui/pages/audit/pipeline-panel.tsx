// Every analysis with its stages: what each is doing, how long it took, and (by click) what it found out on the way.
import type { ReactElement } from 'react';
import type { AnalysisView, StageView } from '../../../state/audit-reducer.ts';
import { formatRoute, type Route } from '../../../state/route.ts';
import { useAudit } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { formatCount, formatDuration, plural } from '../../format.ts';
import { analysisLabel } from './analysis-label.ts';
import styles from './pipeline-panel.module.css';

export function PipelinePanel({ route }: { readonly route: Extract<Route, { page: 'audit' }> }): ReactElement | null {
  const view = useAudit((state) => state.view);
  const analyses = view.analyses.filter(({ stages }) => stages.length > 0);
  if (analyses.length === 0) return null;
  const all = analyses.flatMap(({ stages }) => stages);
  const finished = all.filter(({ status }) => status === 'done' || status === 'skipped').length;
  const unrun = all.filter(({ status }) => status === 'not-run').length;
  const failed = analyses.some(({ coverage, stages }) => coverage?.status === 'failed' || stages.some(({ status }) => status === 'failed'));
  const begin = Math.min(...all.map(({ startedAt }) => startedAt ?? Infinity));
  const end = Math.max(...all.map((stage) => stage.endedAt ?? (stage.status === 'running' ? (view.seenAt ?? -Infinity) : (stage.startedAt ?? -Infinity))));
  return (
    <section aria-label="Pipeline">
      <div className={styles.head}>
        <b>Pipeline</b>
        <span>{finished} of {all.length} stages{unrun > 0 && `, ${unrun} not run`}</span>
        {failed && <span className={styles.failed}>▲ failed</span>}
        <span className={styles.hint}>click a stage for what it found out</span>
      </div>
      {analyses.map((analysis) => (
        <div key={analysis.id}>
          {analyses.length > 1 && <h3 className={styles.analysis}>{analysisLabel(analysis.id)}<Plan analysis={analysis} /></h3>}
          {analysis.coverage?.status === 'failed' && analysis.coverage.reason !== undefined && <p className={styles.reason}>Failed: {analysis.coverage.reason}</p>}
          <ol>
            {analysis.stages.map((stage) => (
              <Stage key={stage.id} stage={stage} href={formatRoute({ page: 'audit', stage: { analysis: analysis.id, stage: stage.id } })} on={route.stage?.analysis === analysis.id && route.stage.stage === stage.id} begin={begin} end={end} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function Plan({ analysis }: { readonly analysis: AnalysisView }): ReactElement | null {
  if (analysis.tokens === undefined || analysis.tokens === 0) return null;
  return <span> {formatCount(analysis.tokens)} tokens planned</span>;
}

interface StageProps {
  readonly stage: StageView;
  readonly href: string;
  readonly on: boolean;
  readonly begin: number;
  readonly end: number;
}

const MARKS: Readonly<Record<StageView['status'], string>> = { pending: '○', running: '◐', done: '●', skipped: '–', failed: '▲', stopped: '◌', 'not-run': '○' };
const WORDS: Readonly<Record<StageView['status'], string>> = { pending: 'to come', running: 'running', done: 'done', skipped: 'skipped', failed: 'failed', stopped: 'cut off', 'not-run': 'not run' };
/** Said beside the stage where it has no time of its own. */
const TOLD = new Set<StageView['status']>(['skipped', 'failed', 'stopped', 'not-run']);

function Stage({ stage, href, on, begin, end }: StageProps): ReactElement {
  const { status, startedAt } = stage;
  const until = stage.endedAt ?? (status === 'running' ? end : undefined);
  const seconds = startedAt === undefined || until === undefined ? undefined : Math.max(0, until - startedAt) / 1000;
  const rows = stage.tables.reduce((sum, table) => sum + table.rows.length, 0);
  const span = end > begin && startedAt !== undefined ? { left: (startedAt - begin) / (end - begin), width: ((until ?? end) - startedAt) / (end - begin) } : undefined;
  return (
    <li>
      <a href={href} className={classes(styles.stage, styles[status], on && styles.on)} aria-current={on ? 'true' : undefined}>
        <span className={styles.mark} title={WORDS[status]}>{MARKS[status]}<span className="sr-only"> {WORDS[status]}</span></span>
        <span className={styles.label} title={stage.note === undefined ? stage.label : `${stage.label}: ${stage.note}`}>
          {stage.label}
          {stage.note !== undefined && <small> {stage.note}</small>}
        </span>
        <span className={styles.rows}>{rows > 0 ? plural(rows, 'row') : ''}</span>
        <span className={styles.track} aria-hidden="true">
          {span !== undefined && <i className={status === 'running' ? styles.live : styles.span} style={{ left: `${span.left * 100}%`, width: `max(2px, ${span.width * 100}%)` }} />}
        </span>
        <span className={styles.time}>{status === 'failed' || status === 'stopped' || seconds === undefined ? (TOLD.has(status) ? WORDS[status] : '') : formatDuration(seconds)}</span>
      </a>
    </li>
  );
}
