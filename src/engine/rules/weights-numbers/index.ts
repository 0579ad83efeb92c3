// Rule on the numbers of weights, counted while they were hashed: NaN and infinite values, empty and repeated rows, rows that
// stand far out. Nothing of it is a suspicion: vocabularies have unused rows, masks are infinite, some tokens are loud.
import type { TensorDigest } from '../../artifact/digests/digests.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const ODD: Rule = {
  id: 'ASY-PRV-032',
  title: 'Numbers that stand out in the weights',
  severity: 'info',
  misses: 'Counts rows of float tensors (F32, F16, BF16) with two dimensions or more. Quantised weights are not looked at; a planted change of ordinary size does not stand out.',
  references: [],
  remedy: 'A row that stands far out in an embedding belongs to one token: see which, and try it.',
};

const SHOWN = 200;
/** A vocabulary has some unused tokens; this share and more is told. */
const MANY_ROWS = 0.02;

export const weightsNumbers = analysisOf({
  id: 'weights-numbers',
  label: 'Numbers of the weights',
  limits: 'Counts over float tensors of safetensors, GGUF, ONNX and torch archives, in the pass that hashes them. Says where numbers are unusual, not why.',
  rules: [ODD],
  needsDigests: true,
  inapplicable: ({ digests }) => (digests?.tensors.some(({ statistics }) => statistics !== undefined) === true ? undefined : 'no float tensors that stand plainly in a file'),
  async check({ artifact, digests }, report) {
    const odd = (digests?.tensors ?? []).filter(standsOut);
    if (odd.length === 0) return;
    for (const path of new Set(odd.map(({ file }) => file))) {
      const tensors = odd.filter(({ file }) => file === path);
      const root = artifact.files.find(({ source }) => path === source.path || path.startsWith(`${source.path}!`))?.source.path ?? path;
      report(ODD, {
        file: { path, root },
        about: 'numbers',
        title: titleOf(tensors),
        sure: 'read',
        evidence: [{ kind: 'table', title: 'Counted while hashing', columns: ['tensor', 'rows', 'NaN', 'infinite', 'rows of zeros', 'rows said twice', 'furthest out: row (deviations)'], rows: tensors.slice(0, SHOWN).map(rowOf) }],
      });
    }
  },
});

/** Values that are no numbers spoil every answer: they are named first. */
function titleOf(tensors: readonly TensorDigest[]): string {
  const broken = tensors.filter(({ statistics }) => (statistics?.nan ?? 0) > 0);
  const [told, what] = broken.length > 0 ? [broken, 'NaN among its numbers'] : [tensors, 'numbers that stand out'];
  return `${told.length} ${told.length === 1 ? 'tensor has' : 'tensors have'} ${told.length === 1 ? what : what.replace('its', 'their')}: ${shown(told.slice(0, 3).map(({ name }) => name).join(', '), 120)}`;
}

function standsOut({ statistics }: TensorDigest): boolean {
  if (statistics === undefined) return false;
  const { rows, nan, infinite, zeroRows, repeatedRows, outliers } = statistics;
  return nan > 0 || infinite > 0 || outliers.length > 0 || (rows > 1 && (zeroRows > rows * MANY_ROWS || repeatedRows > rows * MANY_ROWS));
}

function rowOf({ name, statistics }: TensorDigest): (string | number)[] {
  const [far] = statistics?.outliers ?? [];
  return [shown(name, 120), statistics?.rows ?? 0, statistics?.nan ?? 0, statistics?.infinite ?? 0, statistics?.zeroRows ?? 0, statistics?.repeatedRows ?? 0, far === undefined ? '' : `${far.row} (${far.deviations.toFixed(0)})`];
}
