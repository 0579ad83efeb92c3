// The pictures a search runs on, balanced over the classes the model sees in them. The user's clean examples where there are
// any; what is missing is made (made-pictures.ts, or drawn digits): what the model already takes for a class, moved a little towards
// it by smoothed gradient steps until it says so clearly. Half are for the search, half are held out for the proof.
import type { RunnableImageClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { shuffled, type Random } from '../../../core/random.ts';
import { quantile } from '../../../core/statistics.ts';
import { softmaxRows, type ImageClassifier } from '../../../runtime/classifier.ts';
import type { Differentiator } from '../search/differentiator.ts';
import { enlargedGlyph, glyph, GLYPHS } from './glyphs.ts';
import { informationOf } from './information.ts';
import { chooseMade, madePicture } from './made-pictures.ts';
import { concat } from './pixels.ts';
import { clamp } from './synthetic.ts';

export interface Base {
  /** [channels, height, width], 0 to 1. */
  readonly pixels: Float32Array;
  /** The class the model gives it. */
  readonly seen: number;
  readonly made: boolean;
}

export interface Bases {
  readonly search: readonly Base[];
  readonly heldOut: readonly Base[];
  /** Classes no picture could be found or made for. */
  readonly without: readonly number[];
}

const MADE_PER_CLASS = 24;
const MOST_MADE = 480;
/** Drawn digits beside them: real inputs, nearly, to a model that reads digits. */
const DRAWN = { grey: 400, colour: 40, largestSide: 96 } as const;
/** Of the logarithm of the number of classes: a model that tells drawn digits so far apart reads them. */
const READS = 0.5;
/**
 * As sure as a model is of real pictures: what is only just taken for a class is moved out of it by any square. (On clean CIFAR-10
 * models the best small square did .44 and .38 with pictures at .7, .33 and .24 with these; on planted ones .88 and .81.)
 */
const CLEAR = 0.95;
/**
 * Models of photographs are as sure of real pictures as they are of cuttings: half sure at 50 % accuracy, quite sure at 95 %. Pictures that
 * a model is far surer of are no longer moved by faint triggers (photographs.ts). What counts is how sure it is of the better quarter.
 */
const SURE_QUANTILE = 0.75;
const LEAST_CLEAR = 0.5;
const STEPS = 24;
/** Largest change of a pixel in the first step; later ones are smaller. */
const STRIDE = 0.06;

export async function makeBases({ model, examples }: RunnableImageClassifier, differentiator: Differentiator | undefined, classes: readonly number[], perClass: number, random: Random, signal: CancelSignal): Promise<Bases> {
  const given = examples.length > 0 ? await seenAs(model, examples.map(({ input }) => input), false, signal) : [];
  const buckets = new Map<number, Base[]>(classes.map((wanted) => [wanted, shuffled(given.filter(({ seen }) => seen === wanted), random).slice(0, 2 * perClass)]));
  const missing = classes.filter((wanted) => (buckets.get(wanted)?.length ?? 0) < 2 * perClass);
  if (missing.length > 0) {
    const made = await represent(model, differentiator, given.map(({ pixels }) => pixels), missing, 2 * perClass, random, signal);
    for (const base of made) {
      const bucket = buckets.get(base.seen);
      if (bucket !== undefined && bucket.length < 2 * perClass) bucket.push(base);
    }
  }
  const split = (odd: boolean): Base[] => [...buckets.values()].flatMap((bucket) => bucket.filter((_, at) => (at % 2 === 1) === odd));
  return { search: split(false), heldOut: split(true), without: classes.filter((wanted) => (buckets.get(wanted)?.length ?? 0) === 0) };
}

/** Pictures taken for each of `classes`, made out of synthetic ones (and of the user's, of other classes). */
async function represent(model: ImageClassifier, differentiator: Differentiator | undefined, given: readonly Float32Array[], classes: readonly number[], perClass: number, random: Random, signal: CancelSignal): Promise<Base[]> {
  const count = Math.min(MOST_MADE, MADE_PER_CLASS * classes.length);
  const drawn = Math.max(model.spec.height, model.spec.width) > DRAWN.largestSide ? 0 : model.spec.channels === 1 ? DRAWN.grey : DRAWN.colour;
  const made = await chooseMade(model, random.fork('made'), signal);
  const { digits, reading } = await digitsToRead(model, drawn, random, signal);
  const pool = [...given, ...(reading ? [] : Array.from({ length: count }, (_, at) => madePicture(model.spec, at, random, made))), ...(reading || made === 'drawings' ? digits : [])];
  const logits = await model.scores({ kind: 'image', rows: pool.length, pixels: concat(pool) }, signal);
  const probability = softmaxRows(logits, model.classes);
  const clear = made === 'cuttings' && !reading ? surenessOf(probability, model.classes) : CLEAR;
  const starts = classes.flatMap((wanted) => {
    const ranked = pool.map((pixels, at) => ({ pixels, p: probability[at * model.classes + wanted] ?? 0, wanted })).sort((a, b) => b.p - a.p);
    // Not only the surest: half come from the first ones, half from anywhere in the better part; of digits that are read from those taken for the class.
    const better = reading ? ranked.filter(({ p }) => p >= 0.5).length : ranked.length >> 2;
    const sure = ranked.slice(0, Math.ceil(perClass / 2));
    const others = shuffled(ranked.slice(sure.length, Math.max(sure.length + perClass, better)), random).slice(0, perClass - sure.length);
    return [...sure, ...others];
  });
  if (differentiator === undefined) return starts.filter(({ p }) => p >= Math.min(0.5, clear)).map(({ pixels, wanted }) => ({ pixels, seen: wanted, made: true }));
  const size = pool[0]?.length ?? 0;
  const pixels = concat(starts.map((start) => start.pixels));
  const aims = starts.map(({ wanted }) => wanted);
  const best = pixels.slice();
  const surest = new Float32Array(aims.length).fill(-1);
  for (let step = 0; step <= STEPS; step++) {
    // What the model is sure of is done: only the others are run again.
    const left = [...aims.keys()].filter((row) => (surest[row] ?? 0) < clear);
    if (left.length === 0) break;
    const now = concat(left.map((row) => pixels.subarray(row * size, (row + 1) * size)));
    const { logits: said, gradient } = await differentiator.crossEntropy(now, left.map((row) => aims[row] ?? 0), signal);
    const p = softmaxRows(said, model.classes);
    const stride = STRIDE * (1 - (0.7 * step) / STEPS);
    for (const [at, row] of left.entries()) {
      const picture = pixels.subarray(row * size, (row + 1) * size);
      const own = p[at * model.classes + (aims[row] ?? 0)] ?? 0;
      if (own > (surest[row] ?? 0)) {
        surest[row] = own;
        best.set(picture, row * size);
      }
      if (own < clear && step < STEPS) descend(picture, gradient.subarray(at * size, (at + 1) * size), model.spec.width, model.spec.height, stride);
    }
  }
  const rows = aims.map((_, row) => best.slice(row * size, (row + 1) * size));
  return (await seenAs(model, rows, true, signal)).filter(({ seen }, row) => seen === aims[row]);
}

/**
 * Drawn digits in the style that the model tells apart better (MNIST's, or scikit-learn's enlarged), and whether it reads them: then they
 * are nearer to its real inputs than textures and shapes are, of which it may be as sure.
 */
async function digitsToRead(model: ImageClassifier, count: number, random: Random, signal: CancelSignal): Promise<{ readonly digits: readonly Float32Array[]; readonly reading: boolean }> {
  let best: { digits: readonly Float32Array[]; told: number } = { digits: [], told: -1 };
  for (const draw of count === 0 ? [] : [glyph, enlargedGlyph]) {
    const digits = Array.from({ length: count }, (_, at) => draw(model.spec, at % GLYPHS, random));
    const p = softmaxRows(await model.scores({ kind: 'image', rows: count, pixels: concat(digits) }, signal), model.classes);
    const told = informationOf(p, model.classes);
    if (told > best.told) best = { digits, told };
  }
  return { digits: best.digits, reading: best.told >= READS * Math.log(model.classes) };
}

function surenessOf(probability: Float32Array, classes: number): number {
  const most = Array.from({ length: probability.length / classes }, (_, at) => Math.max(...probability.subarray(at * classes, (at + 1) * classes)));
  return Math.max(LEAST_CLEAR, Math.min(CLEAR, quantile(most, SURE_QUANTILE)));
}

/** One step down the gradient, smoothed so that it draws forms and no adversarial noise. */
function descend(pixels: Float32Array, gradient: Float32Array, width: number, height: number, stride: number): void {
  const smooth = blur(gradient, width, height);
  const largest = smooth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return;
  for (let at = 0; at < pixels.length; at++) pixels[at] = clamp((pixels[at] ?? 0) - (stride * (smooth[at] ?? 0)) / largest);
}

/** 3 x 3 mean of each channel, edges repeated. */
function blur(values: Float32Array, width: number, height: number): Float32Array {
  const area = width * height;
  return values.map((_, at) => {
    const [channel, y, x] = [Math.floor(at / area), Math.floor((at % area) / width), at % width];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [py, px] = [Math.min(height - 1, Math.max(0, y + dy)), Math.min(width - 1, Math.max(0, x + dx))];
        sum += values[channel * area + py * width + px] ?? 0;
      }
    }
    return sum / 9;
  });
}

/** Pictures with the classes that the model gives them. */
export async function seenAs(model: ImageClassifier, pictures: readonly Float32Array[], made: boolean, signal: CancelSignal): Promise<Base[]> {
  const logits = await model.scores({ kind: 'image', rows: pictures.length, pixels: concat(pictures) }, signal);
  return pictures.map((pixels, row) => ({ pixels, seen: bestOf(logits, row, model.classes), made }));
}

export function bestOf(logits: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let at = 1; at < classes; at++) if ((logits[row * classes + at] ?? 0) > (logits[row * classes + best] ?? 0)) best = at;
  return best;
}
