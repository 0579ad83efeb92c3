// The coverage bar (layout.ts).
import type { ReactElement } from 'react';
import { summariseCoverage, type CoverageEntry } from './layout.ts';
import styles from './coverage-bar.module.css';

export function CoverageBar({ entries }: { readonly entries: readonly CoverageEntry[] }): ReactElement {
  const { cells, text } = summariseCoverage(entries);
  return (
    <div className={styles.bar} role="img" aria-label={text}>
      {cells.map((cell) => (
        <i key={cell.analysis} className={styles[cell.state]} title={`${cell.analysis}: ${cell.state === 'skipped' ? 'not tested' : cell.state === 'absent' ? 'not applicable' : cell.state}`} />
      ))}
      {cells.length === 0 && <i className={styles.skipped} />}
    </div>
  );
}
