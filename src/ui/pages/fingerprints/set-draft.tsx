// How the next reference set is made: the user's own inputs, the layers that are tapped, gradient norms. All models of a set are
// fingerprinted alike, so this is chosen before.
import type { ReactElement } from 'react';
import { useApp, useFingerprints } from '../../app-context.ts';
import { askForFiles, pickFiles } from '../../pick-files.ts';
import styles from './set-draft.module.css';

export function SetDraft(): ReactElement {
  const app = useApp();
  const lab = app.fingerprints.getState;
  const { gradients, taps, examples, choices } = useFingerprints((state) => state.draft);
  const busy = useFingerprints((state) => state.busy !== undefined);
  const look = async (): Promise<void> => {
    const chosen = await askForFiles();
    if (chosen !== undefined) await lab().lookForTaps(chosen.name, chosen.files);
  };
  const inGraphOrder = (tapped: readonly string[]): readonly string[] => (choices?.taps ?? []).flatMap(({ tensor }) => (tapped.includes(tensor) ? [tensor] : []));
  const tapped = taps ?? (choices?.taps ?? []).flatMap(({ tensor, byDefault }) => (byDefault ? [tensor] : []));
  const toggle = (tensor: string): void => {
    const next = inGraphOrder(tapped.includes(tensor) ? tapped.filter((name) => name !== tensor) : [...tapped, tensor]);
    if (next.length > 0) lab().draftSet({ taps: next });
  };
  return (
    <details className={styles.draft}>
      <summary>How a new set is made{(gradients || taps !== undefined || examples !== undefined) && ' (changed)'}</summary>
      <dl>
        <dt>Own inputs</dt>
        <dd>
          {examples === undefined ? 'none: 50 seeded inputs and the secret probes alone' : `${examples.rows.length} of ${examples.rows[0]?.length ?? 0} values from ${examples.from}`}
          <span>
            <button disabled={busy} onClick={() => void pickFiles(app)}>Choose a .npy file…</button>
            {examples !== undefined && <button className="plain" onClick={() => lab().draftSet({ examples: undefined })}>Without</button>}
          </span>
          <small>A few clean inputs of each class, one a row, as the models take them: shown to every model, and changed by the secret probes.</small>
        </dd>
        <dt>Layers</dt>
        <dd>
          {taps === undefined ? 'by rule: what goes into the last three layers with weights' : taps.join(', ')}
          <span>
            <button disabled={busy} onClick={() => void look()}>Choose from a model…</button>
            {taps !== undefined && <button className="plain" onClick={() => lab().draftSet({ taps: undefined })}>By rule</button>}
          </span>
          {choices !== undefined && (
            <ul className={styles.taps} aria-label={`Tensors of ${choices.model}`}>
              {choices.taps.map(({ tensor, operator, dims, byDefault }) => (
                <li key={tensor}>
                  <label><input type="checkbox" checked={tapped.includes(tensor)} onChange={() => toggle(tensor)} /> <code>{tensor}</code> <small>{operator} [{dims.join(', ')}]{byDefault ? ' · by rule' : ''}</small></label>
                </li>
              ))}
            </ul>
          )}
        </dd>
        <dt>Gradients</dt>
        <dd>
          <label><input type="checkbox" checked={gradients} onChange={() => lab().draftSet({ gradients: !gradients })} /> norms of input gradients (features “Activations”; two more runs a model)</label>
        </dd>
      </dl>
    </details>
  );
}
