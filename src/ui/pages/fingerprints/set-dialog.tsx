// The open reference set looked into: what it is made of and how, its name and version, and the sets kept beside it.
import { useState, type ReactElement } from 'react';
import { useApp, useFingerprints } from '../../app-context.ts';
import { plural } from '../../format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { KeptSets } from './kept-sets.tsx';
import styles from './set-dialog.module.css';

export function SetDialog({ onClose }: { readonly onClose: () => void }): ReactElement | null {
  const app = useApp();
  const lab = app.fingerprints.getState;
  const reference = useFingerprints((state) => state.reference);
  const [name, setName] = useState(reference?.name ?? '');
  if (reference === undefined) return null;
  const { models, names, version, publicSeed, taps, gradients, examples } = reference;
  const shapes = new Map<string, number>();
  for (const { signature: { kind, shape, classes, taps: tapped } } of models) {
    const told = `${kind} [${shape.join(' × ')}], ${classes} classes; layers ${tapped.map(({ tensor, dims }) => `${tensor} [${dims.join(' × ')}]`).join(', ')}`;
    shapes.set(told, (shapes.get(told) ?? 0) + 1);
  }
  const withoutGradients = models.filter(({ noGradients }) => noGradients !== undefined);
  return (
    <Dialog label="Reference set" onClose={onClose} wide>
      <div className={styles.set}>
        <h2>Reference set</h2>
        <form className={styles.name} onSubmit={(event) => { event.preventDefault(); lab().rename(name); }}>
          <label>Name <input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} onBlur={() => lab().rename(name)} /></label>
          <span>version {version}</span>
          <button type="button" onClick={() => { lab().rename(name); void lab().keep(); }}>Keep in this browser</button>
        </form>
        <dl>
          <dt>Clean models</dt><dd>{models.length}</dd>
          <dt>Shapes</dt><dd><ul>{[...shapes].map(([told, count]) => <li key={told}><b>{count}</b> {told}</li>)}</ul></dd>
          <dt>Inputs</dt><dd>50 seeded reference inputs (seed {publicSeed}){examples === undefined ? '' : `, ${examples.length} of the user's own`}; secret probes, whose seed stands in the exported file: keep that from whoever trains the models</dd>
          <dt>Layers</dt><dd>{taps === undefined ? 'by rule' : taps.join(', ')}</dd>
          <dt>Gradients</dt><dd>{!gradients ? 'not asked for' : withoutGradients.length === 0 ? 'of every model' : `missing for ${plural(withoutGradients.length, 'model')}: ${withoutGradients[0]?.noGradients ?? ''}`}</dd>
          <dt>Features</dt><dd>{Object.entries(names).map(([set, list]) => `${set} ${list.length}`).join(' · ')}</dd>
        </dl>
        <h3>Kept in this browser</h3>
        <KeptSets onOpen={onClose} />
        <div className={styles.foot}><button onClick={onClose}>Close</button></div>
      </div>
    </Dialog>
  );
}
