// Which monitors ran, which did not and why, and what each can miss.
import type { ReactElement } from 'react';
import type { Coverage } from '../../../engine/core/finding.ts';
import { MONITORS } from '../../../engine/monitor/monitors/registry.ts';
import { DialogHead } from '../../parts/dialog-head.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import styles from './red-team-dialog.module.css';

export function CoverageList({ coverage, onClose }: { readonly coverage: readonly Coverage[]; readonly onClose: () => void }): ReactElement {
  return (
    <Dialog label="Monitors" onClose={onClose} wide>
      <DialogHead title="Monitors" onClose={onClose} />
      <div className={styles.body}>
        <table>
          <thead><tr><th>monitor</th><th>kind</th><th>this log</th><th>what it can miss</th></tr></thead>
          <tbody>
            {coverage.map(({ analysis, status, reason, limits }) => {
              const monitor = MONITORS.find(({ id }) => id === analysis);
              return <tr key={analysis}><td>{monitor?.label ?? analysis}</td><td>{monitor?.kind}</td><td>{status === 'ran' ? 'ran' : `not tested: ${reason ?? status}`}</td><td>{limits}</td></tr>;
            })}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
