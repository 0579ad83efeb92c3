// Reads on in files that grow. A file is known by its inode and its first bytes, not by its name: one that was rotated
// (log.csv -> log.csv.1) is read to its end under its new name and is not read twice, one that was cut short or replaced
// is read from its beginning, which is said.
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { nodeSource } from '../adapters/node-files.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { ByteSource } from '../engine/core/byte-source.ts';
import { stateOf, type Alert } from '../engine/monitor/alerts.ts';
import { CheckRun, mappingFor, type CheckOptions, type CheckState } from '../engine/monitor/check.ts';
import { editMapping, guessMapping, type ColumnMapping, type MalformedRow, type MappingGuess, type RawBatch } from '../engine/monitor/log/columns.ts';
import { CsvReader, type CsvState } from '../engine/monitor/log/csv.ts';
import { parseLines } from '../engine/monitor/log/jsonl.ts';
import { LOG_LIMITS } from '../engine/monitor/log/limits.ts';
import { formatOf, openLog, readLog, type LogFormat } from '../engine/monitor/log/open-log.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { MonitorReport } from '../engine/monitor/report.ts';
import { signal } from './guarded.ts';
import type { MonitorArguments } from './monitor-arguments.ts';
import { UsageError } from './usage.ts';

const CHUNK = 8 * 2 ** 20;
/** Bytes at a file's beginning by which it is known again. */
const HEAD = 256;
/** Rows after which the whole-log monitors look for the first time. */
const FIRST_LOOK = 4000;

interface Followed {
  readonly inode: number;
  path: string;
  head: Uint8Array;
  readonly format: LogFormat;
  /** Bytes read; lines are read up to the last newline. */
  at: number;
  size: number;
  csv?: CsvState;
  names: string[];
  done: boolean;
}

export interface FollowerState {
  readonly files: readonly Followed[];
  readonly row: number;
  readonly reportedAlarms: number;
  readonly looks: number;
  readonly lookAt: number;
  readonly found: readonly Alert[];
  readonly check: CheckState | undefined;
}

export class Follower {
  readonly #args: MonitorArguments;
  readonly #profile: Profile;
  readonly #options: CheckOptions;
  #files: Followed[] = [];
  #run: CheckRun | undefined;
  #row = 0;
  #reportedAlarms = 0;
  /** Rows that were left out before the first one could be read. */
  readonly #unread: MalformedRow[] = [];
  /** A file is watched, and not a folder. */
  #single = false;
  #looks = 0;
  #lookAt = FIRST_LOOK;
  /** Alerts of whole-log monitors so far. */
  #found: readonly Alert[] = [];

  constructor(args: MonitorArguments, profile: Profile, options: CheckOptions) {
    this.#args = args;
    this.#profile = profile;
    this.#options = options;
  }

  /** Rows seen, malformed ones included. */
  get rows(): number {
    return this.#row;
  }

  get alarms(): number {
    return this.#run?.watcher.alarms.length ?? 0;
  }

  snapshot(): FollowerState {
    return { files: this.#files, row: this.#row, reportedAlarms: this.#reportedAlarms, looks: this.#looks, lookAt: this.#lookAt, found: this.#found, check: this.#run?.snapshot() };
  }

  restore({ files, row, reportedAlarms, looks, lookAt, found, check }: FollowerState): void {
    this.#files = files.map((file) => ({ ...file }));
    this.#row = row;
    this.#reportedAlarms = reportedAlarms;
    this.#looks = looks;
    this.#lookAt = lookAt;
    this.#found = found;
    if (check === undefined) return;
    this.#run = this.#newRun(check.mapping);
    this.#run.restore(check);
  }

  /** Reads what is new. `path`: what is watched; `files`: what stands there now; `last`: an unfinished last line counts as well. */
  async poll(path: string, files: readonly ByteSource[], last: boolean): Promise<void> {
    this.#single = files.length === 1 && path.endsWith(files[0]?.path ?? path);
    const found: { readonly source: ByteSource; readonly inode: number }[] = [];
    for (const source of files) {
      const inode = await inodeOf(source);
      if (inode !== undefined && source.size > 0) found.push({ source, inode });
    }
    // A single file that was rotated away has its end under another name beside it: read that first.
    for (const known of this.#files.filter(({ done, inode }) => !done && !found.some((file) => file.inode === inode))) {
      const rest = await rotatedAway(path, known);
      // Its writer may hold it for a while: it is looked for until it is gone.
      if (rest !== undefined) await this.#readOn(rest, known, last);
      else known.done = true;
    }
    for (const { source, inode } of found) {
      const known = this.#files.find((file) => file.inode === inode);
      if (known !== undefined && (await isSame(source, known))) {
        known.path = source.path;
        if (!known.done) await this.#readOn(source, known, last);
        continue;
      }
      if (known !== undefined) {
        process.stderr.write(`${source.path} was cut short or replaced: it is read from its beginning; what was written between the last look and then is not known\n`);
        this.#files = this.#files.filter((file) => file !== known);
      }
      await this.#readNew(source, inode, last);
    }
  }

  /**
   * A report where there is something new to say: an alarm, or a look of the monitors that need a whole log, which comes
   * each time it has become twice as long. These spend their false-discovery rate over all looks, the k-th gets
   * 1 / (k (k + 1)) of it, and what one of them found stays in later reports.
   */
  async report(path: string, last: boolean): Promise<MonitorReport | undefined> {
    const run = this.#run;
    if (run === undefined) return undefined;
    if (!last && run.rows < this.#lookAt && run.watcher.alarms.length === this.#reportedAlarms) return undefined;
    while (run.rows >= this.#lookAt) this.#lookAt *= 2;
    const look = ++this.#looks;
    this.#reportedAlarms = run.watcher.alarms.length;
    const { report } = await run.finish(path.split('/').at(-1) ?? path, 1 / (look * (look + 1)));
    const gone = this.#found.filter(({ id }) => !report.alerts.some((alert) => alert.id === id));
    const alerts = [...report.alerts, ...gone];
    this.#found = alerts.filter(({ evidence }) => evidence.kind === 'p');
    return { ...report, alerts, state: stateOf(alerts, report.log.rows) };
  }

  async #readNew(source: ByteSource, inode: number, last: boolean): Promise<void> {
    const head = await source.slice(0, HEAD);
    let followed: Followed;
    try {
      followed = { inode, path: source.path, head, format: await formatOf(source), at: 0, size: -1, names: [], done: false };
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      followed = { inode, path: source.path, head, format: 'csv', at: 0, size: source.size, names: [], done: true };
      this.#leaveOut(source, error);
    }
    this.#files.push(followed);
    if (!followed.done) await this.#readOn(source, followed, last);
  }

  /** last: nothing more will be written to it, or nobody will look again. */
  async #readOn(source: ByteSource, followed: Followed, last: boolean): Promise<void> {
    try {
      if (followed.format === 'csv' || followed.format === 'jsonl') await this.#readLines(source, followed, last);
      else await this.#readWhole(source, followed);
    } catch (error) {
      // One file that cannot be read must not end the watch over the others; where it is the only one, nothing is watched.
      if (!(error instanceof ArtifactError) || (this.#single && this.#run === undefined && error.code === 'invalid-config')) throw error;
      followed.done = true;
      this.#leaveOut(source, error);
    }
    if (followed.head.length < HEAD) followed.head = await source.slice(0, Math.min(HEAD, followed.at));
  }

  /** A file that is not read counts as one malformed row, with its reason. */
  #leaveOut({ path }: ByteSource, error: ArtifactError): void {
    process.stderr.write(`${path} is left out: ${error.message}\n`);
    this.#add({ firstRow: this.#row, rows: 0, columns: new Map(), malformed: [{ row: this.#row, reason: `a file was left out: ${error.message}`, text: path }] }, path);
  }

  async #readLines(source: ByteSource, followed: Followed, last: boolean): Promise<void> {
    while (followed.at < source.size) {
      const bytes = await source.slice(followed.at, Math.min(source.size, followed.at + CHUNK));
      if (bytes.length === 0 || signal.aborted) return;
      const end = last && followed.at + bytes.length === source.size ? bytes.length : bytes.lastIndexOf(10) + 1;
      if (end === 0) {
        if (bytes.length === CHUNK) throw new ArtifactError({ code: 'limit-exceeded', format: 'log', file: source.path, offset: followed.at, field: 'line', expected: `at most ${LOG_LIMITS.lineCharacters} characters`, actual: 'more' });
        return;
      }
      const text = new TextDecoder().decode(bytes.subarray(0, end));
      followed.at += end;
      this.#addText(source.path, followed, text, false);
    }
    // A row that waits for its closing quote waits no longer.
    if (last && followed.csv !== undefined && followed.csv.rest !== '') this.#addText(source.path, followed, '', true);
  }

  #addText(path: string, followed: Followed, text: string, final: boolean): void {
    if (followed.format === 'csv') {
      const reader = new CsvReader(path, followed.csv);
      for (const batch of reader.read(text, this.#row, final)) this.#add(batch, path);
      followed.csv = reader.state();
      return;
    }
    const names = new Set(followed.names);
    // A field that the first lines lack may come later: every part is looked for in each line.
    const wanted = Object.values(this.#profile.mapping).flat();
    for (const batch of parseLines(text, this.#row, names)) this.#add(batch, path, wanted);
    followed.names = [...names];
  }

  async #readWhole(source: ByteSource, followed: Followed): Promise<void> {
    if (source.size !== followed.size && !this.#args.once) {
      followed.size = source.size;
      return;
    }
    const log = await openLog(source.path, [source], signal);
    const { mapping } = this.#begin(log.guess, source.path);
    for await (const batch of readLog(log, mapping, signal)) this.#add({ ...batch, firstRow: this.#row }, source.path);
    followed.done = true;
  }

  /** optional: columns that count as held though no row had them yet. */
  #add(batch: RawBatch, path: string, optional: readonly string[] = []): void {
    this.#row = batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
    if (this.#run === undefined && batch.rows === 0) {
      this.#unread.push(...(batch.malformed ?? []));
      return;
    }
    const guess = this.#run === undefined ? guessMapping(batch) : undefined;
    const missing = optional.filter((name) => !batch.columns.has(name));
    const run = guess === undefined ? this.#run : this.#begin({ ...guess, columns: [...guess.columns, ...missing.map((name) => ({ name, kind: 'empty' as const, examples: [] }))] }, path);
    run?.addRaw(batch);
  }

  #begin(guess: MappingGuess, path: string): CheckRun {
    if (this.#run !== undefined) return this.#run;
    const edited = editMapping(guess.mapping, this.#args.map);
    if ('unknownRole' in edited) throw new UsageError(`--map: no part is called ${edited.unknownRole}`);
    this.#run = this.#newRun(mappingFor(this.#profile, this.#args.map.length > 0 ? edited : undefined, guess, path));
    if (this.#unread.length > 0) this.#run.addRaw({ firstRow: 0, rows: 0, columns: new Map(), malformed: this.#unread.splice(0) });
    return this.#run;
  }

  #newRun(mapping: ColumnMapping): CheckRun {
    return new CheckRun(this.#profile, {
      ...this.#options,
      onAlarm: ({ family, local, direction, position, monitor }) => {
        process.stderr.write(`row ${position.toLocaleString('en')}: ${monitor}, ${family.events[local]?.label ?? ''} ${direction}\n`);
      },
    }, mapping);
  }
}

async function inodeOf({ handle }: ByteSource): Promise<number | undefined> {
  if (typeof handle !== 'object' || handle === null || !('hostPath' in handle) || typeof handle.hostPath !== 'string') return undefined;
  return (await stat(handle.hostPath).catch(() => undefined))?.ino;
}

/** The same file as before: as long as it was at least, with the same beginning. */
async function isSame(source: ByteSource, { head, at }: Followed): Promise<boolean> {
  if (source.size < at) return false;
  const now = await source.slice(0, head.length);
  return now.length === head.length && now.every((byte, i) => byte === head[i]);
}

/** Where a watched file went when another took its name. */
async function rotatedAway(path: string, known: Followed): Promise<ByteSource | undefined> {
  const folder = dirname(resolve(path));
  for (const name of await readdir(folder).catch(() => [])) {
    const entry = await stat(join(folder, name)).catch(() => undefined);
    if (entry === undefined || !entry.isFile() || entry.ino !== known.inode) continue;
    const source = nodeSource(join(folder, name), name, entry.size);
    return (await isSame(source, known)) ? source : undefined;
  }
  if (known.format === 'csv' || known.format === 'jsonl') process.stderr.write(`${known.path} is gone: what was written to it after the last look is not known\n`);
  return undefined;
}
