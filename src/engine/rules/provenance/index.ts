// Rules on what a model says of itself beside what it is. Ordinary repositories disagree with themselves (a configuration copied
// along, weights saved in another format): what does not fit is told, and is no suspicion by itself.
import { tensorPlaces } from '../../artifact/digests/tensor-places.ts';
import { baseName } from '../../artifact/formats/reader.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import type { Artifact, TensorInfo } from '../../artifact/artifact.ts';
import type { AnalysisContext } from '../../audit/analysis.ts';
import { firstOf } from '../../core/shown.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { claimsOf, type Claim } from './claims.ts';
import { unfitWeights } from './unfit-weights.ts';
import { layerNumbers, unusedWeights } from './unused-weights.ts';

const CLAIMS: Rule = {
  id: 'ASY-PRV-030',
  title: 'What the model says of itself, beside what it is',
  severity: 'info',
  misses: 'Sizes that the weights fix are compared. Author, licence and base model cannot be told from the files; a forged model of the right sizes fits.',
  references: ['AML.T0010.003'],
  remedy: 'Where something does not fit, ask which model these weights are of.',
};

const MISFIT: Rule = {
  id: 'ASY-PRV-031',
  title: 'What the model says of itself does not fit its weights',
  severity: 'info',
  misses: 'A configuration that was copied along, or weights that were saved in another number format, look the same as weights of another model.',
  references: ['AML.T0010.003', 'CWE-345'],
  remedy: 'Ask which model these weights are of, and compare them with that one (Compare with…).',
};

const UNUSED: Rule = {
  id: 'ASY-PRV-034',
  title: 'The weights hold what the model does not use',
  severity: 'medium',
  misses: 'Exact where Assay builds the model itself; of other architectures only whole layers are told, by their names. Heads, buffers and towers for other inputs that honest files hold besides are not told.',
  references: ['AML.T0010.003', 'CWE-345'],
  remedy: 'Compare the configuration with the publisher’s: with another number of layers this is another model, and what was audited is not what others run.',
};

const UNFIT: Rule = {
  id: 'ASY-PRV-035',
  title: 'The weights do not make the model that the configuration describes',
  severity: 'low',
  misses: 'Of architectures that Assay builds itself. The first misfit is told; others may stand behind it.',
  references: ['AML.T0010.003', 'CWE-1284'],
  remedy: 'Download it again and compare hashes. Some loaders fill what is missing with random numbers: what they run is another model than the publisher’s.',
};

export const provenance = analysisOf({
  id: 'provenance',
  label: 'Claims beside facts',
  limits: 'Configuration, tokenizer, model card and names beside the tensors of safetensors, GGUF, ONNX and torch archives. Fits, or does not; never proves who made it.',
  rules: [CLAIMS, MISFIT, UNUSED, UNFIT],
  inapplicable: (context) => (gather(context).length === 0 ? 'no claims that tensors could bear out' : undefined),
  async check(context, report) {
    const claims = gather(context);
    const path = context.artifact.files.find(({ source }) => baseName(source.path) === 'config.json')?.source.path ?? context.artifact.files[0]?.source.path ?? context.artifact.name;
    const file = { path, root: path };
    const rows = claims.map(({ about, where, says, is, fits }) => [about, shown(where, 80), shown(says, 80), shown(is, 80), fits === undefined ? 'not verified' : fits ? 'fits' : 'does not fit']);
    const evidence = [{ kind: 'table', title: 'Claims and facts', columns: ['what', 'said where', 'says', 'is', ''], rows }] as const;
    const misfits = claims.filter(({ fits }) => fits === false);
    report(CLAIMS, { file, about: 'claims', title: comparedTitle(claims), sure: 'read', evidence });
    for (const claim of misfits) report(MISFIT, { file, about: claim.about, title: `${claim.about}: says ${shown(claim.says, 60)} (${shown(claim.where, 60)}), is ${shown(claim.is, 60)}`, sure: 'read', evidence });
    reportUnused(context.artifact, file, report);
    reportUnfit(context.artifact, file, report);
  },
});

/** No all-clear: what was compared, and what that leaves open. */
function comparedTitle(claims: readonly Claim[]): string {
  const fitting = claims.filter(({ fits }) => fits === true).length;
  const misfits = claims.filter(({ fits }) => fits === false).length;
  const open = claims.length - fitting - misfits;
  return `Names and sizes only: ${fitting} of ${fitting + misfits} claims fit the tensors${open === 0 ? '' : `, ${open} more cannot be told from the files`}. This says nothing of what the model does`;
}

const MAX_TENSORS = 64;

function reportUnused(artifact: Artifact, file: { readonly path: string; readonly root: string }, report: Report): void {
  const { claimed, layers, others } = unusedWeights(artifact);
  const listed = (tensors: readonly TensorInfo[]) => [{ kind: 'table', title: `Tensors that nothing reads${tensors.length > MAX_TENSORS ? ` (the first ${MAX_TENSORS} of ${tensors.length})` : ''}`, columns: ['tensor', 'type', 'shape', 'bytes'], rows: tensors.slice(0, MAX_TENSORS).map(({ name, dtype, shape, begin, end }) => [shown(name, 120), dtype.replace('other:', ''), shape.join(' × '), end - begin]) }] as const;
  if (claimed !== undefined && layers.length > 0) report(UNUSED, { file, about: 'layers', title: `The configuration leaves ${layerNumbers(layers)} of the weights out (counted from 0; ${claimed.key} is ${claimed.value}): ${layers.length} tensors that the model does not use`, location: { key: claimed.key }, sure: 'resolved', evidence: listed(layers) });
  if (others.length > 0) report(UNUSED, { file, about: 'others', title: `${others.length === 1 ? 'A tensor' : `${others.length} tensors`} that no part of this architecture reads: ${firstOf(others.map(({ name }) => name))}`, severity: 'low', sure: 'resolved', evidence: listed(others) });
}

function reportUnfit(artifact: Artifact, file: { readonly path: string; readonly root: string }, report: Report): void {
  const why = unfitWeights(artifact);
  if (why === undefined) return;
  const { field = 'weights', expected = 'a valid value', actual = 'nothing' } = why;
  const place = why.file === undefined ? file : { path: why.file, root: why.file };
  report(UNFIT, { file: place, about: field, title: `${shown(field, 120)}: expected ${shown(expected, 80)}, found ${shown(actual, 80)}`, sure: 'resolved', evidence: [{ kind: 'fields', title: 'The first that does not fit', rows: [{ field, ...(why.offset === undefined ? {} : { offset: why.offset }), expected, found: actual }] }] });
}

function gather({ artifact, inspection }: AnalysisContext): readonly Claim[] {
  const card = readBy(inspection, textInspector).find(({ file }) => file.depth === 0 && /^readme\.md$/i.test(baseName(file.path)))?.content;
  const named = artifact.config?.['_name_or_path'];
  const general = artifact.metadata?.['general.name'];
  return claimsOf({
    config: artifact.config,
    configFile: artifact.kind === 'gguf' ? 'GGUF metadata' : 'config.json',
    tokenizer: artifact.tokenizer,
    card,
    names: [named, general, artifact.name].filter((name) => typeof name === 'string'),
    tensors: tensorPlaces(inspection),
  });
}
