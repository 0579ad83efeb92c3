// Which features, which representation; adding models, keeping the set; and what is running, with cancel.
import { useMemo, useState, type ReactElement } from 'react';
import { saveText } from '../../../charts/frame/export.ts';
import { FEATURE_SETS, FEATURE_SET_LABELS, FEATURE_SET_NOTES } from '../../../engine/fingerprint/features/feature-sets.ts';
import { incomparable } from '../../../engine/fingerprint/reference/reference-set.ts';
import { REPRESENTATIONS } from '../../../engine/fingerprint/representations/registry.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import { Segmented } from '../../parts/segmented.tsx';
import { pickFiles, pickFolder } from '../../pick-files.ts';
import type { Refused } from '../../../state/fingerprints.ts';
import { SetDialog } from './set-dialog.tsx';
import styles from './lab-controls.module.css';

/** More refusals than these fold up. */
const SHOWN_OPEN = 4;

export function LabControls(): ReactElement | null {
  const app = useApp();
  const [inspecting, inspect] = useState(false);
  const lab = app.fingerprints.getState;
  const { set, representation } = useFingerprints((state) => state.request);
  const reference = useFingerprints((state) => state.reference);
  const busy = useFingerprints((state) => state.busy);
  const failure = useFingerprints((state) => state.failure);
  const refused = useFingerprints((state) => state.refused);
  const aside = useFingerprints((state) => state.aside);
  const diff = useFingerprints((state) => state.diff);
  const choices = useMemo(() => FEATURE_SETS.map((id) => {
    const why = reference === undefined ? undefined : incomparable(reference, id);
    return { id, label: FEATURE_SET_LABELS[id], title: why ?? FEATURE_SET_NOTES[id], disabled: why !== undefined };
  }), [reference]);
  const isKept = useFingerprints((state) => state.isKept);
  const save = (): void => {
    const text = lab().exportSet();
    if (text !== undefined) saveText(`${reference?.name ?? 'reference'}-v${reference?.version ?? 1}.fingerprints.json`, 'application/json', text);
  };
  return (
    <div className={styles.controls}>
      {reference !== undefined && (
        <div className={styles.row}>
          <Segmented label="Features" choices={choices} selected={set} onSelect={(chosen) => void lab().choose({ set: chosen })} />
          <Segmented label="Representation" choices={REPRESENTATIONS.map(({ id, shortLabel, label, limits }) => ({ id, label: shortLabel, title: `${label}. ${limits}` }))} selected={representation} onSelect={(chosen) => void lab().choose({ representation: chosen })} />
          <button className="link" onClick={() => inspect(true)}>{reference.name} · version {reference.version}</button>
          <span className={styles.buttons}>
            <button disabled={busy !== undefined} onClick={() => void pickFiles(app)}>Add models…</button>
            <button disabled={busy !== undefined} onClick={() => void pickFolder(app)}>Add a folder…</button>
            <button onClick={() => void lab().keep()} disabled={isKept} title={isKept ? 'This version is kept in this browser' : 'Keep this set in this browser'}>{isKept ? 'Kept' : 'Keep set'}</button>
            <button onClick={save}>Export set</button>
            <button className="plain" disabled={busy !== undefined} onClick={() => lab().reset()}>Close</button>
          </span>
        </div>
      )}
      {busy !== undefined && (
        <div className={styles.row} role="status">
          <span>{busy.label}</span>
          <progress max={busy.progress?.total ?? 1} value={busy.progress?.done} aria-label={busy.label} />
          <span className={styles.recipe}>{busy.progress === undefined ? '' : `${busy.progress.done} of ${busy.progress.total} ${busy.progress.what}`}</span>
          <span className={styles.buttons}><button onClick={() => void lab().cancel()}>Cancel</button></span>
        </div>
      )}
      {failure?.kind === 'error' && <p className={styles.failure} role="alert">{failure.message}</p>}
      {failure?.kind === 'cancelled' && <p className={styles.note} role="status">Cancelled: what was shown before stays as it was.</p>}
      <RefusedList refused={refused} what="refused, and not tested" />
      <RefusedList refused={aside} what="not comparable in these features, and not tested" />
      {diff !== undefined && (
        <p className={styles.note}>
          Against {diff.against}: <span title={diff.added.join(', ')}>{diff.added.length} added</span>, <span title={diff.removed.join(', ')}>{diff.removed.length} removed</span>, <span title={diff.changed.join(', ')}>{diff.changed.length} changed</span>
          {diff.recipe.length > 0 && `; made otherwise (${diff.recipe.join('; ')}), so models fingerprinted for one cannot be compared with the other`}.
          {diff.added.length + diff.removed.length + diff.changed.length > 0 && <button className="link" onClick={() => saveText('set-difference.txt', 'text/plain', [...diff.added.map((name) => `+ ${name}`), ...diff.removed.map((name) => `- ${name}`), ...diff.changed.map((name) => `~ ${name}`)].join('\n'))}>list</button>}
        </p>
      )}
      {inspecting && <SetDialog onClose={() => inspect(false)} />}
    </div>
  );
}

function RefusedList({ refused, what }: { readonly refused: readonly Refused[]; readonly what: string }): ReactElement | null {
  if (refused.length === 0) return null;
  return (
    <details className={styles.note} open={refused.length <= SHOWN_OPEN}>
      <summary>{refused.length} {refused.length === 1 ? 'model was' : 'models were'} {what}</summary>
      <ul>{refused.map(({ name, reason }) => <li key={name}><b>{name}</b> {[reason.code.replaceAll('-', ' '), reason.field, reason.expected === undefined ? undefined : `expected ${reason.expected}`, reason.actual === undefined ? undefined : `found ${reason.actual}`].filter((part) => part !== undefined).join(' · ')}</li>)}</ul>
    </details>
  );
}
