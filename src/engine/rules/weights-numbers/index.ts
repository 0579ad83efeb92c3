// Rules on the numbers of weights, counted while they were hashed: NaN and infinite values, empty and repeated rows, rows that
// stand far out. Nothing of the latter is a suspicion: vocabularies have unused rows, masks are infinite, some tokens are loud.
// NaN is another matter: whatever passes it is lost, so what the model does shows nothing (NAN_IN_WEIGHTS bars clearing).
import type { TensorDigest } from '../../artifact/digests/digests.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import type { AnalysisContext } from '../../audit/analysis.ts';
import { NAN_IN_WEIGHTS } from './nan-in-weights.ts';

const ODD: Rule = {
  id: 'ASY-PRV-032',
  title: 'Numbers that stand out in the weights',
  severity: 'info',
  misses: 'Counts rows of float tensors (F32, F16, BF16) with two dimensions or more. Quantised weights are not looked at; a planted change of ordinary size does not stand out.',
  references: [],
  remedy: 'A row that stands far out in an embedding belongs to one token: see which, and try it.',
};

const BROKEN: Rule = {
  id: NAN_IN_WEIGHTS,
  title: 'NaN in the weights',
  severity: 'low',
  misses: 'Float tensors (F32, F16, BF16) that stand plainly in a file. NaN in quantised weights is not looked for.',
  references: [],
  remedy: 'Do not rely on what this model answers: what reads these values is NaN, and a planted behaviour can hide behind it. Get the file again and compare its hash with the publisher’s.',
};

const SHOWN = 200;
/** A vocabulary has some unused tokens; this share and more is told. */
const MANY_ROWS = 0.02;

export const weightsNumbers = analysisOf({
  id: 'weights-numbers',
  label: 'Numbers of the weights',
  limits: 'Counts over float tensors of safetensors, GGUF, ONNX and torch archives, in the pass that hashes them. Says where numbers are unusual, not why.',
  rules: [ODD, BROKEN],
  needsDigests: true,
  inapplicable: ({ digests }) => (digests?.tensors.some(({ statistics }) => statistics !== undefined) === true ? undefined : 'no float tensors that stand plainly in a file'),
  async check(context, report) {
    const tensors = context.digests?.tensors ?? [];
    reportByFile(context, report, BROKEN, tensors.filter(holdsNaN));
    reportByFile(context, report, ODD, tensors.filter((tensor) => !holdsNaN(tensor) && standsOut(tensor)));
  },
});

function reportByFile({ artifact }: AnalysisContext, report: Report, rule: Rule, found: readonly TensorDigest[]): void {
  for (const path of new Set(found.map(({ file }) => file))) {
    const tensors = found.filter(({ file }) => file === path);
    const root = artifact.files.find(({ source }) => path === source.path || path.startsWith(`${source.path}!`))?.source.path ?? path;
    report(rule, {
      file: { path, root },
      about: 'numbers',
      title: `${tensors.length} ${tensors.length === 1 ? 'tensor has' : 'tensors have'} ${whatOf(rule, tensors.length)}: ${shown(tensors.slice(0, 3).map(({ name }) => name).join(', '), 120)}`,
      sure: 'read',
      evidence: [{ kind: 'table', title: 'Counted while hashing', columns: ['tensor', 'rows', 'NaN', 'infinite', 'rows of zeros', 'rows said twice', 'furthest out: row (deviations)'], rows: tensors.slice(0, SHOWN).map(rowOf) }],
    });
  }
}

function whatOf(rule: Rule, count: number): string {
  return rule === ODD ? 'numbers that stand out' : `NaN among ${count === 1 ? 'its' : 'their'} numbers`;
}

function holdsNaN({ statistics }: TensorDigest): boolean {
  return (statistics?.nan ?? 0) > 0;
}

function standsOut({ statistics }: TensorDigest): boolean {
  if (statistics === undefined) return false;
  const { rows, infinite, zeroRows, repeatedRows, outliers } = statistics;
  return infinite > 0 || outliers.length > 0 || (rows > 1 && (zeroRows > rows * MANY_ROWS || repeatedRows > rows * MANY_ROWS));
}

function rowOf({ name, statistics }: TensorDigest): (string | number)[] {
  const [far] = statistics?.outliers ?? [];
  return [shown(name, 120), statistics?.rows ?? 0, statistics?.nan ?? 0, statistics?.infinite ?? 0, statistics?.zeroRows ?? 0, statistics?.repeatedRows ?? 0, far === undefined ? '' : `${far.row} (${far.deviations.toFixed(0)})`];
}
