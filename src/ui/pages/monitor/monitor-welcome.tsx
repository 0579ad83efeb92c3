// Before a check: the two things it needs, and a sample that has both.
import { useRef, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { LogRole } from '../../../state/monitor.ts';
import { adviceFor } from '../../../state/advice.ts';
import { useApp } from '../../app-context.ts';
import { formatBytes } from '../../format.ts';
import { PowerPanel } from './power-panel.tsx';
import { dropHandlers, takeFiles } from './take-drop.ts';
import styles from './monitor-welcome.module.css';

export function MonitorWelcome({ onColumns, onRedTeam }: { readonly onColumns: () => void; readonly onRedTeam: () => void }): ReactElement {
  const app = useApp();
  const { status, work, rows, failure, profile, log, baselineLog } = useStore(app.monitor, (state) => state);
  const busy = status === 'working';
  return (
    <div className={styles.page} {...dropHandlers(app)}>
      <h1>Monitor a deployed model</h1>
      <p className={styles.lead}>A backdoor that passed the audit shows in what the model does later. Give a log of predictions from a time when all was well, and the log to check. Both are read in this tab; nothing is uploaded.</p>
      <div className={styles.slots}>
        <Slot role="baseline" title="1 · Baseline" filled={profile === undefined ? undefined : `${profile.log.name} · ${profile.log.rows.toLocaleString('en')} predictions, ${profile.classes.labels.length} classes`} disabled={busy}>
          A clean log of the model, or a baseline file made from one.
        </Slot>
        <Slot role="log" title="2 · Log to check" filled={log === undefined ? undefined : `${log.description.name} · ${log.description.formats.join(', ')} · ${formatBytes(log.description.bytes)}`} disabled={busy}>
          What the model has predicted since.
        </Slot>
      </div>
      <p className={styles.actions}>
        <button className="primary" disabled={busy} onClick={() => void app.monitor.getState().openSample()}>Show me with a sample</button>
        {(log !== undefined || baselineLog !== undefined) && <button onClick={onColumns}>Columns…</button>}
        {profile !== undefined && <button onClick={onRedTeam}>Red team…</button>}
        {busy && <button onClick={() => app.monitor.getState().cancel()}>Cancel</button>}
        {busy && <span role="status">{work}{rows > 0 ? ` · ${rows.toLocaleString('en')} rows` : ''}</span>}
      </p>
      {failure?.kind === 'error' && (
        <div role="alert" className={styles.failure}>
          <b>{failure.message}</b>
          {failure.artifact !== undefined && <p>{failure.artifact.format === 'log' || failure.artifact.format === 'csv' ? 'Check the columns: which of them holds the prediction, and whether the file is what it seems.' : adviceFor(failure.artifact)}</p>}
        </div>
      )}
      <ul className={styles.notes}>
        <li><b>CSV, JSON lines (also OpenTelemetry’s), Parquet and Arrow</b>, millions of rows, read as a stream. Columns are guessed by name and can be corrected.</li>
        <li><b>Needed:</b> the predicted class or value. <b>Used where there:</b> time, confidence or all probabilities, latency, CPU, GPU, memory, input features or an embedding, prompt, source.</li>
        <li><b>The baseline must be clean.</b> What is already in it counts as usual.</li>
      </ul>
      {profile !== undefined && <div className={styles.power}><PowerPanel /></div>}
    </div>
  );
}

function Slot({ role, title, filled, disabled, children }: { readonly role: LogRole; readonly title: string; readonly filled: string | undefined; readonly disabled: boolean; readonly children: string }): ReactElement {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  return (
    <section
      className={styles.slot}
      data-filled={filled !== undefined}
      {...dropHandlers(app, role)}
    >
      <h2>{title}</h2>
      <p>{filled ?? children}</p>
      <button disabled={disabled} onClick={() => input.current?.click()}>{filled === undefined ? 'Choose…' : 'Another…'}</button>
      <input ref={input} type="file" multiple hidden aria-label={title} data-testid={`monitor-${role}`} onChange={(event) => { takeFiles(app, role, [...(event.target.files ?? [])]); event.target.value = ''; }} />
    </section>
  );
}
