// `assay monitor watch`: follows a log that grows (lines appended to CSV or JSON lines) or a folder into which files are
// put. Alarms of the sequential monitors are printed as they come; the whole report is made again when there is one, and
// at the end. Written files: the report (--json) and the quarantine file, for a deployment script to act on.
// Parquet and Arrow files are read once, when their size has stopped changing.
import { openPath } from '../adapters/node-files.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { ByteSource } from '../engine/core/byte-source.ts';
import { CheckRun, type CheckOptions } from '../engine/monitor/check.ts';
import { editMapping, guessMapping, type RawBatch } from '../engine/monitor/log/columns.ts';
import { parseRows, readHeader, type CsvState } from '../engine/monitor/log/csv.ts';
import { parseLines } from '../engine/monitor/log/jsonl.ts';
import { formatOf, openLog, readLog, type LogFormat } from '../engine/monitor/log/open-log.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { MonitorReport } from '../engine/monitor/report.ts';
import { signal } from './guarded.ts';
import type { MonitorArguments } from './monitor-arguments.ts';
import { exitStatus, summary, writeResults } from './monitor.ts';
import { UsageError } from './usage.ts';

const CHUNK = 8 * 2 ** 20;

interface Followed {
  readonly format: LogFormat;
  /** Bytes read; lines are read up to the last newline. */
  at: number;
  size: number;
  csv?: CsvState;
  readonly names: Set<string>;
  done: boolean;
}

export async function watch(args: MonitorArguments, profile: Profile, options: CheckOptions): Promise<number> {
  const [path] = args.logs;
  if (path === undefined || args.logs.length > 1) throw new UsageError('monitor watch: one file or folder');
  const follower = new Follower(args, profile, options);
  let stopped = false;
  process.once('SIGINT', () => (stopped = true));
  process.once('SIGTERM', () => (stopped = true));
  for (;;) {
    const { files } = await openPath(path);
    await follower.poll(files);
    const report = await follower.report(path, args.once || stopped);
    if (report !== undefined) await writeResults(report, args);
    if (args.once || stopped) {
      if (report === undefined) throw new ArtifactError({ code: 'malformed', format: 'log', file: path, expected: 'at least one readable row', actual: 'none' });
      process.stdout.write(summary(report));
      return exitStatus(report, args.failOn);
    }
    // A deployment script that waits for this process learns of it by the exit status.
    if (report !== undefined && args.quarantine !== undefined && exitStatus(report, args.failOn) === 1) {
      process.stdout.write(summary(report));
      return 1;
    }
    await new Promise((resolve) => setTimeout(resolve, args.intervalMs));
  }
}

class Follower {
  readonly #args: MonitorArguments;
  readonly #profile: Profile;
  readonly #options: CheckOptions;
  readonly #files = new Map<string, Followed>();
  #run: CheckRun | undefined;
  #row = 0;
  #reportedAlarms = 0;

  constructor(args: MonitorArguments, profile: Profile, options: CheckOptions) {
    this.#args = args;
    this.#profile = profile;
    this.#options = options;
  }

  async poll(files: readonly ByteSource[]): Promise<void> {
    for (const file of files) {
      const known = this.#files.get(file.path);
      if (known === undefined) {
        if (file.size > 0) this.#files.set(file.path, { format: await formatOf(file), at: 0, size: -1, names: new Set(), done: false });
        if (file.size === 0) continue;
      }
      const followed = this.#files.get(file.path);
      if (followed === undefined || followed.done) continue;
      if (followed.format === 'csv' || followed.format === 'jsonl') await this.#readLines(file, followed);
      else await this.#readWhole(file, followed);
    }
  }

  /** A report where there is something new to say. */
  async report(path: string, last: boolean): Promise<MonitorReport | undefined> {
    const run = this.#run;
    if (run === undefined) return undefined;
    if (!last && run.watcher.alarms.length === this.#reportedAlarms) return undefined;
    this.#reportedAlarms = run.watcher.alarms.length;
    return (await run.finish(path.split('/').at(-1) ?? path)).report;
  }

  async #readLines(file: ByteSource, followed: Followed): Promise<void> {
    if (file.size < followed.at) {
      process.stderr.write(`${file.path} became shorter: read again from its beginning\n`);
      followed.at = 0;
      delete followed.csv;
    }
    while (followed.at < file.size) {
      const bytes = await file.slice(followed.at, Math.min(file.size, followed.at + CHUNK));
      const end = bytes.lastIndexOf(10) + 1;
      if (end === 0) {
        if (bytes.length === CHUNK) throw new ArtifactError({ code: 'limit-exceeded', format: 'log', file: file.path, offset: followed.at, field: 'line', expected: `at most ${CHUNK} bytes`, actual: 'more' });
        return;
      }
      const text = new TextDecoder().decode(bytes.subarray(0, end));
      followed.at += end;
      let from = 0;
      if (followed.format === 'csv' && followed.csv === undefined) {
        const head = readHeader(text, file.path);
        followed.csv = head.state;
        from = head.end;
      }
      const batches = followed.csv === undefined ? parseLines(text, this.#row, followed.names) : parseRows(text, from, followed.csv, this.#row);
      for (const batch of batches) this.#add(batch);
    }
  }

  async #readWhole(file: ByteSource, followed: Followed): Promise<void> {
    if (file.size !== followed.size && !this.#args.once) {
      followed.size = file.size;
      return;
    }
    const log = await openLog(file.path, [file], signal);
    this.#begin(log.guess.mapping);
    for await (const batch of readLog(log, this.#begin(log.guess.mapping).mapping, signal)) this.#add({ ...batch, firstRow: this.#row });
    followed.done = true;
  }

  #add(batch: RawBatch): void {
    const run = this.#begin(batch.rows > 0 ? guessMapping(batch).mapping : {});
    run.addRaw(batch);
    this.#row = batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
  }

  #begin(guess: CheckRun['mapping']): CheckRun {
    if (this.#run !== undefined) return this.#run;
    const edited = editMapping(guess, this.#args.map);
    if ('unknownRole' in edited) throw new UsageError(`--map: no part is called ${edited.unknownRole}`);
    this.#run = new CheckRun(this.#profile, {
      ...this.#options,
      ...(this.#args.map.length > 0 ? { mapping: edited } : {}),
      onAlarm: ({ family, local, direction, position, monitor }) => {
        process.stderr.write(`row ${position.toLocaleString('en')}: ${monitor}, ${family.events[local]?.label ?? ''} ${direction}\n`);
      },
    }, edited);
    return this.#run;
  }
}
