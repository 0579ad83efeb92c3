// What a stage found out so far, as its tables. Following the audit, the latest table stays until the next one comes.
import type { ReactElement } from 'react';
import { currentProgress, latestWithTables, type AuditView, type StageView } from '../../../state/audit-reducer.ts';
import { formatCount, formatDuration } from '../../format.ts';
import { ValueTable } from '../../parts/value-table.tsx';
import styles from './stage-detail.module.css';

export interface StageDetailProps {
  readonly view: AuditView;
  readonly stage: StageView;
  readonly follows: boolean;
}

export function StageDetail({ view, stage, follows }: StageDetailProps): ReactElement {
  const paused = view.status === 'paused';
  const running = stage.status === 'running';
  const progress = running ? currentProgress(view) : undefined;
  // Language models are planned in tokens over all stages, the probes of classifiers in steps of each.
  const inTokens = progress?.tokensPerSecond !== undefined;
  const until = stage.endedAt ?? (running ? view.seenAt : undefined);
  const seconds = stage.startedAt === undefined || until === undefined ? undefined : (until - stage.startedAt) / 1000;
  const earlier = follows && stage.tables.length === 0 ? latestWithTables(view) : undefined;
  return (
    <>
      <h2 className={styles.title}>{stage.label}</h2>
      <p className={styles.sub}>
        {[
          running && paused ? 'paused' : follows ? 'running now · this pane follows the audit' : SAID[stage.status] ?? stage.status,
          seconds === undefined ? undefined : formatDuration(seconds),
          progress === undefined ? undefined : `${formatCount(progress.done)} of ${formatCount(progress.total)} ${inTokens ? 'tokens in all' : 'steps'}`,
          progress?.tokensPerSecond === undefined ? undefined : `${formatCount(progress.tokensPerSecond)} tokens/s`,
          stage.note,
        ].filter((part) => part !== undefined).join(' · ')}
      </p>
      {running && !paused && <progress className={styles.progress} aria-label={stage.label} />}
      <Tables stage={stage} />
      {earlier !== undefined && (
        <>
          <h3 className={styles.earlier}>Latest result: {earlier.label}</h3>
          <Tables stage={earlier} />
        </>
      )}
      {stage.tables.length === 0 && earlier === undefined && <p className={styles.none}>{NOTHING[stage.status] ?? 'Nothing to show yet.'}</p>}
    </>
  );
}

const SAID: Partial<Record<StageView['status'], string>> = { pending: 'to come', stopped: 'cut off', 'not-run': 'not run' };
const NOTHING: Partial<Record<StageView['status'], string>> = {
  pending: 'This stage has not begun.',
  skipped: 'This stage was skipped.',
  failed: 'This stage failed before it had anything to show.',
  stopped: 'The audit was cancelled before this stage had anything to show.',
  'not-run': 'The audit ended before this stage: it was not run.',
};

function Tables({ stage }: { readonly stage: StageView }): ReactElement[] {
  return stage.tables.map((table) => <ValueTable key={table.columns.join()} columns={table.columns} rows={table.rows} note={table.note} name={stage.label} />);
}
