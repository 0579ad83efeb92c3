// Attacks on one's own baseline, simulated with the real detectors: dose as a slider, what is seen and when.
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { percent } from '../../../engine/monitor/monitors/clusters.ts';
import { MONITORS } from '../../../engine/monitor/monitors/registry.ts';
import { ATTACK_TABLE, type AttackId } from '../../../engine/monitor/red-team.ts';
import { useApp } from '../../app-context.ts';
import { DialogHead } from '../../parts/dialog-head.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import styles from './red-team-dialog.module.css';

const RUNS = 20;
const PREDICTIONS = [5000, 20_000, 100_000];
const SLIDER_END = 100;
/** Powers of ten from which to which the slider goes: a share of 0.03 % of the predictions to one of 20 %. */
const [LEAST_DOSE, MOST_DOSE] = [-3.5, -0.7];

function doseAt(slider: number): number {
  return 10 ** (LEAST_DOSE + (slider / SLIDER_END) * (MOST_DOSE - LEAST_DOSE));
}

function labelOf(monitor: string): string {
  return MONITORS.find(({ id }) => id === monitor)?.label ?? monitor;
}

export function RedTeamDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const app = useApp();
  const { profile, redTeam, budget, output } = useStore(app.monitor, (state) => state);
  const [attack, setAttack] = useState<AttackId>('nudge');
  const [target, setTarget] = useState(output);
  const [slider, setSlider] = useState(50);
  const [predictions, setPredictions] = useState(20_000);
  const dose = doseAt(slider);
  const chosen = ATTACK_TABLE.find(({ id }) => id === attack);
  const { result } = redTeam;
  return (
    <Dialog label="Red team" onClose={onClose} wide>
      <DialogHead title="Red team: what would this monitor see?" onClose={onClose} />
      <div className={styles.body}>
        <p className={styles.lead}>Predictions are drawn from your own baseline, the attack is mixed in, and the detectors of this page watch, {RUNS} times over.</p>
        <div className={styles.form}>
          <label>Attack
            <select value={attack} onChange={(event) => setAttack(ATTACK_TABLE.find(({ id }) => id === event.target.value)?.id ?? 'nudge')}>
              {ATTACK_TABLE.map(({ id, label, bypasses }) => <option key={id} value={id}>{bypasses === undefined ? label : `↳ ${label}`}</option>)}
            </select>
          </label>
          <label>Wanted class
            <select value={target} onChange={(event) => setTarget(Number(event.target.value))}>{profile?.classes.labels.slice(0, 200).map((label, i) => <option key={label} value={i}>{label}</option>)}</select>
          </label>
          <label>Predictions
            <select value={predictions} onChange={(event) => setPredictions(Number(event.target.value))}>{PREDICTIONS.map((n) => <option key={n} value={n}>{n.toLocaleString('en')}</option>)}</select>
          </label>
          <label className={styles.dose}>Dose: {percent(dose)} ({chosen?.dose})
            <input type="range" min={0} max={SLIDER_END} value={slider} onChange={(event) => setSlider(Number(event.target.value))} />
          </label>
          <button className="primary" disabled={redTeam.running || profile === undefined} onClick={() => void app.monitor.getState().runRedTeam({ attack, target, dose, predictions, runs: RUNS, budget, seed: 1 })}>Simulate</button>
          {redTeam.running && <><span role="status">{redTeam.runs} of {RUNS} runs</span><button onClick={() => app.monitor.getState().cancel()}>Cancel</button></>}
        </div>
        {redTeam.failure?.kind === 'error' && <p role="alert">{redTeam.failure.message}</p>}
        {result !== undefined && (
          <>
            <p className={styles.answer}>Seen in <b>{percent(result.detected)}</b> of {result.request.runs} runs{result.medianDelay === undefined ? '; not in the median run' : <>; median after <b>{result.medianDelay.toLocaleString('en')}</b> predictions</>}.</p>
            <table>
              <thead><tr><th>monitor</th><th>seen</th><th>median time to detection</th></tr></thead>
              <tbody>
                {result.monitors.map(({ monitor, kind, runs, detected, medianDelay }) => (
                  <tr key={monitor}><td>{labelOf(monitor)}</td><td><meter min={0} max={1} value={detected} aria-label={`seen in ${percent(detected)}`} /> {percent(detected)}</td><td>{kind === 'batch' ? `at the end, ${runs} runs` : medianDelay === undefined ? '–' : `${medianDelay.toLocaleString('en')} predictions`}</td></tr>
                ))}
              </tbody>
            </table>
            <p className={styles.note}>{result.notSimulated.length > 0 && `Not simulated, so not tested: ${result.notSimulated.map(labelOf).join(', ')} (prompts, sources and times are not drawn). `}The line above counts the sequential monitors; the others look once, at a log's end. Drawn streams are independent and stationary, as real ones are not: take these numbers as the best case.</p>
          </>
        )}
      </div>
    </Dialog>
  );
}
