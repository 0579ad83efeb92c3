// What a classifier sees in a picture, without and with a trigger on it: its first classes, which parts its answer hangs on
// (occlusion: Zeiler & Fergus 2014), and, of a vision transformer, where attention goes (rollout: Abnar & Zuidema 2020).
// How it can mislead: occlusion shows what changes when a part is covered with the picture's mean, which is itself an unusual
// picture; rollout shows where information may flow from, not what decides.
import type { CancelSignal } from '../../core/cancel.ts';
import type { ClassChance, PictureData, PicturesEvidence } from '../../core/finding.ts';
import { findAttentionProbabilities } from '../../graph/softmax-taps.ts';
import { softmaxRows, type ImageClassifier } from '../../runtime/classifier.ts';
import { fromPicture, toPicture } from './findings/evidence-image.ts';
import { concat } from './pictures/pixels.ts';
import { type Stamp, stamped } from './search/stamp.ts';

/** Values over a grid laid on the picture, row by row. */
export interface GridMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

export interface Sight {
  readonly picture: PictureData;
  /** Surest first. */
  readonly chances: readonly ClassChance[];
  /** Fall of the first class's probability when a part is covered, -1 to 1. */
  readonly occlusion: GridMap;
  /** Share of the class token's attention, undefined where the model has none that can be read. */
  readonly rollout: GridMap | undefined;
}

export interface Look {
  readonly without: Sight;
  readonly with: Sight | undefined;
}

const CHANCES_SHOWN = 5;
const MOST_CELLS = 14;

export async function lookAt(model: ImageClassifier, pixels: Float32Array, stamp: Stamp | undefined, signal: CancelSignal): Promise<Look> {
  const without = await see(model, pixels, signal);
  return { without, with: stamp === undefined ? undefined : await see(model, stamped(stamp, pixels), signal) };
}

async function see(model: ImageClassifier, pixels: Float32Array, signal: CancelSignal): Promise<Sight> {
  const p = softmaxRows(await model.scores({ kind: 'image', rows: 1, pixels }, signal), model.classes);
  const order = [...p.keys()].sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0) || a - b);
  const chances = order.slice(0, CHANCES_SHOWN).map((index) => ({ class: index, label: model.labels[index] ?? `class ${index}`, p: p[index] ?? 0 }));
  return { picture: toPicture(model.spec, pixels), chances, occlusion: await occlude(model, pixels, order[0] ?? 0, p[order[0] ?? 0] ?? 0, signal), rollout: await rollOut(model, pixels, signal) };
}

/** Squares of about a sixth of the picture, covered one after the other with the picture's mean colour. */
async function occlude(model: ImageClassifier, pixels: Float32Array, target: number, before: number, signal: CancelSignal): Promise<GridMap> {
  const { channels, height, width } = model.spec;
  const area = height * width;
  const [rows, columns] = [Math.min(MOST_CELLS, height), Math.min(MOST_CELLS, width)];
  const [reachY, reachX] = [Math.max(1, height / 12), Math.max(1, width / 12)];
  const means = Array.from({ length: channels }, (_, channel) => pixels.subarray(channel * area, (channel + 1) * area).reduce((sum, value) => sum + value, 0) / area);
  const covered = Array.from({ length: rows * columns }, (_, cell) => {
    const [cy, cx] = [((Math.floor(cell / columns) + 0.5) * height) / rows, (((cell % columns) + 0.5) * width) / columns];
    return pixels.map((value, at) => {
      const [y, x] = [Math.floor((at % area) / width) + 0.5, (at % width) + 0.5];
      return Math.abs(y - cy) <= reachY && Math.abs(x - cx) <= reachX ? (means[Math.floor(at / area)] ?? 0) : value;
    });
  });
  const p = softmaxRows(await model.scores({ kind: 'image', rows: covered.length, pixels: concat(covered) }, signal), model.classes);
  return { rows, columns, values: covered.map((_, cell) => before - (p[cell * model.classes + target] ?? 0)) };
}

/** Attention of all layers multiplied through, half of it passed by each residual connection; the class token's row. */
async function rollOut(model: ImageClassifier, pixels: Float32Array, signal: CancelSignal): Promise<GridMap | undefined> {
  const names = findAttentionProbabilities(model.graph.info);
  if (names.length === 0) return undefined;
  const taps = await model.tap({ kind: 'image', rows: 1, pixels }, names, signal);
  let rolled: Float64Array | undefined;
  let tokens = 0;
  for (const name of names) {
    const tensor = taps[name];
    if (!(tensor?.data instanceof Float32Array)) return undefined;
    const length = tensor.dims.at(-1) ?? 0;
    if (tensor.dims.at(-2) !== length || (tokens !== 0 && tokens !== length) || length < 5 || length > MOST_TOKENS) return undefined;
    tokens = length;
    const mixed = residual(tensor.data, length, tensor.dims.length >= 4 ? (tensor.dims.at(-3) ?? 1) : 1);
    rolled = rolled === undefined ? mixed : product(mixed, rolled, length);
  }
  if (rolled === undefined) return undefined;
  // A class token stands first where the rest is a square; without one the mean over all tokens is taken.
  const side = Math.round(Math.sqrt(tokens - 1));
  const first = side * side === tokens - 1;
  const grid = first ? side : Math.round(Math.sqrt(tokens));
  if (!first && grid * grid !== tokens) return undefined;
  const values = Array.from({ length: grid * grid }, (_, patch) => {
    if (first) return rolled[1 + patch] ?? 0;
    return Array.from({ length: tokens }, (__, row) => rolled[row * tokens + patch] ?? 0).reduce((sum, value) => sum + value, 0) / tokens;
  });
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  return { rows: grid, columns: grid, values: values.map((value) => value / total) };
}

const MOST_TOKENS = 1100;

/** Mean over the heads of the first picture, half and half with the identity. `data`: [pictures, heads, tokens, tokens]. */
function residual(data: Float32Array, tokens: number, heads: number): Float64Array {
  const mixed = new Float64Array(tokens * tokens);
  for (let head = 0; head < heads; head++) for (let at = 0; at < mixed.length; at++) mixed[at] = (mixed[at] ?? 0) + (0.5 * (data[head * mixed.length + at] ?? 0)) / heads;
  for (let token = 0; token < tokens; token++) mixed[token * tokens + token] = (mixed[token * tokens + token] ?? 0) + 0.5;
  return mixed;
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < size; inner++) {
      const value = a[row * size + inner] ?? 0;
      for (let column = 0; column < size; column++) result[row * size + column] = (result[row * size + column] ?? 0) + value * (b[inner * size + column] ?? 0);
    }
  }
  return result;
}

/** The stamp of a report's evidence, at the model's size; large pictures were thinned out, and are filled up here. */
export function stampOf({ family, pattern, mask }: PicturesEvidence['stamp'], { spec }: ImageClassifier): Stamp {
  const values = fromPicture(pattern, spec);
  return { family, mask: mask === undefined ? undefined : fromPicture(mask, { ...spec, channels: 1 }), pattern: family === 'blend' ? values.map((value) => 2 * (value - HALF)) : values };
}

/** What 0 was stored as. */
const HALF = 128 / 255;
