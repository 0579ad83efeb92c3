// Reads on in files that grow. A file is known by its inode and its first bytes, not by its name: one that was rotated
// (log.csv -> log.csv.1) is read to its end under its new name and is not read twice, one that was cut short or replaced
// is read from its beginning, which is said.
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { nodeSource } from '../adapters/node-files.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { ByteSource } from '../engine/core/byte-source.ts';
import { CheckRun, type CheckOptions, type CheckState } from '../engine/monitor/check.ts';
import { editMapping, guessMapping, type ColumnMapping, type RawBatch } from '../engine/monitor/log/columns.ts';
import { parseRows, readHeader, type CsvState } from '../engine/monitor/log/csv.ts';
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
    return { files: this.#files, row: this.#row, reportedAlarms: this.#reportedAlarms, check: this.#run?.snapshot() };
  }

  restore({ files, row, reportedAlarms, check }: FollowerState): void {
    this.#files = files.map((file) => ({ ...file }));
    this.#row = row;
    this.#reportedAlarms = reportedAlarms;
    if (check === undefined) return;
    this.#run = this.#newRun(check.mapping, check.mapping);
    this.#run.restore(check);
  }

  /** Reads what is new. `path`: what is watched; `files`: what stands there now. */
  async poll(path: string, files: readonly ByteSource[]): Promise<void> {
    const found: { readonly source: ByteSource; readonly inode: number }[] = [];
    for (const source of files) {
      const inode = await inodeOf(source);
      if (inode !== undefined && source.size > 0) found.push({ source, inode });
    }
    // A single file that was rotated away has its end under another name beside it: read that first.
    for (const known of this.#files.filter(({ done, inode }) => !done && !found.some((file) => file.inode === inode))) {
      const rest = await rotatedAway(path, known);
      // Its writer may hold it for a while: it is looked for until it is gone.
      if (rest !== undefined) await this.#readOn(rest, known);
      else known.done = true;
    }
    for (const { source, inode } of found) {
      const known = this.#files.find((file) => file.inode === inode);
      if (known !== undefined && (await isSame(source, known))) {
        known.path = source.path;
        if (!known.done) await this.#readOn(source, known);
        continue;
      }
      if (known !== undefined) {
        process.stderr.write(`${source.path} was cut short or replaced: it is read from its beginning; what was written between the last look and then is not known\n`);
        this.#files = this.#files.filter((file) => file !== known);
      }
      await this.#readNew(source, inode);
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

  async #readNew(source: ByteSource, inode: number): Promise<void> {
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
    if (!followed.done) await this.#readOn(source, followed);
  }

  async #readOn(source: ByteSource, followed: Followed): Promise<void> {
    try {
      if (followed.format === 'csv' || followed.format === 'jsonl') await this.#readLines(source, followed);
      else await this.#readWhole(source, followed);
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      // One file that cannot be read must not end the watch over the others.
      followed.done = true;
      this.#leaveOut(source, error);
    }
    if (followed.head.length < HEAD) followed.head = await source.slice(0, Math.min(HEAD, followed.at));
  }

  /** A file that is not read counts as one malformed row, with its reason. */
  #leaveOut({ path }: ByteSource, error: ArtifactError): void {
    process.stderr.write(`${path} is left out: ${error.message}\n`);
    this.#run?.addRaw({ firstRow: this.#row, rows: 0, columns: new Map(), malformed: [{ row: this.#row, reason: `a file was left out: ${error.message}`, text: path }] });
    if (this.#run !== undefined) this.#row++;
  }

  async #readLines(source: ByteSource, followed: Followed): Promise<void> {
    while (followed.at < source.size) {
      const bytes = await source.slice(followed.at, Math.min(source.size, followed.at + CHUNK));
      if (bytes.length === 0 || signal.aborted) return;
      const end = followed.format === 'csv' ? endOfRows(bytes) : bytes.lastIndexOf(10) + 1;
      if (end === 0) {
        if (bytes.length === CHUNK) throw new ArtifactError({ code: 'limit-exceeded', format: 'log', file: source.path, offset: followed.at, field: 'line', expected: `at most ${LOG_LIMITS.lineCharacters} characters`, actual: 'more' });
        return;
      }
      const text = new TextDecoder().decode(bytes.subarray(0, end));
      followed.at += end;
      let from = 0;
      if (followed.format === 'csv' && followed.csv === undefined) {
        const head = readHeader(text, source.path);
        followed.csv = head.state;
        from = head.end;
      }
      const names = new Set(followed.names);
      const batches = followed.csv === undefined ? parseLines(text, this.#row, names) : parseRows(text, from, followed.csv, this.#row);
      for (const batch of batches) this.#add(batch);
      followed.names = [...names];
    }
  }

  async #readWhole(source: ByteSource, followed: Followed): Promise<void> {
    if (source.size !== followed.size && !this.#args.once) {
      followed.size = source.size;
      return;
    }
    const log = await openLog(source.path, [source], signal);
    for await (const batch of readLog(log, this.#begin(log.guess.mapping).mapping, signal)) this.#add({ ...batch, firstRow: this.#row });
    followed.done = true;
  }

  #add(batch: RawBatch): void {
    this.#begin(batch.rows > 0 ? guessMapping(batch).mapping : {}).addRaw(batch);
    this.#row = batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
  }

  #begin(guess: ColumnMapping): CheckRun {
    if (this.#run !== undefined) return this.#run;
    const edited = editMapping(guess, this.#args.map);
    if ('unknownRole' in edited) throw new UsageError(`--map: no part is called ${edited.unknownRole}`);
    this.#run = this.#newRun(edited, this.#args.map.length > 0 ? edited : undefined);
    return this.#run;
  }

  #newRun(guess: ColumnMapping, mapping: ColumnMapping | undefined): CheckRun {
    return new CheckRun(this.#profile, {
      ...this.#options,
      ...(mapping === undefined ? {} : { mapping }),
      onAlarm: ({ family, local, direction, position, monitor }) => {
        process.stderr.write(`row ${position.toLocaleString('en')}: ${monitor}, ${family.events[local]?.label ?? ''} ${direction}\n`);
      },
    }, guess);
  }
}

/** After the last newline outside double quotes: a newline inside them ends no row of a CSV. */
function endOfRows(bytes: Uint8Array): number {
  let [end, inside] = [0, false];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 34) inside = !inside;
    else if (bytes[i] === 10 && !inside) end = i + 1;
  }
  return end;
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
