// Runs the analyses that apply, one after another, and streams what they say. One that fails is recorded and the others
// go on; cancelling ends the stream with Cancelled.
import type { LeftOut } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { Cancelled, throwIfCancelled } from '../core/cancel.ts';
import { errorText } from '../core/error-text.ts';
import { NOT_ASKED_FOR, type Coverage, type Finding } from '../core/finding.ts';
import { buildReport } from '../report/build-report.ts';
import { inspectFiles } from '../artifact/inspect/inspect-files.ts';
import { firstOf } from '../core/shown.ts';
import { whatIsNotRun } from '../rules/provenance/unused-weights.ts';
import { contextField } from '../runtime/refuse-no-room.ts';
import { NotTested, type Analysis, type AnalysisContext, type AuditContext } from './analysis.ts';
import type { AuditEvent } from './events.ts';
import { coverageOfNotRun, type NotRun } from './not-run.ts';
import { ANALYSES, PROBED, STATIC } from './registry.ts';
import { whyNoNumbers } from './why-no-numbers.ts';

export async function* runAudit(context: AuditContext): AsyncGenerator<AuditEvent, void> {
  const queue: AuditEvent[] = [];
  let wake: () => void = () => {};
  const push = (event: AuditEvent): void => {
    queue.push(event);
    wake();
  };
  let finished = false;
  let failure: unknown;
  const work = runAll(context, push)
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      finished = true;
      wake();
    });
  for (;;) {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
    if (finished && queue.length === 0) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (queue.length > 0 || finished) resolve();
    });
  }
  await work;
  if (failure !== undefined) throw failure;
}

async function runAll(asked: AuditContext, emit: (event: AuditEvent) => void): Promise<void> {
  emit({ type: 'begin', analyses: ANALYSES.map(({ id }) => id) });
  // Whatever was asked for: what could not be looked into is part of every report.
  const inspection = asked.inspection ?? (await inspectFiles(asked.artifact.files.map(({ source }) => source), { signal: asked.signal, closed: asked.artifact.closed ?? [] }));
  let context: AnalysisContext = { ...asked, inspection };
  let hashed = asked.digest === undefined;
  const hash = async (): Promise<void> => {
    if (hashed || asked.digest === undefined) return;
    hashed = true;
    const digests = await asked.digest(inspection);
    context = { ...context, digests, files: asked.files.map((file) => ({ ...file, sha256: digests.files.get(file.path) ?? file.sha256 })) };
  };
  const findings = new Map<string, Finding>();
  const coverage: Coverage[] = [];
  const wanted = context.options.analyses;
  const known = new Map(asked.known?.coverage.map((entry) => [entry.analysis, entry]));
  for (const finding of asked.known?.findings ?? []) {
    findings.set(finding.id, finding);
    emit({ type: 'finding', finding });
  }
  for (const analysis of ANALYSES) {
    const before = known.get(analysis.id);
    if (before !== undefined) {
      coverage.push(before);
      emit({ type: 'coverage', coverage: before });
      continue;
    }
    if (analysis.needsDigests === true) await hash();
    const entry = wanted !== undefined && !wanted.includes(analysis.id) ? notWanted(analysis) : await runOne(analysis, context, (event) => {
      if (event.type === 'finding') findings.set(event.finding.id, event.finding);
      emit(event);
    });
    coverage.push(entry);
    emit({ type: 'coverage', coverage: entry });
  }
  await hash();
  emit({ type: 'report', report: buildReport([...findings.values()], coverage, new Set(STATIC), context) });
}

/** What a runtime says of a graph is long, and its end is what matters to whoever mends it. */
const MAX_REASON = 2000;

async function runOne(analysis: Analysis, context: AnalysisContext, emit: (event: AuditEvent) => void): Promise<Coverage> {
  const { id, limits } = analysis;
  const notRun = whyNotRun(context);
  const instead = notRun === undefined ? undefined : coverageOfNotRun(analysis, notRun);
  if (instead !== undefined) return instead;
  const reason = analysis.inapplicable(context);
  if (reason !== undefined) return { analysis: id, status: 'skipped', reason, limits, seconds: 0 };
  throwIfCancelled(context.signal);
  const begun = context.clock.now();
  const seconds = (): number => Math.round(context.clock.now() - begun) / 1000;
  try {
    await analysis.run(context, emit);
    const narrowed = PROBED.has(id) ? whatNarrows(context) : [];
    return { analysis: id, status: 'ran', ...(narrowed.length === 0 ? {} : { reason: narrowed.join('; ') }), limits, seconds: seconds() };
  } catch (error) {
    if (error instanceof Cancelled || context.signal.aborted) throw new Cancelled();
    if (error instanceof NotTested) return { analysis: id, status: 'skipped', reason: error.message, limits, seconds: seconds() };
    const what = errorText(error, MAX_REASON);
    const why = error instanceof ArtifactError ? (whyNoNumbers(error, context.digests) ?? whoseContext(error, context)) : undefined;
    return { analysis: id, status: 'failed', reason: why === undefined ? what : `${what}; ${why}`, limits, seconds: seconds() };
  }
}

/** A prompt that does not fit: which field says how much does. */
function whoseContext({ code, format, field }: ArtifactError, { artifact, runnable }: AnalysisContext): string | undefined {
  if (code !== 'limit-exceeded' || format !== 'model' || field !== 'context' || runnable?.task !== 'causal-lm') return undefined;
  const place = contextField(artifact, runnable.model.contextLength);
  return `${place.field} in ${place.file} says so`;
}

/** What a probe that ran says nothing about. */
function whatNarrows({ artifact, runnable }: AnalysisContext): string[] {
  return [
    ...(artifact.leftOut === undefined ? [] : [ofOneModel(artifact.leftOut)]),
    ...[whatIsNotRun(artifact)].filter((what) => what !== undefined),
    ...(runnable?.task === 'text-classification' && artifact.tokenizer === undefined ? ['there is no tokenizer: token ids stood for words, so that texts of the probes are no sentences and a trigger of words can be missed'] : []),
  ];
}

function ofOneModel({ taken, models }: LeftOut): string {
  return `of ${firstOf(taken)} alone; not tested: ${firstOf(models)}`;
}

function whyNotRun({ artifact, runnable, notRunnable, meantFor }: AnalysisContext): NotRun | undefined {
  if (runnable !== undefined || notRunnable === undefined) return undefined;
  return { kind: artifact.kind, reason: notRunnable, ...(meantFor === undefined ? {} : { meantFor }) };
}

function notWanted({ id, limits }: Analysis): Coverage {
  return { analysis: id, status: 'skipped', reason: NOT_ASKED_FOR, limits, seconds: 0 };
}
