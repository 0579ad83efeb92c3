// How much work to spend, said beforehand, and Start. Also: go on with an interrupted audit.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { BUDGETS, type BudgetName } from '../../../engine/core/finding.ts';
import { MAX_SEED } from '../../../engine/core/random.ts';
import type { BudgetEstimate, OpenedModel } from '../../../state/client.ts';
import { expectedTime } from '../../../state/pace.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { formatRound, formatTimeLeft, formatWhen } from '../../format.ts';
import { onRadioKey } from '../../parts/radio-group.ts';
import { OwnInputs } from './own-inputs.tsx';
import styles from './budget-panel.module.css';

const WHAT: Readonly<Record<BudgetName, string>> = {
  quick: 'a first look',
  standard: 'for a decision',
  deep: 'rarer triggers',
};

/** Classifiers cost no tokens that could be told beforehand; what audits of their like took is. bench/detection, two cores. */
const TOOK: Partial<Readonly<Record<OpenedModel['task'], string>>> = {
  'image-classification': 'Measured at standard, in processor seconds (all cores together): 17 to 133 for small networks of ten classes, up to 185 where only one picture runs at a time. The samples take 11 to 15 at quick.',
  'text-classification': 'Measured at standard, in processor seconds (all cores together): 8 to 86 for networks of two layers, 287 to 380 for MiniLM (22 M parameters, 30,522 tokens). The samples take 9 at quick.',
};

export function BudgetPanel({ onStart }: { readonly onStart: () => void }): ReactElement | null {
  const app = useApp();
  const model = useSession((state) => state.model);
  const budget = useAudit((state) => state.budget);
  const seed = useAudit((state) => state.seed);
  const inputs = useSession((state) => state.inputs);
  const candidates = useAudit((state) => state.candidates);
  // Where the pipeline stands below, it counts the stages; skipped ones too, which keep no checkpoint.
  const piped = useAudit(({ view }) => view.scope === 'all' && view.analyses.some(({ stages }) => stages.length > 0));
  const ratios = useStore(app.pace, (state) => state.ratios);
  if (model === undefined || model.notRunnable !== undefined) return null;
  // An interrupted audit had no such inputs: it is gone on with once they are left out.
  const resumable = inputs === undefined ? model.resumable : undefined;
  const start = (): void => {
    onStart();
    void app.startAudit();
  };
  return (
    <section className={styles.panel} aria-label="Budget">
      <div className={styles.choices} role="radiogroup" aria-label="Budget" onKeyDown={onRadioKey}>
        {BUDGETS.map((name) => (
          <Choice key={name} name={name} estimate={model.budgets.find((entry) => entry.budget === name)} ratios={ratios[model.environment?.backend ?? 'unknown']} on={name === budget} onSelect={() => app.audit.getState().choose({ budget: name })} />
        ))}
      </div>
      <label className={styles.seed} title="The same model, budget, seed and backend give the same report.">
        seed
        <input type="number" min={0} max={MAX_SEED} value={seed} onChange={(event) => app.audit.getState().choose({ seed: Math.max(0, Math.min(MAX_SEED, Math.floor(event.target.valueAsNumber) || 0)) })} />
      </label>
      <button className={classes('primary', styles.start)} onClick={start}>
        Start audit
      </button>
      {TOOK[model.task] !== undefined && <p className={styles.took}>{TOOK[model.task]}</p>}
      <OwnInputs task={model.task} />
      {candidates.length > 0 && (
        <p className={styles.resume}>
          <button onClick={() => app.audit.getState().name([])}>Leave out</button>
          <span>
            {candidates.length === 1 ? 'One named candidate' : `${candidates.length} named candidates`} will be tried as well, with the same controls: {candidates.slice(0, 6).map(({ kind, value }) => <code key={`${kind} ${value}`} className="token">{value}</code>)}{candidates.length > 6 ? '…' : ''}
          </span>
        </p>
      )}
      {model.elsewhere && <p className={styles.resume} role="status"><span>An audit of this model is running in another tab of this browser. Its report will stand in the history; what is started here runs beside it, and both are slower for it.</span></p>}
      {resumable !== undefined && (
        <p className={styles.resume}>
          <button onClick={() => void app.startAudit({ resume: true })}>Go on</button>
          <span>
            An audit of this model ({resumable.budget} budget, seed {resumable.seed}) was interrupted on {formatWhen(resumable.savedAt)}{!piped && ` after ${resumable.stagesDone} of ${resumable.stagesTotal} stages`}. Its finished stages are kept.
          </span>
        </p>
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly name: BudgetName;
  readonly estimate: BudgetEstimate | undefined;
  /** What audits took on this computer against their estimates. */
  readonly ratios: readonly number[] | undefined;
  readonly on: boolean;
  readonly onSelect: () => void;
}

function Choice({ name, estimate, ratios, on, onSelect }: ChoiceProps): ReactElement {
  const time = estimate?.seconds === undefined ? undefined : expectedTime(estimate.seconds, ratios);
  return (
    <button role="radio" aria-checked={on} tabIndex={on ? 0 : -1} className={classes(styles.choice, on && styles.on)} onClick={onSelect}>
      <span className={styles.name}>
        {name}
        <b title={ratios === undefined ? 'Speed was measured while the model was opened; the first audit on this computer makes this narrower.' : 'By what audits took on this computer.'}>{time === undefined ? '' : formatTimeLeft(time.low, time.high)}</b>
      </span>
      <small>{estimate === undefined ? '' : `about ${formatRound(estimate.tokens)} tokens · `}{WHAT[name]}</small>
    </button>
  );
}
