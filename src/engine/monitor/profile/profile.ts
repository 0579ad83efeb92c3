// The baseline of a model version, as a file: "assay-baseline/1". Everything a check needs and nothing that would let
// rows be read back, except the sampled feature vectors and the n-grams of prompts that more than one row holds.
import { describeJson, insteadOfJson } from '../../artifact/text.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Milliseconds } from '../../core/units.ts';
import type { ColumnMapping } from '../log/columns.ts';
import type { Family } from './families.ts';
import type { FeatureSpace } from './feature-space.ts';
import type { Distribution } from './log-histogram.ts';

export const BASELINE_SCHEMA = 'assay-baseline/1';

export interface Profile {
  readonly schema: typeof BASELINE_SCHEMA;
  readonly tool: { readonly name: string; readonly version: string };
  /** Whose predictions these are. A check of another hash is refused. */
  readonly model: { readonly name?: string; readonly sha256?: string };
  readonly log: { readonly name: string; readonly rows: number; readonly malformed: number; readonly from?: Milliseconds; readonly to?: Milliseconds };
  readonly mapping: ColumnMapping;
  /** How surely the true rates lie inside the bands, all of them together. */
  readonly bandLevel: number;
  readonly classes: { readonly labels: readonly string[]; readonly counts: readonly number[] };
  /** Of all predictions; `unlikeliness` is 1 - confidence, which keeps its digits near certainty. */
  readonly value?: Distribution;
  readonly unlikeliness?: { readonly all: Distribution; readonly byClass: readonly Distribution[] };
  readonly latency?: { readonly all: Distribution; readonly byClass: readonly Distribution[] };
  readonly cpu?: Distribution;
  readonly gpu?: Distribution;
  readonly memory?: Distribution;
  readonly families: readonly Family[];
  readonly features?: { readonly space: FeatureSpace; readonly sample: readonly (readonly number[])[]; readonly sampleOutputs: readonly number[] };
  readonly prompts?: PromptProfile;
  readonly sources?: { readonly labels: readonly string[]; readonly counts: readonly number[]; readonly distinct: number };
  /** Predictions by hour of the day, UTC. */
  readonly hours?: readonly number[];
}

export interface PromptProfile {
  readonly documents: number;
  /** n-grams that at least two documents hold: documents by class index, sparse. Others count as unseen. */
  readonly grams: readonly (readonly [string, readonly (readonly [number, number])[]])[];
  /** Documents by class. */
  readonly byClass: readonly number[];
}

/** A baseline file's content, checked as far as its use goes. */
export function parseProfile(text: string, file: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ArtifactError({ code: 'malformed', format: 'baseline', file, expected: 'JSON', actual: insteadOfJson(text, error) });
  }
  const wrong = (field: string, expected: string, actual: unknown): ArtifactError =>
    new ArtifactError({ code: 'malformed', format: 'baseline', file, field, expected, actual: describeJson(actual) });
  if (!isRecord(value)) throw wrong('', 'an object', value);
  if (value['schema'] !== BASELINE_SCHEMA) throw wrong('schema', BASELINE_SCHEMA, value['schema']);
  for (const field of ['model', 'log', 'mapping', 'classes'] as const) if (!isRecord(value[field])) throw wrong(field, 'an object', value[field]);
  const classes = value['classes'] as Record<string, unknown>;
  if (!isListOf(classes['labels'], 'string') || !isListOf(classes['counts'], 'number') || classes['labels'].length !== classes['counts'].length) throw wrong('classes', 'labels with as many counts', classes);
  const families = value['families'];
  if (!Array.isArray(families) || !families.every(isFamily)) throw wrong('families', 'a list of families with events', families);
  const features = value['features'];
  if (features !== undefined) {
    const space = isRecord(features) ? features['space'] : undefined;
    const rank = isRecord(space) ? Number(space['rank']) : Number.NaN;
    const dimensions = isRecord(space) ? Number(space['dimensions']) : Number.NaN;
    const fits = isRecord(space) && isListOf(space['mean'], 'number') && isListOf(space['components'], 'number') && isListOf(space['whitening'], 'number')
      && space['mean'].length === dimensions && space['components'].length === rank * dimensions && space['whitening'].length === rank * rank
      && (space['residualVariances'] === undefined || (isListOf(space['residualVariances'], 'number') && space['residualVariances'].length === dimensions));
    if (!fits) throw wrong('features.space', 'matrices that fit each other', 'others');
  }
  // The rest is read field by field where it is used; a missing part is a monitor that does not apply.
  return value as unknown as Profile;
}

function isFamily(value: unknown): boolean {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['monitor'] === 'string' && isRecord(value['rule']) && typeof value['trials'] === 'number'
    && Array.isArray(value['events']) && value['events'].every((event) => isRecord(event) && typeof event['hits'] === 'number' && typeof event['inflation'] === 'number' && event['inflation'] >= 1);
}

function isListOf(value: unknown, type: 'string' | 'number'): value is readonly unknown[] {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
