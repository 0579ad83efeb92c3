// `assay audit` and `assay inspect`: the audit's events on standard error, its report on standard output or in files.
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseCandidates } from '../engine/audit/candidates.ts';
import { webCheck } from '../adapters/web-crypto.ts';
import { STATIC } from '../engine/audit/registry.ts';
import { ANALYSES, PROBED } from '../engine/audit/registry.ts';
import { runAudit } from '../engine/audit/run-audit.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { NEVER } from '../engine/core/cancel.ts';
import { errorText } from '../engine/core/error-text.ts';
import { isAbsent, NOT_ASKED_FOR, SEVERITIES, type BudgetName, type Coverage, type Finding, type Severity, type Task } from '../engine/core/finding.ts';
import { applyAllowList, parseAllowList } from '../engine/report/allow-list.ts';
import type { Report } from '../engine/report/report.ts';
import { expandPaths } from './expand-paths.ts';
import { parseTrust } from '../engine/rules/model-signing/pem.ts';
import { firstOf, shown } from '../engine/core/shown.ts';
import { parseSignatures } from '../engine/rules/signatures/signature-set.ts';
import { toHtml } from '../engine/report/to-html.ts';
import { headingWords } from '../engine/report/verdict-words.ts';
import { toSarif } from '../engine/report/to-sarif.ts';
import type { NodeBackend } from './backends.ts';
import { openFiles, openRunnable, type OpenedRunnable } from './open-model.ts';
import { showProgress } from './progress.ts';
import { UsageError } from './usage.ts';

export interface AuditArguments {
  readonly path: string;
  /** The model it was made from. */
  readonly base?: string;
  /** A file with digests that are known. */
  readonly signatures?: string;
  /** A PEM file with keys and roots that are trusted. */
  readonly trust?: string;
  readonly analyses?: readonly string[];
  readonly budget: BudgetName;
  readonly seed: number;
  readonly backend: NodeBackend;
  /** What the user says the model is. */
  readonly task?: Task;
  /** A file with candidates that probes try beside their own. */
  readonly candidates?: string;
  /** File or folder of clean examples. */
  readonly inputs?: string;
  readonly json?: string;
  readonly sarif?: string;
  readonly html?: string;
  readonly failOn: Severity;
}

export async function audit(args: AuditArguments): Promise<number> {
  const unknown = args.analyses?.find((id) => !ANALYSES.some((analysis) => analysis.id === id));
  if (unknown !== undefined) throw new UsageError(`--analyses: no analysis is called ${unknown}; there are ${ANALYSES.map(({ id }) => id).join(', ')}`);
  await requireWritable(args);
  const { report, notRun } = await auditPath(args);
  await writeReport([report], args);
  if (args.json !== '-') process.stdout.write(summary(report, 'all'));
  const status = exitStatus([report], args.failOn);
  if (notRun === undefined) return status;
  process.stderr.write(`${shown(report.subject.name)} was not run: ${notRun.reason}. What it does when it runs was not tested.${notRun.isModel ? '' : ' assay inspect reads files that are not to be run.'}\n`);
  // What is in its files may be grave all the same; nothing found there is no clean bill for a model that was to be run.
  return status === 1 ? status : notRun.isModel ? FAILED : BAD_INPUT;
}

const BAD_INPUT = 2;
const FAILED = 3;

export interface InspectArguments extends Pick<AuditArguments, 'json' | 'sarif' | 'html' | 'failOn' | 'signatures' | 'base' | 'trust'> {
  /** A file with findings that were accepted. */
  readonly allow?: string;
}

export async function inspect(patterns: readonly string[], args: InspectArguments): Promise<number> {
  const allowed = args.allow === undefined ? [] : parseAllowList(await readTextFile(args.allow), args.allow);
  await requireWritable(args);
  const reports: Report[] = [];
  const missing: ArtifactError[] = [];
  const paths = await expandPaths(patterns);
  if (args.html !== undefined && paths.length > 1) throw new UsageError(`--html writes the report of one model, and these are ${paths.length}; --json and --sarif hold them all`);
  for (const path of paths) {
    try {
      const { report } = await auditPath({ path, analyses: STATIC, budget: 'quick', seed: 0, backend: 'cpu', failOn: args.failOn, ...(args.base === undefined ? {} : { base: args.base }), ...(args.trust === undefined ? {} : { trust: args.trust }), ...(args.signatures === undefined ? {} : { signatures: args.signatures }) });
      const judged = applyAllowList(report, allowed, Date.now(), new Set(STATIC));
      for (const { rule, expires, reason } of reports.length === 0 ? judged.expired : []) process.stderr.write(`allow-list: the entry for ${rule} ended on ${expires} and counts no more (${reason})\n`);
      reports.push(judged.report);
    } catch (error) {
      // One path that cannot be opened takes nothing from the others; the exit status says that there was one.
      if (!(error instanceof ArtifactError)) throw error;
      missing.push(error);
      process.stderr.write(`${error.message}\n`);
    }
  }
  const [first] = missing;
  if (reports.length === 0 && first !== undefined) throw first;
  await writeReport(reports, args);
  if (args.json !== '-') process.stdout.write(reports.map((report) => summary(report, 'files')).join(''));
  return first === undefined ? exitStatus(reports, args.failOn) : 2;
}

async function readTextFile(path: string, option = '--allow'): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`${option}: ${path} cannot be read`);
  }
}

interface AuditedPath {
  readonly report: Report;
  /** It was to be run and could not be. */
  readonly notRun?: { readonly reason: string; readonly isModel: boolean };
}

async function auditPath({ path, base, signatures, trust, analyses, candidates, budget, seed, backend, task, inputs }: AuditArguments): Promise<AuditedPath> {
  const { artifact, inspection, files, digest } = await openFiles(path);
  const known = signatures === undefined ? undefined : parseSignatures(await readTextFile(signatures, '--signatures'), signatures).map((entry) => ({ ...entry, set: signatures }));
  const named = candidates === undefined ? undefined : parseCandidates(await readTextFile(candidates, '--candidates'), candidates);
  const anchors = trust === undefined ? [] : parseTrust(await readTextFile(trust, '--trust'), trust);
  const compared = base === undefined ? undefined : await openFiles(base);
  const runs = analyses === undefined || analyses.some((id) => !STATIC.includes(id));
  const { runnable, notRunnable, meantFor, environment, inputs: given }: OpenedRunnable = runs
    ? await openRunnable(artifact, backend, { ...(task === undefined ? {} : { task }), ...(inputs === undefined ? {} : { inputs }) })
    : { runnable: undefined, notRunnable: 'only files are inspected', environment: { backend: 'cpu', threads: 1, adapter: 'none' } };
  const show = showProgress(process.stderr);
  let report: Report | undefined;
  try {
    const events = runAudit({
      artifact,
      inspection,
      digest,
      trust: { anchors, check: webCheck, now: Date.now() },
      ...(compared === undefined ? {} : { base: { name: compared.artifact.name, inspection: compared.inspection, digests: await compared.digest() } }),
      ...(known === undefined ? {} : { signatures: known }),
      files,
      environment,
      runnable,
      ...(notRunnable === undefined ? {} : { notRunnable }),
      ...(meantFor === undefined ? {} : { meantFor }),
      ...(given === undefined ? {} : { inputs: given }),
      options: { budget, seed, ...(analyses === undefined ? {} : { analyses }), ...(named === undefined ? {} : { candidates: named }) },
      signal: NEVER,
      clock: { now: () => performance.now() },
    });
    for await (const event of events) {
      show(event);
      if (event.type === 'report') report = event.report;
    }
  } finally {
    await runnable?.model.dispose();
  }
  if (report === undefined) throw new Error('the audit ended without a report');
  return runs && notRunnable !== undefined ? { report, notRun: { reason: notRunnable, isModel: artifact.kind !== 'unknown' } } : { report };
}

/** Said before minutes are spent on what then has nowhere to go. */
async function requireWritable({ json, sarif, html }: Pick<AuditArguments, 'json' | 'sarif' | 'html'>): Promise<void> {
  for (const [option, file] of Object.entries({ json, sarif, html })) {
    if (file === undefined || file === '-') continue;
    const known = await stat(file).catch(() => undefined);
    if (known?.isDirectory()) throw new UsageError(`--${option}: ${file} is a folder`);
    await access(known === undefined ? dirname(resolve(file)) : file, constants.W_OK).catch((error: unknown) => {
      throw new UsageError(`--${option}: ${file} cannot be written (${errorText(error)})`);
    });
  }
}

async function writeReport(reports: readonly Report[], { json, sarif, html }: Pick<AuditArguments, 'json' | 'sarif' | 'html'>): Promise<void> {
  const [first] = reports;
  if (first === undefined) return;
  if (json !== undefined) await write(json, `${JSON.stringify(reports.length === 1 ? first : reports, null, 2)}\n`);
  if (sarif !== undefined) await write(sarif, `${JSON.stringify(toSarif(...reports), null, 2)}\n`);
  if (html !== undefined) await write(html, toHtml(first));
}

async function write(file: string, text: string): Promise<void> {
  if (file !== '-') return writeFile(file, text);
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
}

function summary(report: Report, scope: 'files' | 'all'): string {
  const unread = report.subject.files.filter(({ inspection }) => inspection !== undefined && inspection.status !== 'inspected');
  const lines = [
    `${report.subject.name}: ${headingWords(scope, report.verdict, report.findings, report.coverage, unread.length)} (${report.verdict}, score ${report.score.toFixed(2)})`,
    ...report.findings.flatMap((finding) => [`  ${finding.severity.padEnd(8)} ${finding.confidence.toFixed(2)}  ${shown(finding.title, 400)}${finding.suppressed === undefined ? '' : ` [suppressed until ${finding.suppressed.expires}: ${finding.suppressed.reason}]`}`, ...placeOf(finding)]),
    ...unread.map(({ path, inspection }) => `  ${inspection?.status === 'partly' ? 'partly inspected' : 'not inspected'}: ${shown(path)}${inspection?.reason === undefined ? '' : ` (${shown(inspection.reason)})`}`),
    ...withReason(report.coverage, 'failed'),
    ...(report.subject.leftOut === undefined ? withReason(report.coverage, 'ran') : otherModels(report)),
    ...skipped(report.coverage),
  ];
  return `${lines.join('\n')}\n`;
}

/** Where a finding stands, for those that stand in a file. */
function placeOf({ rule, location: { file, member, offset, node, tensor, key } }: Finding): string[] {
  if (file === undefined) return [];
  const parts = [offset === undefined ? undefined : `at 0x${offset.toString(16)}`, node === undefined ? undefined : `node ${node}`, tensor === undefined ? undefined : `tensor ${tensor}`, key];
  return [`                 ${rule} in ${shown(member === undefined ? file : `${file} › ${member}`)}${parts.map((part) => (part === undefined ? '' : `, ${shown(part, 100)}`)).join('')}`];
}

/** One line a reason: a model that cannot be run fails several analyses at once. What ran has a reason where it says less than usual. */
function withReason(coverage: readonly Coverage[], status: 'failed' | 'ran'): string[] {
  const entries = coverage.filter((entry) => entry.status === status && (status === 'failed' || entry.reason !== undefined));
  return [...new Set(entries.map(({ reason }) => reason))].map((reason) => `  ${entries.filter((entry) => entry.reason === reason).map(({ analysis }) => analysis).join(', ')} ${status}${reason === undefined ? '' : `: ${reason}`}`);
}

/** Of several models in a folder one is run: that says nothing of the others. */
function otherModels({ subject: { leftOut }, coverage }: Report): string[] {
  if (leftOut === undefined || !coverage.some(({ analysis, status }) => PROBED.has(analysis) && status === 'ran')) return [];
  return [`  only ${firstOf(leftOut.taken)} was run; not tested: ${firstOf(leftOut.models, 8)} (each can be audited by its own path)`];
}

/** What did not run, one line for those with a reason each and one for those that nobody asked for. */
function skipped(coverage: readonly Coverage[]): string[] {
  const left = coverage.filter(({ status }) => status === 'skipped');
  const named = (reason: string | undefined): string => left.filter((entry) => entry.reason === reason).map(({ analysis }) => analysis).join(', ');
  const reasons = [...new Set(left.map(({ reason }) => reason))];
  const absent = [...new Set(left.filter(isAbsent).map(({ reason }) => reason))];
  return [
    ...(absent.length === 0 ? [] : [`  did not apply: ${absent.map((reason) => `${named(reason)} (${reason ?? ''})`).join('; ')}`]),
    ...reasons.filter((reason) => !absent.includes(reason)).map((reason) => (reason === NOT_ASKED_FOR ? `  not asked for: ${named(reason)}` : `  not tested: ${named(reason)}${reason === undefined ? '' : ` (${reason})`}`)),
  ];
}

function exitStatus(reports: readonly Report[], failOn: Severity): number {
  const threshold = SEVERITIES.indexOf(failOn);
  if (reports.some(({ findings }) => findings.some(({ severity, suppressed }) => suppressed === undefined && SEVERITIES.indexOf(severity) >= threshold))) return 1;
  return reports.some(({ coverage }) => coverage.some(({ status }) => status === 'failed')) ? FAILED : 0;
}
