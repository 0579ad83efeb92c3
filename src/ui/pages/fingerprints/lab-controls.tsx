// Which features, which representation; adding models, keeping the set; and what is running, with cancel.
import type { ReactElement } from 'react';
import { saveText } from '../../../charts/frame/export.ts';
import { FEATURE_SETS, FEATURE_SET_LABELS, FEATURE_SET_NOTES } from '../../../engine/fingerprint/features/feature-sets.ts';
import { REPRESENTATIONS } from '../../../engine/fingerprint/representations/registry.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import { Segmented } from '../../parts/segmented.tsx';
import { pickFiles, pickFolder } from '../../pick-files.ts';
import styles from './lab-controls.module.css';

export function LabControls(): ReactElement | null {
  const app = useApp();
  const lab = app.fingerprints.getState;
  const { set, representation } = useFingerprints((state) => state.request);
  const reference = useFingerprints((state) => state.reference);
  const busy = useFingerprints((state) => state.busy);
  const failure = useFingerprints((state) => state.failure);
  const refused = useFingerprints((state) => state.refused);
  const diff = useFingerprints((state) => state.diff);
  const save = (): void => {
    const text = lab().exportSet();
    if (text !== undefined) saveText(`${reference?.name ?? 'reference'}.fingerprints.json`, 'application/json', text);
  };
  return (
    <div className={styles.controls}>
      {reference !== undefined && (
        <div className={styles.row}>
          <Segmented label="Features" choices={FEATURE_SETS.map((id) => ({ id, label: FEATURE_SET_LABELS[id], title: FEATURE_SET_NOTES[id] }))} selected={set} onSelect={(chosen) => void lab().choose({ set: chosen })} />
          <Segmented label="Representation" choices={REPRESENTATIONS.map(({ id, shortLabel, label, limits }) => ({ id, label: shortLabel, title: `${label}. ${limits}` }))} selected={representation} onSelect={(chosen) => void lab().choose({ representation: chosen })} />
          <span className={styles.recipe}>50 reference inputs (seed {reference.publicSeed}) · secret probes of this set</span>
          <span className={styles.buttons}>
            <button disabled={busy !== undefined} onClick={() => void pickFiles(app)}>Add models…</button>
            <button disabled={busy !== undefined} onClick={() => void pickFolder(app)}>Add a folder…</button>
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
      {refused.length > 0 && (
        <details className={styles.note}>
          <summary>{refused.length} {refused.length === 1 ? 'model was' : 'models were'} refused, and not tested</summary>
          <ul>{refused.map(({ name, reason }) => <li key={name}><b>{name}</b> {[reason.code.replaceAll('-', ' '), reason.field, reason.expected === undefined ? undefined : `expected ${reason.expected}`, reason.actual === undefined ? undefined : `found ${reason.actual}`].filter((part) => part !== undefined).join(' · ')}</li>)}</ul>
        </details>
      )}
      {diff !== undefined && (
        <p className={styles.note}>
          Against the set that was open before: {diff.added.length} added, {diff.removed.length} removed, {diff.changed.length} changed
          {diff.recipe.length > 0 && `; made otherwise (${diff.recipe.join('; ')}), so the models compared before were put away`}.
        </p>
      )}
    </div>
  );
}
