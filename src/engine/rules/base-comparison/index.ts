// Rules on a model beside the one it says it was made from (`--base`): tensor by tensor. A fine-tune changes most tensors a
// little; a planted edit (ROME, BadEdit) changes very few, often along one direction.
import type { Digests } from '../../artifact/digests/digests.ts';
import { tensorPlaces } from '../../artifact/digests/tensor-places.ts';
import type { Inspection } from '../../artifact/inspect/inspection.ts';
import type { Evidence } from '../../core/finding.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { compareTokenizers, hasTokenizer, type TokenizerChange } from './vocabularies.ts';
import { compareTensors, type ComparedTensor, type Comparison, type TensorChange } from './compare.ts';

const SUMMARY: Rule = {
  id: 'ASY-PRV-010',
  title: 'Compared with the base model, tensor by tensor',
  severity: 'info',
  misses: 'Tensors are matched by name; quantised ones and integers are only told same or different.',
  references: [],
  remedy: 'Nothing to do: read the table.',
};

const EDIT: Rule = {
  id: 'ASY-PRV-011',
  title: 'Very few tensors differ from the base model',
  severity: 'medium',
  misses: 'An edit spread over many tensors looks like a fine-tune; a harmless patch of one tensor looks like an edit.',
  references: ['AML.T0018.000'],
  remedy: 'Ask why these tensors alone were changed. Audit both models and compare their answers.',
};

const WORDS: Rule = {
  id: 'ASY-PRV-012',
  title: 'The tokenizer differs from the base model’s',
  severity: 'medium',
  misses: 'Tokenizers are compared where both are a tokenizer.json. A vocabulary that was made anew differs everywhere and is told as such.',
  references: ['AML.T0018.000'],
  remedy: 'Use the base model’s tokenizer, or ask why words were given other ids or text is treated in another way.',
};

/** Of the vocabulary: more than this and it was made anew. */
const FEW_WORDS = 0.01;

/** Fewer tensors than this say nothing about few and many. */
const ENOUGH_TENSORS = 20;
const FEW_SHARE = 0.05;
const ONE_DIRECTION = 0.9;
const SHOWN = 200;

export const baseComparison = analysisOf({
  id: 'base-comparison',
  label: 'Comparison with the base',
  limits: 'Tensors of safetensors, GGUF, ONNX and torch archives, by name; torch files from before 1.6, HDF5 and compressed members are not compared. Says where and how much two models differ, not what the difference does.',
  rules: [SUMMARY, EDIT, WORDS],
  needsDigests: true,
  inapplicable: ({ inspection, base }) => {
    if (base === undefined) return 'a base model was not given';
    if ((tensorPlaces(inspection).length === 0 || tensorPlaces(base.inspection).length === 0) && !(hasTokenizer(inspection) && hasTokenizer(base.inspection))) return 'no tensors and no tokenizers that can be compared in one of the two';
    return undefined;
  },
  async check({ artifact, inspection, digests, base, signal }, report) {
    if (base === undefined) return;
    reportTokenizer(compareTokenizers(inspection, base.inspection), base.name, report);
    if (tensorPlaces(inspection).length === 0 || tensorPlaces(base.inspection).length === 0) return;
    const subject = comparedTensors(inspection, digests);
    const comparison = await compareTensors(subject, comparedTensors(base.inspection, base.digests), signal);
    const { added, removed, reshaped, changed, same } = comparison;
    const path = subject.values().next().value?.source.path ?? artifact.name;
    const file = { path, root: path };
    report(SUMMARY, { file, about: base.name, title: `Beside ${shown(base.name, 60)}: ${same} tensors are the same, ${changed.length} changed, ${reshaped.length} reshaped, ${added.length} added, ${removed.length} removed`, sure: 'read', evidence: tables(comparison) });
    const compared = same + changed.length;
    if (compared < ENOUGH_TENSORS || changed.length === 0 || changed.length > Math.max(1, compared * FEW_SHARE)) return;
    const thin = changed.filter(({ firstDirection }) => (firstDirection ?? 0) >= ONE_DIRECTION);
    const names = changed.slice(0, 3).map(({ name }) => shown(name, 60)).join(', ');
    report(EDIT, {
      file,
      about: 'few',
      location: { tensor: changed[0]?.name ?? '' },
      title: `${changed.length} of ${compared} tensors differ from the base${thin.length > 0 ? `, ${thin.length} of them along one direction (a rank-one edit)` : ''}: ${names}`,
      severity: thin.length > 0 ? 'high' : 'medium',
      sure: 'inferred',
      evidence: tables(comparison),
    });
  },
});

function reportTokenizer(change: TokenizerChange | undefined, base: string, report: Report): void {
  if (change === undefined) return;
  const { file, moved, same, added, removed, steps } = change;
  if (moved.length + removed.length + steps.length + added.length === 0) return;
  const few = moved.length > 0 && moved.length <= Math.max(2, (same + moved.length) * FEW_WORDS);
  const words = moved.slice(0, 4).map(({ token }) => JSON.stringify(shown(token, 40))).join(', ');
  report(WORDS, {
    file,
    about: base,
    title: few ? `${moved.length} tokens have other ids than in ${shown(base, 60)}: ${words}` : `The tokenizer beside ${shown(base, 60)}: ${moved.length} tokens with other ids, ${added.length} added, ${removed.length} removed${steps.length === 0 ? '' : `; ${steps.join(', ')} differ`}`,
    // Added tokens are what fine-tunes do; a vocabulary made anew is another model's.
    severity: few ? 'high' : steps.length > 0 && moved.length === 0 && removed.length === 0 ? 'medium' : 'info',
    sure: 'read',
    evidence: [{ kind: 'table', title: 'Tokens with other ids', columns: ['token', 'in the base', 'here'], rows: moved.slice(0, SHOWN).map(({ token, from, to }) => [shown(token, 80), from, to]) }, { kind: 'text', title: 'Added and removed', text: shown([...added.slice(0, 40).map((token) => `+ ${token}`), ...removed.slice(0, 40).map((token) => `- ${token}`), ...steps.map((step) => `${step} differs`)].join('\n') || 'none', 1500) }],
  });
}

/** The first tensor of each name; with its digest where the pass gave it one. */
function comparedTensors(inspection: Inspection, digests: Digests | undefined): Map<string, ComparedTensor> {
  const known = new Map((digests?.tensors ?? []).map(({ file, name, sha256 }) => [`${file}\0${name}`, sha256]));
  const tensors = new Map<string, ComparedTensor>();
  for (const place of tensorPlaces(inspection)) {
    const sha256 = known.get(`${place.file}\0${place.name}`);
    if (!tensors.has(place.name)) tensors.set(place.name, { ...place, ...(sha256 === undefined ? {} : { sha256 }) });
  }
  return tensors;
}

function tables({ added, removed, reshaped, changed }: Comparison): Evidence[] {
  const names = [...added.map((name) => ['added', name, '']), ...removed.map((name) => ['removed', name, '']), ...reshaped.map(({ name, from, to }) => ['reshaped', name, `${from} -> ${to}`])];
  return [
    ...(changed.length === 0 ? [] : [{ kind: 'table', title: `Changed tensors, most first${changed.length > SHOWN ? ` (${SHOWN} of ${changed.length})` : ''}`, columns: ['tensor', 'shape', 'relative change', 'L2', 'largest', 'elements changed', 'busiest row', 'first direction'], rows: changed.slice(0, SHOWN).map(rowOf) } as const]),
    ...(names.length === 0 ? [] : [{ kind: 'table', title: 'Added, removed, reshaped', columns: ['what', 'tensor', 'shape'], rows: names.slice(0, SHOWN).map((row) => row.map((cell) => shown(cell, 120))) } as const]),
  ];
}

function rowOf({ name, shape, relative, l2, largest, changed, rowFocus, firstDirection }: TensorChange): (string | number)[] {
  return [shown(name, 120), shape.join(' x '), number(relative), number(l2), number(largest), number(changed), number(rowFocus), number(firstDirection)];
}

function number(value: number | undefined): string | number {
  if (value === undefined || Number.isNaN(value)) return 'not read';
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 'from zero';
}
