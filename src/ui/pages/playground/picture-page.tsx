// The playground of an image classifier: drop a picture, stamp the reconstructed trigger on it, compare.
import { useEffect, useState, type DragEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { shownConfidence } from '../../../engine/core/shown.ts';
import type { PicturePreparation } from '../../../state/client.ts';
import { useApp, useSession } from '../../app-context.ts';
import { RunFailure } from '../../parts/run-failure.tsx';
import { BesideAudit } from '../../parts/beside-audit.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import { LookView, type MapKind } from './look-view.tsx';
import { Preparation } from './preparation.tsx';
import styles from './picture-page.module.css';

export function PicturePage({ preparation }: { readonly preparation: PicturePreparation }): ReactElement {
  const { pictureLab, audit, investigate } = useApp();
  const { stamp, status, failure, looks } = useStore(pictureLab);
  useEffect(() => {
    if (preparation.guessed) void pictureLab.getState().learnRange();
  }, [preparation.guessed, pictureLab]);
  const findings = useStore(audit, (state) => state.view.findings);
  const name = useSession((state) => state.model?.name ?? '');
  const [map, setMap] = useState<MapKind>('occlusion');
  const [over, setOver] = useState(false);
  const stamped = findings.filter(({ evidence }) => evidence.some(({ kind }) => kind === 'pictures'));
  const add = async (files: readonly File[]): Promise<void> => {
    if (files.length > 0) await pictureLab.getState().look(files.map((file) => ({ name: file.name, picture: file })));
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void add([...event.dataTransfer.files]);
  };
  return (
    <div className={styles.page}>
      <section className={styles.bar} aria-label="Picture and trigger">
        <label
          className={over ? styles.dropOver : styles.drop}
          data-own-drop
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        >
          <b>Drop a picture</b> or choose one; it is cut to a square and resized to {preparation.width} × {preparation.height}
          <input type="file" accept="image/*" multiple aria-label="Choose pictures" onChange={(event) => void add([...(event.target.files ?? [])])} />
        </label>
        <div className={styles.trigger}>
          {stamp === undefined ? <span>No trigger: the model’s own answer is shown.</span> : <span>Trigger <mark className="token">{stamp.trigger}</mark>{stamp.targetLabel !== undefined && <> → <span className="payload">{stamp.targetLabel}</span></>}</span>}
          <span className={styles.choices}>
            {stamped.length > 0 && <span className={styles.faint}>From the audit:</span>}
            {stamped.map((finding) => <button key={finding.id} aria-pressed={stamp?.trigger === finding.trigger?.value} onClick={() => investigate('playground', finding)}>{finding.target !== undefined && 'class' in finding.target ? (finding.target.label ?? `class ${finding.target.class}`) : 'all classes'} · {shownConfidence(finding.confidence)}</button>)}
            {stamp !== undefined && <button onClick={() => pictureLab.getState().dropStamp()}>no trigger</button>}
            {stamped.length === 0 && stamp === undefined && <span className={styles.faint}>An audit of this model leaves its reconstructed triggers here.</span>}
          </span>
        </div>
        <BesideAudit />
        <Preparation key={`${name} ${preparation.origin}`} preparation={preparation} />
        <div className={styles.tools}>
          <Segmented label="Map over the picture" choices={[{ id: 'occlusion', label: 'occlusion' }, { id: 'rollout', label: 'attention rollout' }, { id: 'none', label: 'picture only' }]} selected={map} onSelect={setMap} />
          {looks.length > 0 && <button className="plain" onClick={() => pictureLab.getState().clear()}>clear</button>}
        </div>
      </section>
      <div className={styles.looks}>
        <RunFailure failure={failure} className={styles.failure} />
        {status === 'running' && <p className={styles.faint} role="status">Looking…</p>}
        {looks.length === 0 && status !== 'running' && <p className={styles.empty}>What the model sees will stand here, without and with the trigger, and which parts of the picture its answer hangs on.</p>}
        {looks.map((entry) => <LookView key={entry.id} entry={entry} map={map} />)}
      </div>
    </div>
  );
}
