// What a stage found out so far, as its tables.
import type { ReactElement } from 'react';
import type { StageView } from '../../../state/audit-reducer.ts';
import { formatCount, formatDuration } from '../../format.ts';
import { ValueTable } from '../../parts/value-table.tsx';
import styles from './stage-detail.module.css';

export function StageDetail({ stage, follows }: { readonly stage: StageView; readonly follows: boolean }): ReactElement {
  const { progress } = stage;
  const seconds = stage.startedAt === undefined || stage.endedAt === undefined ? undefined : (stage.endedAt - stage.startedAt) / 1000;
  return (
    <>
      <h2 className={styles.title}>{stage.label}</h2>
      <p className={styles.sub}>
        {[
          follows ? 'running now (this pane follows the audit)' : stage.status,
          seconds === undefined ? undefined : formatDuration(seconds),
          progress === undefined || stage.status !== 'running' ? undefined : `${formatCount(progress.done)} of ${formatCount(progress.total)}`,
          progress?.tokensPerSecond === undefined || stage.status !== 'running' ? undefined : `${formatCount(progress.tokensPerSecond)} tokens/s`,
          stage.note,
        ].filter((part) => part !== undefined).join(' · ')}
      </p>
      {progress !== undefined && stage.status === 'running' && <progress className={styles.progress} max={Math.max(1, progress.total)} value={progress.done} aria-label={stage.label} />}
      {stage.tables.map((table) => <ValueTable key={table.columns.join()} columns={table.columns} rows={table.rows} note={table.note} name={stage.label} />)}
      {stage.tables.length === 0 && <p className={styles.none}>{stage.status === 'pending' ? 'This stage has not begun.' : stage.status === 'skipped' ? 'This stage was skipped.' : 'Nothing to show yet.'}</p>}
    </>
  );
}
