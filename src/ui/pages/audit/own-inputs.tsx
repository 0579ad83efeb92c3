// Clean inputs of the user's own for the next audit of a classifier, by drop or picker. None are needed.
import { useState, type DragEvent, type ReactElement } from 'react';
import type { Task } from '../../../engine/core/finding.ts';
import { shown } from '../../../engine/core/shown.ts';
import type { ReportInputs } from '../../../engine/report/report.ts';
import type { NamedFiles } from '../../../state/client.ts';
import { useApp, useSession } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { askForFiles, filesOfDrop } from '../../pick-files.ts';
import styles from './own-inputs.module.css';

/** The probes of these tasks use them. */
const FORMS: Partial<Readonly<Record<Task, string>>> = {
  'image-classification': 'pictures, a folder of them, or a .npy array',
  'text-classification': 'lines of text or CSV with a text column',
};

export function OwnInputs({ task }: { readonly task: Task }): ReactElement | null {
  const app = useApp();
  const inputs = useSession((state) => state.inputs);
  const giving = useSession((state) => state.giving);
  const [over, setOver] = useState(false);
  const forms = FORMS[task];
  if (forms === undefined) return null;
  const give = async (chosen: Promise<NamedFiles | undefined>): Promise<void> => {
    const files = await chosen;
    if (files === undefined) return;
    const result = await app.session.getState().give(files);
    if (result.kind !== 'ok') app.notices.getState().fail(`${files.name} cannot be used as clean inputs`, result);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void give(filesOfDrop(app, event.dataTransfer));
  };
  return (
    <section
      className={classes(styles.inputs, over && styles.over)}
      aria-label="Clean inputs"
      data-own-drop
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <b>Clean inputs</b>
      {giving ? <span role="status">Reading them…</span> : inputs === undefined ? <span>none needed; of yours, drop {forms} here</span> : <Given inputs={inputs} />}
      {!giving && (
        <span className={styles.buttons}>
          <button onClick={() => void give(askForFiles())}>Files…</button>
          <button onClick={() => void give(askForFiles(true))}>Folder…</button>
          {inputs !== undefined && <button className="plain" onClick={() => void app.session.getState().give(undefined)}>Leave out</button>}
        </span>
      )}
    </section>
  );
}

function Given({ inputs: { path, used, files, filesNotUsed } }: { readonly inputs: ReportInputs }): ReactElement {
  const [only] = files;
  return (
    <span role="status">
      {used} from <code>{shown(path)}</code> ({files.length === 1 && only !== undefined ? <span title={`SHA-256 ${only.sha256}`}>SHA-256 {only.sha256.slice(0, 12)}…</span> : `${files.length} files`}
      {filesNotUsed !== undefined && `, ${filesNotUsed} not used`}). An audit with them is not kept for going on after a reload.
    </span>
  );
}
