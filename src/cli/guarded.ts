// Runs this command line once more as a child that can be ended: some damaged Arrow files make their reader loop for ever,
// and a loop takes no signal. The child tells on its channel that its work goes on (the cancel signal is asked again and
// again); where that stops for too long it is ended, and the file is refused like any other that is malformed.
import { spawn } from 'node:child_process';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { NEVER, observed, type CancelSignal } from '../engine/core/cancel.ts';

const BEAT = 'assay-beat';
const BEAT_EVERY_MS = 1000;
const GUARDED = 'ASSAY_GUARDED';

export function isGuarded(): boolean {
  return process.env[GUARDED] === '1' && process.send !== undefined;
}

let last = Number.NEGATIVE_INFINITY;
function beat(): void {
  if (performance.now() - last < BEAT_EVERY_MS) return;
  last = performance.now();
  if (process.connected) process.send?.(BEAT);
}

/** What the work asks; in a guarded child each question is a sign of life, and so is a turn of its event loop. */
export const signal: CancelSignal = isGuarded() ? observed(NEVER, beat) : NEVER;
const beats = isGuarded() ? setInterval(beat, BEAT_EVERY_MS) : undefined;
beats?.unref();
if (isGuarded()) beat();

/** The exit status of the same command, run where it can be ended. */
export function runGuarded(args: readonly string[], standstillSeconds: number): Promise<number> {
  const [, entry = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, entry, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, [GUARDED]: '1' } });
  // Ticks are counted, not seconds, and from the first sign of life on: a machine that slept, or is slow to start, does not hang.
  let missed: number | undefined;
  child.on('message', (message) => {
    if (message === BEAT) missed = 0;
  });
  const stop = (name: NodeJS.Signals) => (): void => void child.kill(name);
  const [interrupt, terminate] = [stop('SIGINT'), stop('SIGTERM')];
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  return new Promise<number>((resolve, reject) => {
    const timer = setInterval(() => {
      if (missed === undefined || ++missed < standstillSeconds) return;
      child.kill('SIGKILL');
      reject(new ArtifactError({ code: 'limit-exceeded', format: 'log', field: 'standstill', expected: `progress within ${standstillSeconds} seconds`, actual: 'none: a damaged file can make its reader loop without end' }));
    }, 1000);
    child.once('error', reject);
    child.once('exit', (status, name) => {
      clearInterval(timer);
      resolve(status ?? (name === null ? 1 : 128));
    });
  }).finally(() => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
  });
}

/** The channel must not keep a finished child alive; a beat sent after that would end it with a wrong status. */
export function releaseChannel(): void {
  clearInterval(beats);
  if (isGuarded()) process.disconnect?.();
}
