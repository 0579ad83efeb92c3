// Said where the model can be tried by hand: an audit that is under way pauses for that, and goes on by itself.
import type { ReactElement } from 'react';
import { holdsModel } from '../../state/audit-reducer.ts';
import { useAudit } from '../app-context.ts';
import styles from './beside-audit.module.css';

export function useUnderAudit(): boolean {
  return useAudit(({ view }) => holdsModel(view));
}

export function BesideAudit(): ReactElement | null {
  return useUnderAudit() ? <p className={styles.note} role="status">An audit of this model is under way. It pauses for what you ask here, and goes on by itself.</p> : null;
}
