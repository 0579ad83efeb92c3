// Which column plays which part: the guess, to be corrected.
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { LATENCY_UNITS, SINGLE_ROLES, type ColumnMapping, type SingleRole } from '../../../engine/monitor/log/columns.ts';
import type { LogRole } from '../../../state/monitor.ts';
import { useApp } from '../../app-context.ts';
import { DialogHead } from '../../parts/dialog-head.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import styles from './columns-dialog.module.css';

const WORDS: Readonly<Record<SingleRole, string>> = {
  time: 'time', class: 'predicted class', value: 'predicted value', confidence: 'confidence', latency: 'latency', cpu: 'CPU', gpu: 'GPU', memory: 'memory', prompt: 'prompt or text', source: 'source or user',
};

export function ColumnsDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const app = useApp();
  const { log, baselineLog, status } = useStore(app.monitor, (state) => state);
  const [role, setRole] = useState<LogRole>(log === undefined ? 'baseline' : 'log');
  const loaded = role === 'log' ? log : baselineLog;
  const choices = [...(log === undefined ? [] : [{ id: 'log' as const, label: 'Log' }]), ...(baselineLog === undefined ? [] : [{ id: 'baseline' as const, label: 'Baseline' }])];
  const edit = (mapping: ColumnMapping): void => app.monitor.getState().remap(role, mapping);
  const run = (): void => {
    onClose();
    void (role === 'log' ? app.monitor.getState().check() : app.monitor.getState().makeBaseline());
  };
  return (
    <Dialog label="Columns" onClose={onClose} wide>
      <DialogHead title="Columns" onClose={onClose}>{choices.length > 1 && <Segmented label="Which log" choices={choices} selected={role} onSelect={setRole} />}</DialogHead>
      <div className={styles.body}>
        {loaded === undefined ? <p>The baseline came as a file: its columns are {app.monitor.getState().profile === undefined ? 'unknown' : 'those of the log'}.</p> : (
          <>
            <table>
              <tbody>
                {SINGLE_ROLES.map((name) => (
                  <tr key={name}>
                    <th scope="row">{WORDS[name]}</th>
                    <td>
                      <select aria-label={WORDS[name]} value={loaded.mapping[name] ?? ''} onChange={(event) => edit(withRole(loaded.mapping, name, event.target.value))}>
                        <option value="">(none)</option>
                        {loaded.description.columns.map((column) => <option key={column.name}>{column.name}</option>)}
                      </select>
                      {name === 'latency' && loaded.mapping.latency !== undefined && (
                        <select aria-label="Unit of the latency" value={loaded.mapping.latencyUnit ?? 'ms'} onChange={(event) => edit({ ...loaded.mapping, latencyUnit: LATENCY_UNITS.find((unit) => unit === event.target.value) ?? 'ms' })}>
                          {LATENCY_UNITS.map((unit) => <option key={unit}>{unit}</option>)}
                        </select>
                      )}
                    </td>
                    <td className={styles.examples}>{loaded.description.columns.find((column) => column.name === loaded.mapping[name])?.examples.join(' · ')}</td>
                  </tr>
                ))}
                {(['probabilities', 'features'] as const).map((name) => (
                  <tr key={name}><th scope="row">{name}</th><td colSpan={2}>{loaded.mapping[name] === undefined ? '(none)' : `${loaded.mapping[name].length} columns: ${loaded.mapping[name].slice(0, 6).join(', ')}${loaded.mapping[name].length > 6 ? '…' : ''}`} {loaded.mapping[name] !== undefined && <button className="plain" onClick={() => edit(without(loaded.mapping, name))}>leave out</button>}</td></tr>
                ))}
              </tbody>
            </table>
            <p className={styles.actions}><button className="primary" disabled={status === 'working'} onClick={run}>{role === 'log' ? 'Check again' : 'Make the baseline again'}</button></p>
          </>
        )}
      </div>
    </Dialog>
  );
}

function withRole(mapping: ColumnMapping, role: SingleRole, column: string): ColumnMapping {
  return column === '' ? without(mapping, role) : { ...mapping, [role]: column };
}

function without(mapping: ColumnMapping, role: keyof ColumnMapping): ColumnMapping {
  const { [role]: _, ...rest } = mapping;
  return rest;
}
