// A reference set: the fingerprints of models known to be clean, and how they were made, so that another model can be
// fingerprinted in the same way. Schema assay-fingerprints/1, JSON. Whoever has the file knows the secret seed: keep it from
// whoever trains the models.
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import { FEATURE_SET_LABELS, PORTABLE, type FeatureSetId } from '../features/feature-sets.ts';
import { sameSignature, type FeatureNames, type Fingerprint } from '../fingerprint.ts';

export const REFERENCE_SCHEMA = 'assay-fingerprints/1';
/** Fewer clean models say nothing about what is usual (the source's own minimum). */
export const LEAST_MODELS = 10;

export interface ReferenceSet {
  readonly schema: typeof REFERENCE_SCHEMA;
  readonly name: string;
  /** Counts up with every change of the set. */
  readonly version: number;
  readonly publicSeed: number;
  readonly secretSeed: number;
  /** Tensors tapped by name; absent where the default rule chose them. */
  readonly taps?: readonly string[];
  readonly gradients: boolean;
  /** The user's own inputs, shown to every model beside the seeded ones. */
  readonly examples?: readonly (readonly number[])[];
  readonly names: FeatureNames;
  readonly models: readonly Fingerprint[];
}

export type ReferenceRecipe = Pick<ReferenceSet, 'name' | 'publicSeed' | 'secretSeed' | 'gradients'> & Pick<ReferenceSet, 'taps' | 'examples'>;

export function buildReferenceSet(recipe: ReferenceRecipe, models: readonly Fingerprint[], names: FeatureNames, version = 1): ReferenceSet {
  const distinct = distinctModels(models);
  if (distinct.length < LEAST_MODELS) {
    const copies = models.length - distinct.length;
    throw new ArtifactError({ code: 'invalid-config', format: 'reference set', file: recipe.name, field: 'models', expected: `at least ${LEAST_MODELS} clean models: fewer do not tell what is usual among clean ones`, actual: `${distinct.length}${copies > 0 ? `; ${copies} more behave exactly like one of them` : ''}` });
  }
  const first = distinct[0];
  const other = distinct.find(({ signature }) => signature.kind !== first?.signature.kind);
  if (first !== undefined && other !== undefined) throw new ArtifactError({ code: 'shape-mismatch', format: 'reference set', file: recipe.name, field: 'models', expected: 'models of one kind of input: each kind needs a set of its own', actual: `${first.name} takes ${first.signature.kind} inputs, ${other.name} ${other.signature.kind} inputs` });
  const { name, publicSeed, secretSeed, gradients, taps, examples } = recipe;
  return { schema: REFERENCE_SCHEMA, name, version, publicSeed, secretSeed, gradients, ...(taps === undefined ? {} : { taps }), ...(examples === undefined ? {} : { examples }), names, models: distinct };
}

/** One of each: a copy under another name, or with another remark in its file, says nothing more of what is usual. */
export function distinctModels(models: readonly Fingerprint[]): readonly Fingerprint[] {
  const files = new Set<string>();
  const behaviours = new Set<string>();
  return models.filter(({ sha256, features }) => {
    const behaviour = features.behaviour.join();
    if ((sha256 !== '' && files.has(sha256)) || behaviours.has(behaviour)) return false;
    files.add(sha256);
    behaviours.add(behaviour);
    return true;
  });
}

/** What a reader of a score must know where no model of the reference has this one's shape; undefined where one has. */
export function noteOnShape({ models }: ReferenceSet, { signature }: Fingerprint): string | undefined {
  if (models.some((model) => sameSignature(model.signature, signature))) return undefined;
  return `no model of the reference takes [${signature.shape.join(', ')}] and tells ${signature.classes} classes: it may stand apart for that alone`;
}

/** Why a set of features cannot be compared between these models; undefined where it can. */
export function incomparable(reference: ReferenceSet, set: FeatureSetId, candidate?: Fingerprint): string | undefined {
  const [first] = reference.models;
  if (first === undefined) return 'the reference set is empty';
  const expected = first.features[set].length;
  const others = candidate === undefined ? reference.models : [candidate];
  if (expected === 0) return `${FEATURE_SET_LABELS[set]}: the models have no layer that can be tapped`;
  for (const other of others) {
    const who = candidate === undefined ? `${other.name} in the reference set` : other.name;
    if (!PORTABLE.has(set) && !sameSignature(first.signature, other.signature)) {
      return `${FEATURE_SET_LABELS[set]} needs one shape: ${who} takes [${other.signature.shape.join(', ')}] and has ${other.signature.classes} classes, ${first.name} [${first.signature.shape.join(', ')}] and ${first.signature.classes}. Behaviour compares models of different shapes.`;
    }
    if (other.features[set].length !== expected) return `${FEATURE_SET_LABELS[set]}: ${who} has ${other.features[set].length} features, ${first.name} ${expected}: their tapped layers differ. Behaviour compares models of different shapes.`;
    if (first.signature.kind !== other.signature.kind) return `${who} takes ${other.signature.kind} inputs, ${first.name} ${first.signature.kind} inputs: they are not comparable.`;
  }
  return undefined;
}

/** Which candidates can be compared in this set of features, and why the others cannot. */
export function splitComparable<T>(reference: ReferenceSet, candidates: readonly T[], set: FeatureSetId, modelOf: (candidate: T) => Fingerprint): { readonly comparable: readonly T[]; readonly aside: readonly { readonly name: string; readonly reason: ArtifactErrorFields }[] } {
  const judged = candidates.map((candidate) => ({ candidate, why: incomparable(reference, set, modelOf(candidate)) }));
  return {
    comparable: judged.flatMap(({ candidate, why }) => (why === undefined ? [candidate] : [])),
    aside: judged.flatMap(({ candidate, why }) => (why === undefined ? [] : [{ name: modelOf(candidate).name, reason: { code: 'shape-mismatch', format: 'fingerprint', file: modelOf(candidate).name, actual: why } as const }])),
  };
}

/** The next version of a set: models known to be clean go in, others come out. Candidates were fingerprinted with the set's own recipe. */
export function reviseReferenceSet(set: ReferenceSet, change: { readonly add?: readonly Fingerprint[]; readonly remove?: ReadonlySet<string>; readonly name?: string }): ReferenceSet {
  const names = new Set(change.add?.map(({ name }) => name));
  const models = [...set.models.filter(({ name }) => change.remove?.has(name) !== true && !names.has(name)), ...(change.add ?? [])];
  return buildReferenceSet({ ...set, name: change.name ?? set.name }, models, set.names, set.version + 1);
}

export interface ReferenceDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of one name, another fingerprint. */
  readonly changed: readonly string[];
  /** Recipes that differ: the sets are then not comparable model by model. */
  readonly recipe: readonly string[];
}

export function diffReferenceSets(before: ReferenceSet, after: ReferenceSet): ReferenceDiff {
  const old = new Map(before.models.map((model) => [model.name, model]));
  const now = new Map(after.models.map((model) => [model.name, model]));
  const same = (a: Fingerprint, b: Fingerprint): boolean => a.sha256 === b.sha256 && JSON.stringify(a.features.behaviour) === JSON.stringify(b.features.behaviour);
  const recipeOf = ({ publicSeed, secretSeed, gradients, taps, examples }: ReferenceSet): Record<string, string> => ({ examples: String(examples?.length ?? 0), 'public seed': String(publicSeed), 'secret seed': String(secretSeed), gradients: String(gradients), taps: taps?.join(', ') ?? 'default' });
  const [a, b] = [recipeOf(before), recipeOf(after)];
  return {
    added: [...now.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    changed: [...now].flatMap(([name, model]) => {
      const other = old.get(name);
      return other === undefined || same(other, model) ? [] : [name];
    }),
    recipe: Object.keys(a).flatMap((key) => (a[key] === b[key] ? [] : [`${key}: ${a[key] ?? ''} and ${b[key] ?? ''}`])),
  };
}
