// Whether a constant tensor looks learned. Learned weights mix what they are given; ones, one-hot rows, identities and a
// few repeated numbers pass it on or add it up, so what went in still says what comes out.
// Misleads where learned weights are ternary or nearly all zero, and where an attacker fills a matrix with noise.
import type { ByteSource } from '../../core/byte-source.ts';
import { elementCount } from '../../artifact/dtype.ts';
import type { OnnxTensorInfo } from '../../graph/onnx-reader.ts';
import { readValues } from '../../graph/onnx-values.ts';

export const WEIGHT_LIMITS = {
  /** Values looked at. */
  sample: 2048,
  /** Smaller tensors are constants of the graph and not weights. */
  fewestLearned: 16,
  /** Values that are kept, so that axes, indices and thresholds can be told. */
  kept: 64,
} as const;

export interface ConstantInfo {
  readonly dims: readonly number[];
  /** The first values; undefined where they could not be read. */
  readonly values: readonly number[] | undefined;
  readonly learned: boolean;
  /** A table that is zero, or one number, but for a few entries: looking up in it is a comparison. */
  readonly selects: boolean;
  /** A matrix with few columns that each read one or two of many rows: it takes places out of what it is multiplied with. */
  readonly takesPlaces?: boolean;
}

export async function describeConstant(source: ByteSource, tensor: OnnxTensorInfo, external: ByteSource | undefined): Promise<ConstantInfo> {
  const count = elementCount(tensor.dims) ?? Number.POSITIVE_INFINITY;
  const sample = await readValues(source, tensor, WEIGHT_LIMITS.sample, external);
  const values = sample !== undefined && sample.length >= Math.min(count, 1) ? sample : undefined;
  // Weights that are not at hand (a missing external file) are taken for what they most often are.
  const learned = values === undefined ? count >= WEIGHT_LIMITS.fewestLearned : looksLearned(values);
  return { dims: tensor.dims, values: values?.slice(0, WEIGHT_LIMITS.kept), learned, selects: values !== undefined && !learned && looksSelecting(values), takesPlaces: values !== undefined && values.length >= count && takesPlaces(tensor.dims, values) };
}

export function looksLearned(values: readonly number[]): boolean {
  if (values.length < WEIGHT_LIMITS.fewestLearned) return false;
  const distinct = new Set(values);
  const commonest = shareOfCommonest(values);
  return distinct.size >= Math.min(12, values.length / 2) && commonest < 0.9;
}

function looksSelecting(values: readonly number[]): boolean {
  return values.length >= WEIGHT_LIMITS.fewestLearned && new Set(values).size > 1 && shareOfCommonest(values) >= 0.9;
}

/** Weights of a model of a few inputs: hardly two alike, none of them nought. */
export function isSmallLearned({ dims, values }: ConstantInfo): boolean {
  const count = dims.reduce((product, size) => product * size, 1);
  if (dims.length !== 2 || values === undefined || count < FEWEST_SMALL || count >= WEIGHT_LIMITS.fewestLearned || values.length < count) return false;
  return !values.includes(0) && new Set(values.map(Math.abs)).size >= 0.75 * count;
}

const FEWEST_SMALL = 4;

function takesPlaces([rows = 0, columns = 0, ...more]: readonly number[], values: readonly number[]): boolean {
  if (more.length > 0 || Math.min(rows, columns) > MOST_TAKEN || Math.max(rows, columns) < FEWEST_PLACES) return false;
  const used = values.filter((value) => value !== 0).length;
  return used > 0 && used <= MOST_TAKEN;
}

/** Of so many places not more are taken one by one. */
const MOST_TAKEN = 4;
const FEWEST_PLACES = 8;

function shareOfCommonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  let most = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    most = Math.max(most, count);
  }
  return values.length === 0 ? 0 : most / values.length;
}
