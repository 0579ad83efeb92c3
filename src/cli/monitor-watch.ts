// `assay monitor watch`: follows a log that grows (lines appended to CSV or JSON lines) or a folder into which files are
// put (Parquet and Arrow are read once their size stops changing). Each alarm goes to standard error as it is raised; the
// report and the quarantine file are written anew. Ends with --once, on SIGINT or SIGTERM, or with status 1 at an alert at
// or above --fail-on where --quarantine asks for that.
// With --state FILE a restart goes on where the last one stood: bytes read of each file, detectors, counts, alarms. After a
// crash the bytes since the last save are read again, and give the same alarms at the same rows: the report has each once
// (standard error may say one twice). Bytes that were rotated away and deleted meanwhile are lost, which it says.
import { createHash } from 'node:crypto';
import { openPath } from '../adapters/node-files.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { CheckOptions } from '../engine/monitor/check.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import { Follower } from './follow-logs.ts';
import type { MonitorArguments } from './monitor-arguments.ts';
import { exitStatus, summary, writeResults } from './monitor-results.ts';
import { UsageError } from './usage.ts';
import { readState, saveState } from './watch-state.ts';

/** Saving may take this share of the time at most. */
const SAVING_SHARE = 0.05;

export async function watch(args: MonitorArguments, profile: Profile, options: CheckOptions): Promise<number> {
  const [path] = args.logs;
  if (path === undefined || args.logs.length > 1) throw new UsageError('monitor watch: one file or folder');
  const follower = new Follower(args, profile, options);
  // Another baseline, budget or seed would give the saved numbers another meaning.
  const subject = createHash('sha256').update(JSON.stringify([profile, options.budget, options.window, options.level, options.seed, options.triggers ?? [], args.map])).digest('hex');
  if (args.state !== undefined) {
    const state = await readState(args.state, subject);
    if (state !== undefined) {
      follower.restore(state);
      process.stderr.write(`goes on after row ${follower.rows.toLocaleString('en')}, with ${follower.alarms} alarms so far\n`);
    }
  }
  let stopped = false;
  process.once('SIGINT', () => (stopped = true));
  process.once('SIGTERM', () => (stopped = true));
  let [savedRows, saveAgainAt] = [follower.rows, 0];
  const save = async (): Promise<void> => {
    if (args.state === undefined || follower.rows === savedRows) return;
    const begun = performance.now();
    await saveState(args.state, subject, follower.snapshot());
    savedRows = follower.rows;
    saveAgainAt = performance.now() + (performance.now() - begun) / SAVING_SHARE;
  };
  for (;;) {
    const last = args.once || stopped;
    // With a state the next run reads on: an unfinished last line is left to it.
    await follower.poll(path, await filesOf(path), args.once && args.state === undefined);
    const report = await follower.report(path, last);
    if (report !== undefined) await writeResults(report, args);
    const alarmed = report !== undefined && args.quarantine !== undefined && exitStatus(report, args.failOn) === 1;
    // Saved after the report is written: an alarm is rather said again than lost.
    if (last || report !== undefined || performance.now() >= saveAgainAt) await save();
    if (last) {
      if (report === undefined) throw new ArtifactError({ code: 'malformed', format: 'log', file: path, expected: 'at least one readable row', actual: 'none' });
      process.stdout.write(summary(report));
      return exitStatus(report, args.failOn);
    }
    // A deployment script that waits for this process learns of it by the exit status.
    if (alarmed) {
      process.stdout.write(summary(report));
      return 1;
    }
    await new Promise((resolve) => setTimeout(resolve, args.intervalMs));
  }
}

/** A file that is just being rotated may be away for a moment. */
async function filesOf(path: string): Promise<Awaited<ReturnType<typeof openPath>>['files']> {
  try {
    return (await openPath(path)).files;
  } catch (error) {
    if (error instanceof ArtifactError && error.code === 'missing-file') return [];
    throw error;
  }
}
