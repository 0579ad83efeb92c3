// `assay monitor`: baselines, checks, power, red team and searches of prediction logs. Progress on standard error,
// results on standard output or in files. `watch` stands in monitor-watch.ts, what is written in monitor-results.ts.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { nodeHasher } from '../adapters/node-hasher.ts';
import { openPath } from '../adapters/node-files.ts';
import { hashFiles } from '../engine/artifact/hash-files.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { ByteSource } from '../engine/core/byte-source.ts';
import { ALERT_STATES, type Alert } from '../engine/monitor/alerts.ts';
import { checkLog, type CheckOptions } from '../engine/monitor/check.ts';
import { editMapping, type ColumnMapping } from '../engine/monitor/log/columns.ts';
import { formatOf, openLog, type Log } from '../engine/monitor/log/open-log.ts';
import { percent } from '../engine/monitor/monitors/clusters.ts';
import { detectionProbability, powerSubjects, smallestVisible } from '../engine/monitor/power.ts';
import { buildProfile } from '../engine/monitor/profile/build-profile.ts';
import { parseProfile, type Profile } from '../engine/monitor/profile/profile.ts';
import { redTeam } from '../engine/monitor/red-team.ts';
import { knownTriggersOfReport, searchLog } from '../engine/monitor/search-log.ts';
import { TOOL } from '../engine/report/build-report.ts';
import { isGuarded, releaseChannel, runGuarded, signal } from './guarded.ts';
import { monitorArguments, type MonitorArguments } from './monitor-arguments.ts';
import { exitStatus, malformedLines, summary, writeResults, writeText } from './monitor-results.ts';
import { watch } from './monitor-watch.ts';
import { UsageError } from './usage.ts';

export async function monitor(rest: readonly string[]): Promise<number> {
  const [action, ...args] = rest;
  const parsed = monitorArguments(args);
  if (!isGuarded() && (await mayHang(action, parsed))) return runGuarded(['monitor', ...rest], parsed.standstillSeconds);
  try {
    return await run(action, parsed);
  } finally {
    releaseChannel();
  }
}

/** Arrow files can make their reader loop for ever; what a watched folder will hold is not known. */
async function mayHang(action: string | undefined, { logs }: MonitorArguments): Promise<boolean> {
  if (action === 'watch') return true;
  for (const path of logs) {
    for (const file of (await openPath(path)).files) if ((await formatOf(file).catch(() => undefined)) === 'arrow') return true;
  }
  return false;
}

function run(action: string | undefined, parsed: MonitorArguments): number | Promise<number> {
  switch (action) {
    case 'baseline':
      return baseline(parsed);
    case 'check':
      return check(parsed);
    case 'watch':
      return startWatch(parsed);
    case 'power':
      return power(parsed);
    case 'redteam':
      return attack(parsed);
    case 'search':
      return search(parsed);
    default:
      throw new UsageError(`monitor: expected baseline, check, watch, power, redteam or search; found ${action ?? 'nothing'}`);
  }
}

async function startWatch(args: MonitorArguments): Promise<number> {
  return watch(args, await readProfile(args), await optionsOf(args));
}

async function baseline(args: MonitorArguments): Promise<number> {
  if (args.out === undefined) throw new UsageError('monitor baseline: --out FILE is needed');
  const log = await openLogs(args);
  const sha256 = await modelHash(args);
  const model = { ...(args.modelName === undefined ? {} : { name: args.modelName }), ...(sha256 === undefined ? {} : { sha256 }) };
  const { profile, malformed } = await buildProfile(log, mappingOf(log, args), { model, tool: TOOL, signal, onProgress: showRows('profiled') });
  endProgress();
  await writeFile(args.out, `${JSON.stringify(profile)}\n`);
  process.stdout.write(`${profile.log.name}: baseline of ${profile.log.rows.toLocaleString('en')} predictions, ${profile.classes.labels.length} classes, written to ${args.out}\n${malformedLines(malformed)}${mappingLine(profile.mapping)}`);
  if (sha256 === undefined) process.stdout.write('  not bound to a model: give --model PATH or --model-sha256 HEX\n');
  return 0;
}

async function check(args: MonitorArguments): Promise<number> {
  const profile = await readProfile(args);
  const log = await openLogs(args);
  const { report } = await checkLog(log, profile, { ...(await optionsOf(args)), ...(args.map.length > 0 ? { mapping: mappingOf(log, args) } : {}), onProgress: showRows('checked') });
  endProgress();
  await writeResults(report, args);
  if (args.json !== '-') process.stdout.write(summary(report));
  return exitStatus(report, args.failOn);
}

async function power(args: MonitorArguments): Promise<number> {
  const profile = await readProfile(args);
  const subjects = powerSubjects(profile).filter(({ label, monitor: id }) => (args.class === undefined ? id === 'class-shift' || id === 'value-shift' : label === args.class));
  if (subjects.length === 0) throw new UsageError(`monitor power: the baseline knows no class ${args.class ?? ''}`);
  const rows = subjects.map((subject) => {
    const smallest = smallestVisible(subject, args.predictions, args.budget);
    const chances = [1.05, 1.1, 1.2, 1.5, 2].map((factor) => ({ rate: Math.min(0.999, subject.baseline * factor), probability: detectionProbability(subject, Math.min(0.999, subject.baseline * factor), args.predictions, args.budget) }));
    return { label: subject.label, baseline: subject.baseline, band: [subject.low, subject.high], smallestVisible: smallest, chances };
  });
  const result = { schema: 'assay-power/1', predictions: args.predictions, budget: args.budget, chance: 0.8, subjects: rows };
  if (args.json !== undefined) await writeText(args.json, `${JSON.stringify(result, null, 2)}\n`);
  if (args.json === '-') return 0;
  process.stdout.write(`Within ${args.predictions.toLocaleString('en')} predictions, one false alarm in ${Math.round(1 / args.budget).toLocaleString('en')}; seen with a chance of 80 %:\n`);
  for (const row of rows) process.stdout.write(`  ${row.label.padEnd(24)} baseline ${percent(row.baseline)}: a share above ${row.smallestVisible === undefined ? '(none)' : percent(row.smallestVisible)}\n`);
  return 0;
}

async function attack(args: MonitorArguments): Promise<number> {
  if (args.attack === undefined) throw new UsageError('monitor redteam: --attack is needed');
  const profile = await readProfile(args);
  const target = args.class === undefined ? 0 : profile.classes.labels.indexOf(args.class);
  if (target < 0) throw new UsageError(`--class: the baseline knows no class ${args.class ?? ''}`);
  const result = await redTeam(profile, { attack: args.attack, target, dose: args.dose, predictions: args.predictions, runs: args.runs, budget: args.budget, seed: args.seed }, signal);
  if (args.json !== undefined) await writeText(args.json, `${JSON.stringify(result, null, 2)}\n`);
  if (args.json === '-') return 0;
  process.stdout.write(`${args.attack} at ${percent(args.dose)}: seen in ${percent(result.detected)} of ${args.runs} runs of ${args.predictions.toLocaleString('en')} predictions${result.medianDelay === undefined ? '' : `, median after ${result.medianDelay.toLocaleString('en')}`}\n`);
  for (const { monitor: id, kind, runs, detected, medianDelay } of result.monitors) process.stdout.write(`  ${id.padEnd(22)} ${percent(detected)}${kind === 'batch' ? ` at the end of ${runs} runs` : medianDelay === undefined ? '' : `, median after ${medianDelay.toLocaleString('en')}`}\n`);
  if (result.notSimulated.length > 0) process.stdout.write(`  not simulated, so not tested: ${result.notSimulated.join(', ')}\n`);
  return 0;
}

async function search(args: MonitorArguments): Promise<number> {
  if (args.trigger === undefined) throw new UsageError('monitor search: --trigger TEXT is needed');
  const log = await openLogs(args);
  const mapping = mappingOf(log, args);
  if (mapping.prompt === undefined) throw new UsageError('monitor search: the log has no column with prompts (--map prompt=COLUMN)');
  const result = await searchLog(log, mapping, args.trigger, signal);
  if (args.json !== undefined) await writeText(args.json, `${JSON.stringify(result, null, 2)}\n`);
  if (args.json === '-') return 0;
  process.stdout.write(`${result.holding.toLocaleString('en')} of ${result.rows.toLocaleString('en')} predictions hold “${result.trigger}” (p = ${result.pValue.toExponential(1)} for their output)\n`);
  for (const { label, withTrigger, without } of result.outputs) process.stdout.write(`  ${label.padEnd(24)} ${withTrigger.toLocaleString('en')} with it, ${without.toLocaleString('en')} without\n`);
  return 0;
}

async function readProfile({ baseline: file }: MonitorArguments): Promise<Profile> {
  if (file === undefined) throw new UsageError('monitor: --baseline FILE is needed');
  return parseProfile(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new ArtifactError({ code: 'missing-file', format: 'monitor', file, expected: 'a file that can be read', actual: error instanceof Error && 'code' in error ? String(error.code) : 'none' });
  });
}

async function openLogs({ logs }: MonitorArguments): Promise<Log> {
  const [first] = logs;
  if (first === undefined) throw new UsageError('monitor: a log is needed');
  const files: ByteSource[] = [];
  for (const path of logs) files.push(...(await openPath(path)).files);
  return openLog(logs.length === 1 ? first.split('/').at(-1) ?? first : `${logs.length} logs`, files, signal);
}

function mappingOf(log: Log, { map }: MonitorArguments): ColumnMapping {
  const edited = editMapping(log.guess.mapping, map);
  if ('unknownRole' in edited) throw new UsageError(`--map: no part is called ${edited.unknownRole}`);
  const names = new Set(log.guess.columns.map(({ name }) => name));
  const missing = map.flatMap(([role, value]) => (role === 'latencyUnit' ? [] : value.split('|'))).find((name) => name !== '' && !names.has(name));
  if (missing !== undefined) throw new UsageError(`--map: the log has no column ${missing}; it has ${[...names].slice(0, 40).join(', ')}`);
  return edited;
}

async function modelHash({ model, modelSha256 }: MonitorArguments): Promise<string | undefined> {
  if (model === undefined) return modelSha256;
  const { files } = await openPath(model);
  const digests = await hashFiles(files, nodeHasher);
  const [only] = digests;
  if (digests.length === 1) return only;
  // As the page has it: over the lines "hash  path", sorted by path.
  const lines = files.map(({ path }, i) => ({ path, line: `${digests[i] ?? ''}  ${path}\n` })).sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ line }) => line);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function optionsOf(args: MonitorArguments): Promise<CheckOptions> {
  const modelSha256 = await modelHash(args);
  const earlier = args.alerts === undefined ? undefined : earlierAlerts(await readFile(args.alerts, 'utf8').catch(() => '[]'));
  const triggers = args.report === undefined ? undefined : knownTriggersOfReport(await readText(args.report), args.report);
  return {
    budget: args.budget, window: args.window, level: args.level, seed: args.seed, tool: TOOL, signal, clock: { now: () => performance.now() }, now: Date.now(),
    ...(modelSha256 === undefined ? {} : { modelSha256 }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(triggers === undefined ? {} : { triggers }),
  };
}

/** A report of an earlier check, or its alerts. */
function earlierAlerts(text: string): Pick<Alert, 'id' | 'state' | 'history'>[] {
  try {
    const parsed: unknown = JSON.parse(text);
    const list: unknown = typeof parsed === 'object' && parsed !== null && 'alerts' in parsed ? parsed.alerts : parsed;
    return Array.isArray(list) ? list.filter(isEarlier) : [];
  } catch {
    throw new UsageError('--alerts: expected the JSON of an earlier check');
  }
}

function isEarlier(value: unknown): value is Pick<Alert, 'id' | 'state' | 'history'> {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && 'state' in value && ALERT_STATES.some((state) => state === value.state) && 'history' in value && Array.isArray(value.history);
}

function mappingLine(mapping: ColumnMapping): string {
  const parts = Object.entries(mapping).map(([role, column]) => `${role}=${typeof column === 'string' ? column : column.length > 3 ? `${column[0] ?? ''}…(${column.length})` : column.join('|')}`);
  return `  columns: ${parts.join(', ')}\n`;
}

function showRows(verb: string): (rows: number) => void {
  return (rows) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${rows.toLocaleString('en')} rows ${verb}`);
  };
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
}
