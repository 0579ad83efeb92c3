// A trigger that an audit found, looked for in the log.
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp, useAudit } from '../../app-context.ts';
import { formatWhen } from '../../format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import styles from './red-team-dialog.module.css';

export function SearchDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const app = useApp();
  const search = useStore(app.monitor, (state) => state.search);
  const findings = useAudit((state) => state.view.findings);
  const [text, setText] = useState(search.trigger);
  const found = findings.flatMap(({ trigger }) => (trigger === undefined || !['text', 'tokens'].includes(trigger.kind) ? [] : [trigger.value]));
  const { result } = search;
  return (
    <Dialog label="Search the log" onClose={onClose} wide>
      <form className={styles.body} onSubmit={(event) => { event.preventDefault(); void app.monitor.getState().searchFor(text); }}>
        <h2>Search the log for a trigger</h2>
        <p className={styles.lead}>Which predictions held it, and what came out. Upper and lower case and runs of white space do not matter.</p>
        <div className={styles.form}>
          <label>Trigger<input value={text} size={40} onChange={(event) => setText(event.target.value)} /></label>
          <button className="primary" type="submit" disabled={search.running || text.trim() === ''}>Search</button>
          <button type="button" onClick={onClose}>Close</button>
          {search.running && <span role="status">Searching…</span>}
        </div>
        {found.length > 0 && <p className={styles.note}>Found by the open audit: {[...new Set(found)].slice(0, 8).map((trigger) => <button key={trigger} type="button" className="plain" onClick={() => setText(trigger)}><code className="token">{trigger}</code></button>)}</p>}
        {search.failure?.kind === 'error' && <p role="alert">{search.failure.message}</p>}
        {result !== undefined && (
          <>
            <p className={styles.answer}><b>{result.holding.toLocaleString('en')}</b> of {result.rows.toLocaleString('en')} predictions hold “{result.trigger}”{result.holding > 0 && <> · p = {result.pValue.toExponential(1)} for their most frequent output</>}{result.first !== undefined && result.last !== undefined && <> · {formatWhen(result.first)} – {formatWhen(result.last)}</>}</p>
            <table>
              <thead><tr><th>output</th><th>with it</th><th>without</th></tr></thead>
              <tbody>{result.outputs.slice(0, 12).map(({ label, withTrigger, without }) => <tr key={label}><td>{label}</td><td>{withTrigger.toLocaleString('en')}</td><td>{without.toLocaleString('en')}</td></tr>)}</tbody>
            </table>
            {result.sources.length > 0 && <p className={styles.note}>from {result.sources.slice(0, 5).map(({ source, count }) => `${source} (${count})`).join(', ')}</p>}
            <table><tbody>{result.examples.slice(0, 8).map(({ row, prompt, output }) => <tr key={row}><td>{row.toLocaleString('en')}</td><td className="mono">{prompt.slice(0, 140)}</td><td>{output}</td></tr>)}</tbody></table>
          </>
        )}
      </form>
    </Dialog>
  );
}
