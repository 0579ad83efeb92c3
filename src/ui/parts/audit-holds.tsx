// One call at a time reaches the model: while an audit runs (or is paused), nothing else is answered.
import type { ReactElement } from 'react';
import { holdsModel } from '../../state/audit-reducer.ts';
import { useAudit } from '../app-context.ts';
import styles from './audit-holds.module.css';

export function useAuditHolds(): boolean {
  return useAudit(({ view }) => holdsModel(view));
}

export function AuditHolds(): ReactElement | null {
  const holds = useAuditHolds();
  return holds ? <p className={styles.note} role="status">The audit has the model. Once it has ended, or was cancelled, this can be tried by hand.</p> : null;
}
