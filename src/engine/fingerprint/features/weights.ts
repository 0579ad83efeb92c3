// Statistics of the tapped layers on the reference inputs and of the stored weights, of one length for every model: moments,
// sparsity, spectrum of the similarities; of the head, how much one class stands out by norm, bias or angle; of the first layer,
// how much one place of the input stands out (a patch trigger leaves weight where clean inputs are blank).
import type { LayerWeights, ModelTrace } from '../extract/trace.ts';
import { symmetricEigen } from '../linear/symmetric-eigen.ts';
import type { Feature } from './feature.ts';
import { similarities } from './similarities.ts';

const TAP_NAMES = ['third last layer', 'second last layer', 'penultimate layer'] as const;
const SPECTRUM = 4;
/** Of the head: pairs of more classes than these take too long. */
const MOST_PAIRED = 256;

export function weightFeatures(trace: ModelTrace): Feature[] {
  return [...TAP_NAMES.flatMap((name, index) => tapFeatures(trace, name, trace.taps.length - TAP_NAMES.length + index)), ...headFeatures(trace), ...firstLayerFeatures(trace)];
}

function tapFeatures(trace: ModelTrace, name: string, index: number): Feature[] {
  const tap = trace.taps[index];
  const values = tap?.values ?? new Float32Array();
  const { mean, deviation, kurtosis } = moments(values);
  const units = values.length / trace.inputs;
  const silent = tap === undefined ? 0 : countSilent(values, units) / units;
  const spectrum = tap === undefined ? [] : spectrumOf(similarities(tap, trace.inputs), trace.inputs);
  return [
    { name: `${name}: mean against deviation`, value: deviation === 0 ? 0 : mean / deviation },
    { name: `${name}: kurtosis`, value: Math.log(1 + Math.max(0, kurtosis)) },
    { name: `${name}: zeros`, value: values.length === 0 ? 0 : values.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0) / values.length },
    { name: `${name}: silent units`, value: silent },
    ...Array.from({ length: SPECTRUM }, (_, i) => ({ name: `${name}: share of direction ${i + 1}`, value: spectrum[i] ?? 0 })),
  ];
}

function countSilent(values: Float32Array, units: number): number {
  const active = new Uint8Array(units);
  values.forEach((value, at) => { if (value > 0) active[at % units] = 1; });
  return units - active.reduce((sum, value) => sum + value, 0);
}

/** Shares of the leading eigenvalues. */
function spectrumOf(cosine: Float64Array, inputs: number): number[] {
  const { values } = symmetricEigen({ rows: inputs, cols: inputs, data: cosine });
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  return total === 0 ? [] : [...values.subarray(0, SPECTRUM)].map((value) => value / total);
}

function headFeatures({ layers, classes }: ModelTrace): Feature[] {
  const rows = rowsOfHead(layers.at(-1), classes);
  const norms = rows.map((row) => Math.sqrt(dot(row, row)));
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  const biases = layers.at(-1)?.biases;
  const directions = rows.map((row, i) => row.map((value) => value / Math.max(1e-12, norms[i] ?? 0)));
  const together = new Float64Array(rows[0]?.length ?? 0);
  for (const direction of directions) direction.forEach((value, at) => (together[at] = (together[at] ?? 0) + value));
  const meanAngle = directions.map((direction) => (dot(direction, together) - dot(direction, direction)) / Math.max(1, rows.length - 1));
  const [mostAlike, mostUnlike] = pairRange(directions.filter((_, label) => rows.length <= MOST_PAIRED || Math.floor((label * MOST_PAIRED) / rows.length) !== Math.floor(((label - 1) * MOST_PAIRED) / rows.length)));
  return [
    ...standOut('head: norm', norms),
    ...standOut('head: sum of weights', sums),
    ...standOut('head: bias', biases === undefined ? [] : [...biases]),
    ...standOut('head: mean angle to the other classes', meanAngle),
    { name: 'head: most alike pair', value: mostAlike },
    { name: 'head: most unlike pair', value: mostUnlike },
    { name: 'head: kurtosis', value: Math.log(1 + Math.max(0, moments(layers.at(-1)?.values ?? new Float32Array()).kurtosis)) },
  ];
}

/** Largest and smallest cosine of two of these; 0 where there is no pair. */
function pairRange(directions: readonly Float64Array[]): readonly [number, number] {
  let [most, least] = [-Infinity, Infinity];
  directions.forEach((direction, i) => {
    for (const other of directions.slice(0, i)) {
      const cosine = dot(direction, other);
      most = Math.max(most, cosine);
      least = Math.min(least, cosine);
    }
  });
  return directions.length < 2 ? [0, 0] : [most, least];
}

/** One row a class, whichever way the matrix is stored; none where its size does not say. */
function rowsOfHead(layer: LayerWeights | undefined, classes: number): Float64Array[] {
  const [a = 0, b = 0] = layer?.weightDims ?? [];
  if (layer === undefined || (a !== classes && b !== classes)) return [];
  const inner = layer.values.length / classes;
  return Array.from({ length: classes }, (_, label) => Float64Array.from({ length: inner }, (__, i) => layer.values[a === classes ? label * inner + i : i * classes + label] ?? 0));
}

/** How far the highest and the lowest stand from the others, in deviations of the others. */
function standOut(name: string, values: readonly number[]): Feature[] {
  const sorted = [...values].sort((a, b) => a - b);
  const distance = (extreme: number | undefined, others: readonly number[]): number => {
    const { mean, deviation } = moments(Float32Array.from(others));
    return extreme === undefined || others.length < 2 ? 0 : (extreme - mean) / (deviation + 1e-6 + 0.01 * Math.abs(mean));
  };
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  return [
    { name: `${name}, highest`, value: distance(sorted.at(-1), sorted.slice(0, -1)) },
    { name: `${name}, lowest`, value: distance(sorted[0], sorted.slice(1)) },
    { name: `${name}, mean`, value: mean },
  ];
}

function firstLayerFeatures({ layers, shape }: ModelTrace): Feature[] {
  const first = layers[0];
  const size = shape.reduce((product, dim) => product * dim, 1);
  const { deviation, kurtosis } = moments(first?.values ?? new Float32Array());
  const places = first === undefined ? [] : inputNorms(first, size);
  const { mean: placeMean, deviation: placeDeviation } = moments(Float32Array.from(places));
  const sorted = [...places].sort((a, b) => b - a);
  return [
    { name: 'first layer: deviation', value: deviation },
    { name: 'first layer: kurtosis', value: Math.log(1 + Math.max(0, kurtosis)) },
    { name: 'first layer: place of the input that stands out most', value: places.length < 2 || placeDeviation === 0 ? 0 : ((sorted[0] ?? 0) - placeMean) / placeDeviation },
    { name: 'first layer: share of the strongest hundredth of places', value: share(sorted) },
  ];
}

/** Length of the weights that each input value feeds: dense first layers only, [size, units] or [units, size]. */
function inputNorms({ values, weightDims, operator }: LayerWeights, size: number): number[] {
  const [a = 0, b = 0] = weightDims;
  if (operator === 'Conv' || (a !== size && b !== size)) return [];
  const units = values.length / size;
  return Array.from({ length: size }, (_, place) => {
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += (values[b === size ? unit * size + place : place * units + unit] ?? 0) ** 2;
    return Math.sqrt(sum);
  });
}

function share(sorted: readonly number[]): number {
  const total = sorted.reduce((sum, value) => sum + value * value, 0);
  const top = sorted.slice(0, Math.max(1, Math.round(sorted.length / 100)));
  return total === 0 ? 0 : top.reduce((sum, value) => sum + value * value, 0) / total;
}

function moments(values: Float32Array): { readonly mean: number; readonly deviation: number; readonly kurtosis: number } {
  if (values.length === 0) return { mean: 0, deviation: 0, kurtosis: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [second, fourth] = [0, 0];
  for (const value of values) {
    const squared = (value - mean) ** 2;
    second += squared / values.length;
    fourth += squared ** 2 / values.length;
  }
  return { mean, deviation: Math.sqrt(second), kurtosis: second === 0 ? 0 : fourth / second ** 2 };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
