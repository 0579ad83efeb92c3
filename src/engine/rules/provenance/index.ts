// Rules on what a model says of itself beside what it is. Ordinary repositories disagree with themselves (a configuration copied
// along, weights saved in another format): what does not fit is told, and is no suspicion by itself.
import { tensorPlaces } from '../../artifact/digests/tensor-places.ts';
import { baseName } from '../../artifact/formats/reader.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import type { AnalysisContext } from '../../audit/analysis.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';
import { claimsOf, type Claim } from './claims.ts';

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

export const provenance = analysisOf({
  id: 'provenance',
  label: 'Claims beside facts',
  limits: 'Configuration, tokenizer, model card and names beside the tensors of safetensors, GGUF, ONNX and torch archives. Fits, or does not; never proves who made it.',
  rules: [CLAIMS, MISFIT],
  inapplicable: (context) => (gather(context).length === 0 ? 'no claims that tensors could bear out' : undefined),
  async check(context, report) {
    const claims = gather(context);
    const path = context.artifact.files.find(({ source }) => baseName(source.path) === 'config.json')?.source.path ?? context.artifact.files[0]?.source.path ?? context.artifact.name;
    const file = { path, root: path };
    const rows = claims.map(({ about, where, says, is, fits }) => [about, shown(where, 80), shown(says, 80), shown(is, 80), fits === undefined ? 'not verified' : fits ? 'fits' : 'does not fit']);
    const evidence = [{ kind: 'table', title: 'Claims and facts', columns: ['what', 'said where', 'says', 'is', ''], rows }] as const;
    const misfits = claims.filter(({ fits }) => fits === false);
    report(CLAIMS, { file, about: 'claims', title: `${claims.filter(({ fits }) => fits === true).length} of ${claims.length} things that the model says of itself fit its weights${misfits.length > 0 ? `, ${misfits.length} do not` : ''}`, sure: 'read', evidence });
    for (const claim of misfits) report(MISFIT, { file, about: claim.about, title: `${claim.about}: says ${shown(claim.says, 60)} (${shown(claim.where, 60)}), is ${shown(claim.is, 60)}`, sure: 'read', evidence });
  },
});

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
