// What the analyst decided, with a reason where the suspicion is dismissed; kept in this browser.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Finding } from '../../../engine/core/finding.ts';
import { artifactKey } from '../../../state/finding-view.ts';
import { triageKey, UNDECIDED, type TriageState } from '../../../state/triage.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { Segmented } from '../../parts/segmented.tsx';
import styles from './triage-control.module.css';

const CHOICES: readonly { readonly id: TriageState; readonly label: string }[] = [
  { id: 'open', label: 'Open' },
  { id: 'confirmed', label: 'Confirmed' },
  { id: 'false-positive', label: 'False positive' },
];

export function TriageControl({ finding }: { readonly finding: Finding }): ReactElement {
  const { triage } = useApp();
  const files = useAudit((state) => state.view.report?.subject.files);
  const open = useSession((state) => state.model?.files);
  const artifact = artifactKey(files ?? open ?? []);
  const entry = useStore(triage, (state) => state.entries[triageKey(artifact, finding.id)]) ?? UNDECIDED;
  const decide = (change: Partial<typeof entry>): void => triage.getState().decide(artifact, finding.id, { ...entry, ...change });
  return (
    <div className={styles.triage}>
      <span>triage</span>
      <Segmented label="Triage state" choices={CHOICES} selected={entry.state} onSelect={(state) => decide({ state })} />
      {entry.state !== 'open' && (
        <input aria-label="Reason" placeholder={entry.state === 'false-positive' ? 'Why it is a false positive' : 'Note'} value={entry.reason} onChange={(event) => decide({ reason: event.target.value })} />
      )}
    </div>
  );
}
