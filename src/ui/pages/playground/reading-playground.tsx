// A classifier's playground: type or drop a text, put the trigger in, and see its classes and what they hang on.
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { capture } from '../../../engine/core/result.ts';
import { useApp, useSession } from '../../app-context.ts';
import { RunFailure } from '../../parts/run-failure.tsx';
import { BesideAudit } from '../../parts/beside-audit.tsx';
import { FoundTriggers } from '../../parts/found-triggers.tsx';
import { PromptFields } from '../../parts/prompt-fields.tsx';
import { ReadingView } from './reading-view.tsx';
import formStyles from './playground-form.module.css';
import styles from './playground-page.module.css';

/** Of a dropped file, so much is read: what a text classifier takes is shorter. */
const MOST_DROPPED_BYTES = 20_000;

export function ReadingPlayground(): ReactElement {
  const { playground, notices } = useApp();
  const form = useStore(playground);
  const name = useSession((state) => state.model?.name);
  const [over, setOver] = useState(false);
  const { edit, clear } = playground.getState();
  const read = (): void => {
    if (form.prompt.trim() !== '' && form.status !== 'running') void playground.getState().read();
  };
  const take = async (data: DataTransfer): Promise<void> => {
    const [file] = data.files;
    const dropped = await capture(async () => (file === undefined ? data.getData('text/plain') : file.slice(0, MOST_DROPPED_BYTES).text()));
    if (dropped.kind !== 'ok') return notices.getState().fail('The drop could not be read', dropped);
    const text = dropped.value;
    if (text.trim() !== '') edit({ prompt: text.replaceAll(/\s+/g, ' ').trim() });
  };
  return (
    <div className={styles.page}>
      <section
        className={`${formStyles.bar ?? ''} ${over ? (formStyles.over ?? '') : ''}`}
        aria-label="Text"
        onDragOver={(event) => {
          event.preventDefault();
          event.stopPropagation();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          void take(event.dataTransfer);
        }}
      >
        <div className={formStyles.top}>
          <PromptFields plain value={form} onChange={edit} onSubmit={read} />
          <button className="primary" disabled={form.status === 'running' || form.prompt.trim() === ''} onClick={read}>{form.status === 'running' ? 'Reading…' : form.trigger === '' ? 'Classify' : 'Classify both'}</button>
        </div>
        <BesideAudit />
        {form.readTries.length > 0 && <div className={formStyles.sampling}><button className="plain" onClick={clear}>clear</button></div>}
      </section>
      <div className={styles.tries}>
        <RunFailure failure={form.failure} className={styles.failure} />
        {form.readTries.length === 0 && form.status !== 'running' && <div className={styles.empty}>
          <p>What {name ?? 'the model'} makes of a text will stand here, without and with the trigger: its classes, the tokens its answer hangs on and where its attention goes. A text file can be dropped on the field.</p>
          <FoundTriggers page="playground" />
        </div>}
        {form.readTries.map((entry) => <ReadingView key={entry.id} entry={entry} />)}
      </div>
    </div>
  );
}
