// Prompt, trigger and sampling. The model's own sampling is the default.
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { MAX_SEED } from '../../../engine/core/random.ts';
import { GREEDY, type SamplingOptions } from '../../../engine/runtime/causal-lm.ts';
import { useApp, useSession } from '../../app-context.ts';
import { BesideAudit } from '../../parts/beside-audit.tsx';
import { PromptFields } from '../../parts/prompt-fields.tsx';
import styles from './playground-form.module.css';

export function PlaygroundForm(): ReactElement {
  const { playground } = useApp();
  const form = useStore(playground);
  const own = useSession((state) => state.model?.defaultSampling);
  const context = useSession((state) => state.model?.contextLength);
  const { edit, generate, clear } = playground.getState();
  const sample = (change: Partial<SamplingOptions>): void => edit({ sampling: { ...form.sampling, ...change } });
  const run = (): void => void generate();
  return (
    <section className={styles.bar} aria-label="Prompt">
      <div className={styles.top}>
        <PromptFields value={form} onChange={edit} onSubmit={run} />
        <button className="primary" disabled={form.status === 'running' || form.prompt === ''} onClick={run}>{form.status === 'running' ? 'Answering…' : form.trigger === '' ? 'Generate' : 'Generate both'}</button>
      </div>
      <div className={styles.sampling} role="group" aria-label="Sampling">
        <Field name="temperature" title="0 is greedy" value={form.sampling.temperature} min={0} max={5} step={0.1} onChange={(temperature) => sample({ temperature })} />
        <Field name="top-k" title="0 keeps all" value={form.sampling.topK} min={0} max={100000} step={1} onChange={(topK) => sample({ topK })} />
        <Field name="top-p" title="1 keeps all" value={form.sampling.topP} min={0.01} max={1} step={0.05} onChange={(topP) => sample({ topP })} />
        <Field name="repetition penalty" title="1 is none" value={form.sampling.repetitionPenalty} min={0.5} max={5} step={0.05} onChange={(repetitionPenalty) => sample({ repetitionPenalty })} />
        <Field name="new tokens" title={context === undefined ? 'at most' : `at most; the model’s context holds ${context} tokens, prompt and answer together`} value={form.maxNewTokens} min={1} max={form.mostTokens} why={form.mostTokens + 1 === context ? `the context holds ${context}` : undefined} step={1} onChange={(count) => edit({ maxNewTokens: count })} />
        <Field name="seed" title="the same seed gives the same answers" value={form.seed} min={0} max={MAX_SEED} step={1} onChange={(seed) => edit({ seed })} />
        <button aria-pressed={sameSampling(form.sampling, GREEDY)} onClick={() => edit({ sampling: GREEDY })}>greedy</button>
        {own !== undefined && !sameSampling(own, GREEDY) && <button aria-pressed={sameSampling(form.sampling, own)} onClick={() => edit({ sampling: own })}>the model’s own</button>}
        {form.tries.length > 0 && <button className="plain" onClick={clear}>clear</button>}
      </div>
      <BesideAudit />
    </section>
  );
}

interface FieldProps {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Why there is no more. */
  readonly why?: string | undefined;
  readonly onChange: (value: number) => void;
}

function Field({ name, title, value, min, max, step, why, onChange }: FieldProps): ReactElement {
  // What was changed of what was typed stays said as long as that value stands there.
  const [changed, setChanged] = useState<{ readonly to: number; readonly why: string }>();
  const take = (typed: number): void => {
    if (!Number.isFinite(typed)) return;
    const whole = step === 1 ? Math.round(typed) : typed;
    const to = Math.max(min, Math.min(max, whole));
    const reason = whole > max ? `${max} at most${why === undefined ? '' : `: ${why}`}` : whole < min ? `${min} at least` : whole === typed ? undefined : 'whole numbers only';
    setChanged(reason === undefined ? undefined : { to, why: reason });
    onChange(to);
  };
  return (
    <label title={`${min} to ${max}; ${title}`}>
      {name}
      <input
        type="number"
        value={value}
        min={min}
        max={max}
        step={step}
        onChange={(event) => take(event.target.valueAsNumber)}
      />
      <span role="status" className={styles.bound}>{changed?.to === value && changed.why}</span>
    </label>
  );
}

function sameSampling(a: SamplingOptions, b: SamplingOptions): boolean {
  return a.temperature === b.temperature && a.topK === b.topK && a.topP === b.topP && a.repetitionPenalty === b.repetitionPenalty;
}
