// While a model is opened: each step with how far it is.
import type { ReactElement } from 'react';
import type { OpenProgress } from '../../../state/client.ts';
import { nameOf } from '../../../state/session.ts';
import { useApp, useSession } from '../../app-context.ts';
import { formatBytes, formatCount } from '../../format.ts';
import { STEP_NAMES } from '../../shell/step-names.ts';
import styles from './opening-view.module.css';

export function OpeningView(): ReactElement {
  const { client } = useApp();
  const input = useSession((state) => state.input);
  const steps = useSession((state) => state.steps);
  return (
    <div className={styles.page}>
      <section className={styles.box} aria-label="Opening">
        <h1>Opening {input === undefined ? '' : nameOf(input)}</h1>
        <ol className={styles.steps}>
          {steps.map((step) => <Step key={step.step} progress={step} />)}
        </ol>
        <button onClick={() => void client.cancel()}>Cancel</button>
      </section>
    </div>
  );
}

/** Once the check of the files has something to show, the rest of the opening moves to one line above it. */
export function OpeningStrip(): ReactElement {
  const { client } = useApp();
  const input = useSession((state) => state.input);
  const steps = useSession((state) => state.steps);
  return (
    <section className={styles.strip} aria-label="Opening">
      <h1>Opening {input === undefined ? '' : nameOf(input)}</h1>
      <ol className={styles.row}>{steps.map((step) => <Step key={step.step} progress={step} />)}</ol>
      <button onClick={() => void client.cancel()}>Cancel</button>
    </section>
  );
}

function Step({ progress }: { readonly progress: OpenProgress }): ReactElement {
  const { step, done, total, unit, note } = progress;
  const amount = (n: number): string => (unit === 'bytes' ? formatBytes(n) : formatCount(n));
  const finished = total > 0 && done >= total;
  return (
    <li>
      <span className={styles.mark} aria-label={finished ? 'done' : 'running'}>{finished ? '✓' : '·'}</span>
      <span>{STEP_NAMES[step]}{note !== undefined && <small> {note}</small>}</span>
      <span className={styles.amount}>{total <= (unit === 'bytes' ? 0 : 1) ? '' : `${done === 0 ? '' : `${amount(done)} of `}${amount(total)}${unit === 'bytes' ? '' : ` ${unit}`}`}</span>
      <progress max={1} {...(total > 0 ? { value: done / total } : {})} aria-label={STEP_NAMES[step]} />
    </li>
  );
}
