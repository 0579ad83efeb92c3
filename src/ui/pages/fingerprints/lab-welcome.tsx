// Before there is a reference set: what the lab does, and the ways in.
import type { ReactElement } from 'react';
import { useApp, useFingerprints } from '../../app-context.ts';
import { pickFiles, pickFolder } from '../../pick-files.ts';
import { KeptSets } from './kept-sets.tsx';
import { SetDraft } from './set-draft.tsx';
import styles from './lab-welcome.module.css';

export function LabWelcome(): ReactElement {
  const app = useApp();
  const kept = useFingerprints((state) => state.kept.length);
  const busy = useFingerprints((state) => state.busy !== undefined);
  return (
    <div className={styles.welcome}>
      <h1>Fingerprints</h1>
      <p>How a model answers a fixed set of inputs is its fingerprint. Ten or more models that are known to be clean are the reference; a model whose fingerprint lies apart from theirs deserves a second look.</p>
      <div className={styles.ways}>
        <button className="primary" disabled={busy} onClick={() => void app.fingerprints.getState().openSample()}>Try the sample population</button>
        <button disabled={busy} onClick={() => void pickFolder(app)}>Folder of clean models…</button>
        <button disabled={busy} onClick={() => void pickFiles(app)}>Clean models, or a reference set (JSON)…</button>
      </div>
      <SetDraft />
      {kept > 0 && <section className={styles.kept}><h2>Kept in this browser</h2><KeptSets /></section>}
      <p className={styles.small}>Or drop them here. ONNX classifiers (images, tables, texts) and classifier folders with config.json and safetensors. Models are run in this tab; nothing is uploaded.</p>
      <p className={styles.small}>What it can miss: a planted model whose trigger is unlike every probe and whose weights look usual; a whole reference that is planted. The models must come from one task: a reference of digit classifiers says nothing about another kind. Text classifiers of mixed architectures differ by their architecture more than by anything planted.</p>
    </div>
  );
}
