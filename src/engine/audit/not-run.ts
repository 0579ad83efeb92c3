// A model that was to be run and could not be: what coverage says of each probe. Those that would have tried it have failed,
// with the reason; the others would not have applied. What Assay never runs (pickles, archives) is not tested, and failed at
// nothing. Where the files do not say what the model is for, every probe counts as one that would have tried it.
import type { Artifact } from '../artifact/artifact.ts';
import type { Coverage, Task } from '../core/finding.ts';
import { unreadPaths } from '../report/inspection-of.ts';
import type { Report } from '../report/report.ts';
import type { Analysis } from './analysis.ts';
import { ANALYSES, PROBED, STATIC } from './registry.ts';
import { judge } from './verdict.ts';

export interface NotRun {
  readonly kind: Artifact['kind'];
  /** In the user's words. */
  readonly reason: string;
  /** What the files say it is for. */
  readonly meantFor?: Task;
}

const MODELS: Readonly<Record<Task, string>> = {
  'causal-lm': 'language model',
  'text-classification': 'text classifier',
  'image-classification': 'image classifier',
  encoder: 'encoder',
  tabular: 'classifier of tables',
  other: 'model of another kind',
};

/** Undefined for an analysis that runs nothing. */
export function coverageOfNotRun({ id, limits }: Analysis, { kind, reason, meantFor }: NotRun): Coverage | undefined {
  const task = PROBED.get(id);
  if (task === undefined) return undefined;
  if (kind === 'unknown') return { analysis: id, status: 'skipped', reason, limits, seconds: 0 };
  const of = meantFor === undefined ? undefined : ofAnotherKind(id, meantFor);
  return of === undefined ? { analysis: id, status: 'failed', reason: `the model could not be run: ${reason}`, limits, seconds: 0 } : { analysis: id, status: 'skipped', reason: of, limits, seconds: 0 };
}

/** Why a probe would not apply to a model for `task`; undefined where it would, and for analyses that run nothing. */
export function ofAnotherKind(analysis: string, task: Task): string | undefined {
  const wanted = PROBED.get(analysis);
  return wanted === undefined || wanted === task ? undefined : `no ${MODELS[wanted]}: by its files this is ${/^[aeiou]/.test(MODELS[task]) ? 'an' : 'a'} ${MODELS[task]}`;
}

/** What the check of the files said, and that nothing else could be done. */
export function reportOfNotRun(checked: Report, why: NotRun): Report {
  const before = new Map(checked.coverage.map((entry) => [entry.analysis, entry]));
  const coverage = ANALYSES.map((analysis) => coverageOfNotRun(analysis, why) ?? before.get(analysis.id)).filter((entry) => entry !== undefined);
  const { verdict, score } = judge(checked.findings, coverage, new Set(STATIC), unreadPaths(checked.subject.files));
  return { ...checked, subject: { ...checked.subject, task: why.meantFor ?? 'other' }, coverage, verdict, score };
}
