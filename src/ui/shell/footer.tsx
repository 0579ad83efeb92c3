// One line at the bottom: what runs, how far it is, how fast; or what the open page wants to say.
import { useEffect, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { currentProgress, currentStage, fractionDone, percentDone, type AuditView } from '../../state/audit-reducer.ts';
import { plannedStages } from '../../state/plan.ts';
import { timeLeft } from '../../state/time-left.ts';
import { useApp, useAttention, useAudit, useNavigation, usePlayground, useSession } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { formatBytes, formatCount, formatDuration, formatTimeLeft, plural } from '../format.ts';
import type { Overlay } from './overlay.ts';
import { STEP_NAMES } from './step-names.ts';
import styles from './footer.module.css';

export function Footer({ show }: { readonly show: (overlay: Overlay) => void }): ReactElement {
  const page = useNavigation((state) => state.route.page);
  const attends = useAttention((state) => state.views.length > 0);
  return (
    <footer className={styles.footer}>
      <Work />
      <span className={styles.right}>
        <Run />
        {page === 'attention' && attends && <span><kbd>[</kbd> <kbd>]</kbd> layer <kbd>,</kbd> <kbd>.</kbd> head</span>}
        <Kept onShow={() => show('messages')} />
        <button className="plain" onClick={() => show('help')}><kbd>?</kbd> shortcuts</button>
      </span>
    </footer>
  );
}

/** The way back to what a message said after it has gone. */
function Kept({ onShow }: { readonly onShow: () => void }): ReactElement | null {
  const { notices } = useApp();
  const log = useStore(notices, (state) => state.log);
  const errors = log.filter(({ tone }) => tone === 'error').length;
  if (log.length === 0) return null;
  return <button className={classes('plain', errors > 0 && styles.errors)} onClick={onShow}><kbd>n</kbd> {plural(log.length, 'message')}{errors > 0 && `, ${plural(errors, 'error')}`}</button>;
}

function Work(): ReactElement {
  const view = useAudit((state) => state.view);
  const phase = useSession((state) => state.phase);
  const answering = usePlayground((state) => state.status === 'running');
  const attending = useAttention((state) => state.status === 'running');
  if (phase === 'opening') return <Opening />;
  if (view.status === 'running' && view.scope === 'files') return <Checking />;
  if (view.status === 'running' || view.status === 'paused') return <Auditing view={view} />;
  if (attending) return <Busy label="Attention: forward pass" />;
  if (answering) return <Answering />;
  return <Idle view={view} open={phase === 'open'} />;
}

function Auditing({ view }: { readonly view: AuditView }): ReactElement {
  const { audit } = useApp();
  const stage = currentStage(view);
  const fraction = fractionDone(view);
  const progress = currentProgress(view);
  // Probes of classifiers cannot tell their work beforehand: they say how far the stage is that runs.
  const step = progress !== undefined && progress.total > 0 ? progress : undefined;
  const model = useSession((state) => state.model);
  const analysis = view.analyses.find(({ id }) => id === view.current?.analysis);
  const left = model === undefined || view.request === undefined || analysis === undefined ? undefined : timeLeft(analysis.stages, plannedStages(model, view.request.budget), progress?.done ?? 0, view.seenAt ?? 0);
  const paused = view.status === 'paused';
  return (
    <>
      <span className={styles.what} role="status">{paused ? 'Paused' : (stage?.label ?? 'Starting')}</span>
      <Bar fraction={fraction ?? (step === undefined ? undefined : step.done / step.total)} />
      <span className={styles.numbers}>
        {fraction !== undefined ? `${percentDone(view) ?? 0} %` : step !== undefined && `${formatCount(step.done)} of ${formatCount(step.total)}`}
        {left !== undefined && !paused && ` · ${formatTimeLeft(left.low, left.high)} left`}
        {progress?.tokensPerSecond !== undefined && !paused && ` · ${formatCount(progress.tokensPerSecond)} tokens/s`}
      </span>
      <span className={styles.buttons}>
        {paused ? <button onClick={() => void audit.getState().unpause()}>Go on</button> : <button onClick={() => void audit.getState().pause()}>Pause</button>}
        <button onClick={() => void audit.getState().cancel()}>Cancel</button>
      </span>
    </>
  );
}

function Checking(): ReactElement {
  const { audit } = useApp();
  const progress = useAudit((state) => state.checking);
  const total = progress?.total ?? 0;
  return (
    <>
      <span className={styles.what} role="status">{progress === undefined ? 'Checking the files' : `Hashing ${progress.note ?? ''}`}</span>
      <Bar fraction={progress === undefined || total === 0 ? undefined : progress.done / total} />
      <span className={styles.numbers}>{progress !== undefined && total > 0 && `${formatBytes(progress.done)} of ${formatBytes(total)}`}</span>
      <span className={styles.buttons}><button onClick={() => void audit.getState().cancel()}>Cancel</button></span>
    </>
  );
}

function Opening(): ReactElement {
  const { client } = useApp();
  const step = useSession((state) => state.steps.at(-1));
  const fraction = step === undefined || step.total <= 0 ? undefined : step.done / step.total;
  const amount = (n: number): string => (step?.unit === 'bytes' ? formatBytes(n) : formatCount(n));
  return (
    <>
      <span className={styles.what} role="status">{step === undefined ? 'Opening' : STEP_NAMES[step.step]}</span>
      <Bar fraction={fraction} />
      <span className={styles.numbers}>{step !== undefined && step.total > 0 && `${amount(step.done)} of ${amount(step.total)}`}</span>
      <span className={styles.buttons}><button onClick={() => void client.cancel()}>Cancel</button></span>
    </>
  );
}

function Answering(): ReactElement {
  const { client } = useApp();
  const made = usePlayground((state) => state.made);
  const asked = usePlayground((state) => state.asked);
  return (
    <>
      <span className={styles.what} role="status">Answering</span>
      <Bar fraction={asked === 0 ? undefined : made / asked} />
      <span className={styles.numbers}>{made} of at most {asked} tokens</span>
      <span className={styles.buttons}><button onClick={() => void client.cancel()}>Cancel</button></span>
    </>
  );
}

function Busy({ label }: { readonly label: string }): ReactElement {
  const { client } = useApp();
  return (
    <>
      <span className={styles.what} role="status">{label}</span>
      <Bar fraction={undefined} />
      <span className={styles.buttons}><button onClick={() => void client.cancel()}>Cancel</button></span>
    </>
  );
}

function Idle({ view, open }: { readonly view: AuditView; readonly open: boolean }): ReactElement {
  const took = view.startedAt !== undefined && view.endedAt !== undefined ? formatDuration((view.endedAt - view.startedAt) / 1000) : undefined;
  const words: Readonly<Record<AuditView['status'], string>> = {
    idle: open ? 'Ready' : 'No model open',
    running: '',
    paused: '',
    done: view.stored ? 'Stored report: nothing of it ran in this tab' : `${view.scope === 'files' ? 'Files checked' : 'Audit finished'}${took === undefined ? '' : ` in ${took}`}`,
    cancelled: 'Audit cancelled',
    failed: 'Audit failed',
  };
  return <span role="status">{words[view.status]}</span>;
}

function Run(): ReactElement | null {
  const view = useAudit((state) => state.view);
  const now = useSecond(view.status === 'running');
  if (view.request === undefined) return null;
  const soFar = view.startedAt === undefined ? undefined : ((view.endedAt ?? now) - view.startedAt) / 1000;
  return (
    <span>
      seed {view.request.seed} · {view.request.budget} budget
      {soFar !== undefined && soFar > 0 && view.status === 'running' && ` · ${formatDuration(soFar)} so far`}
    </span>
  );
}

/** The host's time, renewed each second while `on`. */
function useSecond(on: boolean): number {
  const { host } = useApp();
  const [now, setNow] = useState(() => host.now());
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(host.now()), 1000);
    return () => clearInterval(timer);
  }, [on, host]);
  return now;
}

function Bar({ fraction }: { readonly fraction: number | undefined }): ReactElement {
  return (
    <div className={styles.bar} role="progressbar" aria-label="Progress" aria-valuemin={0} aria-valuemax={100} aria-valuenow={fraction === undefined ? undefined : Math.round(fraction * 100)}>
      <i className={fraction === undefined ? styles.unknown : undefined} style={fraction === undefined ? undefined : { width: `${Math.min(100, fraction * 100)}%` }} />
    </div>
  );
}
