// A reference set from JSON text that somebody else may have written: every field checked, sizes limited.
import { insteadOfJson } from '../../artifact/text.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { MAX_SEED } from '../../core/random.ts';
import { EXAMPLE_LIMITS } from '../extract/examples.ts';
import { FEATURE_SETS } from '../features/feature-sets.ts';
import type { FeatureNames, Fingerprint, Signature } from '../fingerprint.ts';
import { distinctModels, LEAST_MODELS, REFERENCE_SCHEMA, type ReferenceSet } from './reference-set.ts';

/** CWE-770: sets beyond these are not opened. */
const REFERENCE_LIMITS = { bytes: 256 * 2 ** 20, models: 5000, features: 100_000, nameLength: 400 } as const;
const KINDS = ['image', 'tabular', 'text'] as const;
/** Squares of larger ones are none in double precision, or drown all others. */
const LARGEST = 1e60;

export function parseReferenceSet(text: string, file: string): ReferenceSet {
  const fail = (field: string, expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'reference set', file, field, expected, actual: actual.slice(0, 80) });
  if (text.length > REFERENCE_LIMITS.bytes) throw new ArtifactError({ code: 'limit-exceeded', format: 'reference set', file, field: 'bytes', expected: `at most ${REFERENCE_LIMITS.bytes}`, actual: String(text.length) });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw fail('file', 'JSON', insteadOfJson(text, error));
  }
  const record = (value: unknown, field: string): Readonly<Record<string, unknown>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail(field, 'an object', typeof value);
    return value as Readonly<Record<string, unknown>>;
  };
  const list = (value: unknown, field: string, most: number): readonly unknown[] => {
    if (!Array.isArray(value) || value.length > most) throw fail(field, `a list of at most ${most}`, Array.isArray(value) ? String(value.length) : typeof value);
    return value;
  };
  const name = (value: unknown, field: string): string => {
    if (typeof value !== 'string' || value.length > REFERENCE_LIMITS.nameLength) throw fail(field, `a text of at most ${REFERENCE_LIMITS.nameLength} characters`, typeof value);
    return value;
  };
  const whole = (value: unknown, field: string, most: number): number => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) throw fail(field, `a whole number up to ${most}`, told(value));
    return value;
  };
  const numbers = (value: unknown, field: string): readonly number[] =>
    list(value, field, REFERENCE_LIMITS.features).map((entry) => {
      if (typeof entry !== 'number' || !(Math.abs(entry) <= LARGEST)) throw fail(field, `finite numbers of at most ${LARGEST}`, told(entry));
      return entry;
    });
  const signature = (value: unknown, field: string): Signature => {
    const { kind, shape, classes, taps } = record(value, field);
    const found = KINDS.find((candidate) => candidate === kind);
    if (found === undefined) throw fail(`${field}.kind`, KINDS.join(', '), told(kind));
    const dims = (entry: unknown, where: string): readonly number[] => list(entry, where, 16).map((dim) => whole(dim, where, 2 ** 31));
    return {
      kind: found,
      shape: dims(shape, `${field}.shape`),
      classes: whole(classes, `${field}.classes`, 1_000_000),
      taps: list(taps, `${field}.taps`, 64).map((tap, i) => {
        const { tensor, dims: size } = record(tap, `${field}.taps[${i}]`);
        return { tensor: name(tensor, `${field}.taps[${i}].tensor`), dims: dims(size, `${field}.taps[${i}].dims`) };
      }),
    };
  };
  const root = record(parsed, 'file');
  if (root['schema'] !== REFERENCE_SCHEMA) throw fail('schema', REFERENCE_SCHEMA, told(root['schema']));
  const rawNames = record(root['names'], 'names');
  const names = Object.fromEntries(FEATURE_SETS.map((set) => [set, list(rawNames[set], `names.${set}`, REFERENCE_LIMITS.features).map((entry) => name(entry, `names.${set}`))])) as unknown as FeatureNames;
  const models = list(root['models'], 'models', REFERENCE_LIMITS.models).map((entry, i): Fingerprint => {
    const where = `models[${i}]`;
    const model = record(entry, where);
    const rawFeatures = record(model['features'], `${where}.features`);
    const features = Object.fromEntries(FEATURE_SETS.map((set) => [set, numbers(rawFeatures[set], `${where}.features.${set}`)])) as unknown as Fingerprint['features'];
    const noGradients = model['noGradients'];
    return { name: name(model['name'], `${where}.name`), sha256: name(model['sha256'], `${where}.sha256`), signature: signature(model['signature'], `${where}.signature`), features, ...(noGradients === undefined ? {} : { noGradients: name(noGradients, `${where}.noGradients`) }) };
  });
  const distinct = distinctModels(models).length;
  if (distinct < LEAST_MODELS) throw fail('models', `at least ${LEAST_MODELS} that differ`, String(distinct));
  const taps = root['taps'];
  const examples = root['examples'];
  return {
    schema: REFERENCE_SCHEMA,
    name: name(root['name'], 'name'),
    version: whole(root['version'], 'version', 1e9),
    publicSeed: whole(root['publicSeed'], 'publicSeed', MAX_SEED),
    secretSeed: whole(root['secretSeed'], 'secretSeed', MAX_SEED),
    gradients: root['gradients'] === true,
    ...(taps === undefined ? {} : { taps: list(taps, 'taps', 64).map((tap) => name(tap, 'taps')) }),
    ...(examples === undefined ? {} : { examples: list(examples, 'examples', EXAMPLE_LIMITS.rows).map((row) => numbers(row, 'examples')) }),
    names,
    models,
  };
}

export function writeReferenceSet(set: ReferenceSet): string {
  return `${JSON.stringify(set)}\n`;
}

/** For messages: JSON's objects need not be convertible to text. */
function told(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object or a list' : String(value);
}
