// First visit: drop, pick, or try a sample; what it does in three lines.
import { useState, type DragEvent, type ReactElement } from 'react';
import { useApp, useSession } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { formatWhen } from '../../format.ts';
import { ErrorFields } from '../../parts/error-fields.tsx';
import { pickFiles, pickFolder } from '../../pick-files.ts';
import styles from './welcome.module.css';

export function Welcome(): ReactElement {
  const app = useApp();
  const samples = useSession((state) => state.samples);
  const failed = useSession((state) => state.failure);
  const remembered = useSession((state) => state.remembered);
  const [over, setOver] = useState(false);
  const onDrag = (inside: boolean) => (event: DragEvent): void => {
    event.preventDefault();
    setOver(inside);
  };
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        {failed !== undefined && failed.failure.kind === 'error' && (
          <section className={styles.failed} role="alert" aria-label="Error">
            <h2>{failed.name} could not be opened</h2>
            {failed.failure.artifact === undefined ? <p>{failed.failure.message}</p> : <ErrorFields fields={failed.failure.artifact} />}
            <button onClick={() => app.session.getState().clearFailure()}>Dismiss</button>
          </section>
        )}
        {remembered !== undefined && (
          <section className={styles.remembered} aria-label="Open again">
            <p>
              {remembered.elsewhere ? <><b>{remembered.name}</b> is being audited in another tab of this browser.</> : <><b>{remembered.name}</b> was open here on {formatWhen(remembered.savedAt)}.</>}
              {remembered.interrupted && ' Its audit was interrupted and can be gone on with.'}
              {remembered.needsPermission && ' The browser will ask for its files again.'}
            </p>
            <button className={remembered.elsewhere ? undefined : 'primary'} onClick={() => void app.open({ kind: 'remembered', name: remembered.name })}>{remembered.elsewhere ? 'Open it here as well' : 'Open it again'}</button>
          </section>
        )}
        <section className={classes(styles.zone, over && styles.over)} aria-label="Open a model" onDragEnter={onDrag(true)} onDragOver={onDrag(true)} onDragLeave={onDrag(false)} onDrop={() => setOver(false)}>
          <svg width="44" height="44" viewBox="0 0 44 44" aria-hidden="true">
            <path d="M22 3 L41 22 L22 41 L3 22Z" fill="none" stroke="var(--accent)" strokeWidth="1.6" strokeDasharray="4 3" />
            <path d="M22 13v15M15.5 22l6.5 6.5 6.5-6.5" fill="none" stroke="var(--accent)" strokeWidth="2.2" />
          </svg>
          <h1>Drop a model</h1>
          <p>A folder, an archive or a single file of any format: safetensors, GGUF, ONNX, pickles of PyTorch and scikit-learn, Keras, TensorFlow, NumPy, templates, tokenizers. It is read in place: nothing is copied, nothing is uploaded.</p>
          <div className={styles.buttons}>
            <button className="primary" onClick={() => void pickFolder(app)}>Choose a folder…</button>
            <button onClick={() => void pickFiles(app)}>Choose files…</button>
          </div>
        </section>
        <ol className={styles.what}>
          <li><b>Drop.</b> Within a second or so: what it is, its hashes, and what in its files is hostile, hidden or malformed. Nothing is run for that.</li>
          <li><b>Audit.</b> The model runs in this tab and is probed for trigger phrases, words and patches: each suspicion is measured against controls.</li>
          <li><b>Investigate.</b> Trigger, payload, leaked text, attention and entropy; try it by hand; export the report.</li>
        </ol>
        {samples.length > 0 && (
          <section aria-label="Samples">
            <h2 className={styles.head}>Or see one caught: sample models trained for this, some with a planted trigger</h2>
            <div className={styles.samples}>
              {samples.map((sample) => (
                <button key={sample.id} className={styles.sample} onClick={() => void app.open({ kind: 'sample', sample })}>
                  <b>{sample.title}</b>
                  <span>{sample.description}</span>
                </button>
              ))}
            </div>
          </section>
        )}
      </div>
    </div>
  );
}
