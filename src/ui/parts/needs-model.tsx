// What a page says that needs a model that runs.
import type { ReactElement } from 'react';
import { useApp, useAudit, useSession } from '../app-context.ts';
import { pickFiles, pickFolder } from '../pick-files.ts';
import { ErrorFields } from './error-fields.tsx';
import styles from './needs-model.module.css';

export function NeedsModel({ what }: { readonly what: string }): ReactElement {
  const app = useApp();
  const notRunnable = useSession((state) => state.model?.notRunnable);
  const opening = useSession((state) => state.phase === 'opening');
  const stored = useAudit((state) => state.view.stored);
  const samples = useSession((state) => state.samples);
  return (
    <div className={styles.box}>
      <h1>{opening ? 'The model is being opened' : notRunnable === undefined ? `${what} need an open model` : `${what} need a model that runs`}</h1>
      {notRunnable !== undefined && <ErrorFields fields={notRunnable} />}
      {stored && <p>A stored report is shown; its model is not open.</p>}
      {!opening && (
        <div className={styles.row}>
          <button className="primary" onClick={() => void pickFolder(app)}>Choose a folder…</button>
          <button onClick={() => void pickFiles(app)}>Choose files…</button>
          {samples.slice(0, 3).map((sample) => <button key={sample.id} onClick={() => void app.open({ kind: 'sample', sample })}>{sample.title}</button>)}
        </div>
      )}
    </div>
  );
}
