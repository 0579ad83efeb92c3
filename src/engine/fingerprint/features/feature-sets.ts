// From a trace to numbers: six sets of features, each a fixed list of named values.
// `source`: penultimate activations on the reference inputs, entropy, largest probability, margin, gradient norms. Hidden units
//   of independently trained models are not aligned, so these compare models of one lineage, not of different seeds.
// `outputs`: class probabilities, which are aligned. `similarity`: how alike the penultimate layer finds each pair of inputs,
//   whatever the order of its units. These three need models of one shape of input and (outputs, source) of output.
// `responses` and `weights` are ours and of one length for every model; `behaviour` is both.
import type { ModelTrace } from '../extract/trace.ts';
import type { Feature } from './feature.ts';
import { responseFeatures } from './responses.ts';
import { similarities } from './similarities.ts';
import { weightFeatures } from './weights.ts';

export const FEATURE_SETS = ['behaviour', 'responses', 'weights', 'outputs', 'similarity', 'source'] as const;
export type FeatureSetId = (typeof FEATURE_SETS)[number];

export const FEATURE_SET_LABELS: Readonly<Record<FeatureSetId, string>> = {
  behaviour: 'Behaviour',
  responses: 'Responses to probes',
  weights: 'Layers and weights',
  outputs: 'Outputs',
  similarity: 'Similarity of inputs',
  source: 'Activations',
};

export const FEATURE_SET_NOTES: Readonly<Record<FeatureSetId, string>> = {
  behaviour: 'responses and weights together; comparable between models of different shapes',
  responses: 'how outputs and layers move when inputs are changed by the secret probe set',
  weights: 'statistics of layers and of the stored weights',
  outputs: 'class probabilities on the reference inputs',
  similarity: 'how alike the penultimate layer finds each pair of reference inputs',
  source: 'penultimate activations, entropy, largest probability, margin, gradient norms: aligned only for models of one lineage',
};

/** Sets whose numbers mean the same for models of any shape. */
export const PORTABLE: ReadonlySet<FeatureSetId> = new Set(['behaviour', 'responses', 'weights']);
/** Sets of mixed units: each feature is scaled by the reference's own spread before a detector sees it. */
export const SCALED: ReadonlySet<FeatureSetId> = new Set(['behaviour', 'responses', 'weights']);

export interface Features {
  readonly names: readonly string[];
  readonly values: Float32Array;
}

/** Units of a layer that are kept one by one; wider ones are averaged over neighbours. */
const MAX_UNITS = 128;
/** Class probabilities that are kept one by one; of more classes, neighbours are averaged. */
const MAX_OUTPUTS = 20_000;

export function featuresOf(trace: ModelTrace): Readonly<Record<FeatureSetId, Features>> {
  const responses = collect(responseFeatures(trace));
  const weights = collect(weightFeatures(trace));
  return {
    behaviour: { names: [...responses.names, ...weights.names], values: Float32Array.of(...responses.values, ...weights.values) },
    responses,
    weights,
    outputs: collect(outputFeatures(trace)),
    similarity: collect(similarityFeatures(trace)),
    source: collect(sourceFeatures(trace)),
  };
}

function collect(features: readonly Feature[]): Features {
  return { names: features.map(({ name }) => name), values: Float32Array.from(features, ({ value }) => (Number.isFinite(value) ? value : 0)) };
}

function outputFeatures({ probabilities, classes, inputs }: ModelTrace): Feature[] {
  const { units, values } = narrow(probabilities, inputs, Math.max(MAX_UNITS, Math.floor(MAX_OUTPUTS / inputs)));
  const first = (column: number): number => Math.floor((column * classes) / units);
  const named = (column: number): string => (first(column + 1) - first(column) > 1 ? `mean of classes ${first(column)} to ${first(column + 1) - 1}` : `class ${first(column)}`);
  return Array.from({ length: inputs * units }, (_, at) => ({ name: `${named(at % units)} on input ${Math.floor(at / units)}`, value: values[at] ?? 0 }));
}

function sourceFeatures(trace: ModelTrace): Feature[] {
  const { probabilities, classes, inputs, gradientNorms } = trace;
  const last = trace.taps.at(-1);
  const activations = last === undefined ? undefined : narrow(last.values, inputs, MAX_UNITS);
  const features: Feature[] = [];
  for (let input = 0; input < inputs; input++) {
    if (activations !== undefined) for (let unit = 0; unit < activations.units; unit++) features.push({ name: `unit ${unit} on input ${input}`, value: activations.values[input * activations.units + unit] ?? 0 });
    const row = Array.from(probabilities.subarray(input * classes, (input + 1) * classes)).sort((a, b) => b - a);
    features.push({ name: `entropy on input ${input}`, value: row.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0) });
    features.push({ name: `largest probability on input ${input}`, value: row[0] ?? 0 });
    features.push({ name: `margin on input ${input}`, value: (row[0] ?? 0) - (row[1] ?? 0) });
    if (typeof gradientNorms !== 'string' && input < gradientNorms.length) features.push({ name: `gradient norm on input ${input}`, value: gradientNorms[input] ?? 0 });
  }
  return features;
}

function similarityFeatures(trace: ModelTrace): Feature[] {
  const last = trace.taps.at(-1);
  if (last === undefined) return [];
  const cosine = similarities(last, trace.inputs);
  const features: Feature[] = [];
  for (let i = 0; i < trace.inputs; i++) for (let j = 0; j < i; j++) features.push({ name: `inputs ${j} and ${i}`, value: cosine[i * trace.inputs + j] ?? 0 });
  return features;
}

/** Rows of at most `most` values: neighbours averaged where there are more. */
function narrow(values: Float32Array, inputs: number, most: number): { readonly units: number; readonly values: Float32Array } {
  const wide = values.length / inputs;
  if (wide <= most) return { units: wide, values };
  const made = new Float32Array(inputs * most);
  for (let input = 0; input < inputs; input++) {
    for (let unit = 0; unit < most; unit++) {
      const [begin, end] = [Math.floor((unit * wide) / most), Math.floor(((unit + 1) * wide) / most)];
      made[input * most + unit] = values.subarray(input * wide + begin, input * wide + end).reduce((sum, value) => sum + value, 0) / (end - begin);
    }
  }
  return { units: most, values: made };
}
