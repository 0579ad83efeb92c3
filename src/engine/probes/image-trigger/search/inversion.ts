// Trigger inversion by gradients. `patch`: the smallest mask and a pattern under it that move pictures of other classes to one
// class (Neural Cleanse, Wang et al., S&P 2019). `blend`: the faintest universal addition that does (Moosavi-Dezfooli et al.
// 2017), for triggers without a place: blends, waves, filters and, partly, warps. Adam on both; the weight of the size grows while
// the aim is met and shrinks while it is not. How it can mislead: a local minimum can be far from the planted trigger, and every
// class has some universal trigger: only its size beside the other classes' says anything.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import type { Probability } from '../../../core/units.ts';
import { bestOf, type Base } from '../pictures/bases.ts';
import { moveInto } from '../pictures/moved.ts';
import { Adam } from './adam.ts';
import type { Differentiator } from './differentiator.ts';
import { apply, sizeOfStamp, type Family, type Stamp } from './stamp.ts';

export interface Inversion {
  readonly target: number;
  readonly stamp: Stamp;
  /** patch: sum of the mask, in pixels. blend: root mean square of the addition, in units of the pixel range. */
  readonly size: number;
  /** Share of the search rows moved by it. */
  readonly success: number;
}

export interface Aim {
  /** Class each row shall be moved to. */
  readonly aims: readonly number[];
  readonly bases: readonly Base[];
  readonly target: number;
}

const MET = 0.85;
const LEARNING_RATE = { patch: 0.25, blend: 0.02 } as const;
const GROW = 1.35;
const SHRINK = 1.6;

/** One search, which can be taken further. */
export class Search {
  readonly #differentiator: Differentiator;
  readonly #family: Family;
  readonly #aim: Aim;
  readonly #values: Float32Array;
  readonly #adam: Adam;
  readonly #met: Probability;
  readonly #random: Random;
  /** The search pictures of the step at hand, each moved a little. */
  readonly #moved: Float32Array[];
  #weight = 0;
  #best: Inversion | undefined;
  #surest: Inversion | undefined;

  constructor(differentiator: Differentiator, family: Family, aim: Aim, random: Random, met: Probability = MET) {
    const { channels, height, width } = differentiator.model.spec;
    const area = height * width;
    const variables = family === 'patch' ? area + channels * area : channels * area;
    this.#differentiator = differentiator;
    this.#family = family;
    this.#aim = aim;
    this.#met = met;
    this.#random = random;
    this.#moved = aim.bases.map(({ pixels }) => pixels.slice());
    this.#values = Float32Array.from({ length: variables }, (_, at) => (family === 'blend' ? 0.01 * (random.next() - 0.5) : at < area ? -1 + 0.4 * (random.next() - 0.5) : 2 * (random.next() - 0.5)));
    this.#adam = new Adam(variables, LEARNING_RATE[family]);
  }

  get target(): number {
    return this.#aim.target;
  }

  /** The smallest that met its aim; where none did, the one that moved most. */
  get found(): Inversion {
    return this.#best ?? this.#surest ?? { target: this.#aim.target, stamp: stampOf(this.#family, this.#values, this.#area), size: Number.POSITIVE_INFINITY, success: 0 };
  }

  get #area(): number {
    const { height, width } = this.#differentiator.model.spec;
    return height * width;
  }

  /** The same search over other pictures and with a stricter aim: what it finds must work on more than it was made on. */
  widened(bases: readonly Base[], met: Probability): Search {
    const { target } = this.#aim;
    const search = new Search(this.#differentiator, this.#family, { aims: bases.map(() => target), bases, target }, this.#random, met);
    search.#values.set(this.#values);
    search.#weight = this.#weight;
    return search;
  }

  /** Rows that each step runs. */
  get rows(): number {
    return this.#aim.bases.length;
  }

  async advance(steps: number, signal: CancelSignal): Promise<void> {
    await advanceTogether(this.#differentiator, [this], steps, signal);
  }

  /** Writes the stamped search pictures and says which stamp they carry. */
  draw(pixels: Float32Array): Stamp {
    const size = this.#differentiator.model.spec.channels * this.#area;
    const stamp = stampOf(this.#family, this.#values, this.#area);
    for (const [row, { pixels: still }] of this.#aim.bases.entries()) {
      const moved = this.#moved[row] ?? still;
      moveInto(this.#differentiator.model.spec, still, moved, this.#random);
      apply(stamp, moved, pixels.subarray(row * size, (row + 1) * size));
    }
    return stamp;
  }

  get aims(): readonly number[] {
    return this.#aim.aims;
  }

  /** One step of Adam, from what the pictures of `draw` gave: logits [rows, classes], gradient and pixels [rows, size]. */
  learn(stamp: Stamp, logits: Float32Array, gradient: Float32Array, pixels: Float32Array): void {
    const { aims, bases, target } = this.#aim;
    const { classes } = this.#differentiator.model;
    const success = bases.filter((_, row) => bestOf(logits, row, classes) === aims[row]).length / bases.length;
    const now: Inversion = { target, stamp, size: sizeOfStamp(stamp), success };
    const met = success >= this.#met;
    if (met && (this.#best === undefined || now.size < this.#best.size)) this.#best = now;
    if (this.#surest === undefined || success > this.#surest.success) this.#surest = now;
    const firstWeight = this.#family === 'patch' ? 1 : 20;
    this.#weight = this.#weight === 0 ? (met ? firstWeight : 0) : met ? this.#weight * GROW : this.#weight / SHRINK;
    const pulled = this.#family === 'patch' ? patchGradient(this.#values, stamp, this.#moved, gradient, this.#area, this.#weight) : blendGradient(this.#values, gradient, bases.length, this.#weight, pixels);
    this.#adam.step(this.#values, pulled);
  }
}

/** Steps of several searches, their rows side by side in the same runs of the graph. */
export async function advanceTogether(differentiator: Differentiator, searches: readonly Search[], steps: number, signal: CancelSignal): Promise<void> {
  const { channels, height, width } = differentiator.model.spec;
  const size = channels * height * width;
  const { classes } = differentiator.model;
  const active = searches.filter(({ rows }) => rows > 0);
  const total = active.reduce((sum, { rows }) => sum + rows, 0);
  if (total === 0) return;
  const begins: number[] = [];
  for (let at = 0, begin = 0; at < active.length; begin += active[at]?.rows ?? 0, at++) begins.push(begin);
  const pixels = new Float32Array(total * size);
  const aims = active.flatMap((search) => search.aims);
  const part = (values: Float32Array, at: number, each: number): Float32Array => values.subarray((begins[at] ?? 0) * each, ((begins[at] ?? 0) + (active[at]?.rows ?? 0)) * each);
  for (let step = 0; step < steps; step++) {
    const stamps = active.map((search, at) => search.draw(part(pixels, at, size)));
    const { logits, gradient } = await differentiator.crossEntropy(pixels, aims, signal);
    for (const [at, search] of active.entries()) {
      const stamp = stamps[at];
      if (stamp !== undefined) search.learn(stamp, part(logits, at, classes), part(gradient, at, size), part(pixels, at, size));
    }
  }
}

function stampOf(family: Family, values: Float32Array, area: number): Stamp {
  if (family === 'blend') return { family, mask: undefined, pattern: values.slice() };
  return { family, mask: values.subarray(0, area).map(sigmoid), pattern: values.subarray(area).map(sigmoid) };
}

/** Through x' = x + m (p - x), m and p sigmoids; the size is the mean of the mask. */
function patchGradient(values: Float32Array, { mask, pattern }: Stamp, bases: readonly Float32Array[], gradient: Float32Array, area: number, weight: number): Float32Array {
  const result = new Float32Array(values.length);
  const size = pattern.length;
  for (const [row, pixels] of bases.entries()) {
    for (let at = 0; at < size; at++) {
      const pulled = (gradient[row * size + at] ?? 0) / bases.length;
      const place = at % area;
      result[place] = (result[place] ?? 0) + pulled * ((pattern[at] ?? 0) - (pixels[at] ?? 0));
      result[area + at] = (result[area + at] ?? 0) + pulled * (mask?.[place] ?? 0);
    }
  }
  for (let place = 0; place < area; place++) {
    const m = mask?.[place] ?? 0;
    result[place] = ((result[place] ?? 0) + weight / area) * m * (1 - m);
  }
  for (let at = 0; at < size; at++) {
    const p = pattern[at] ?? 0;
    result[area + at] = (result[area + at] ?? 0) * p * (1 - p);
  }
  return result;
}

/** Through x' = clip(x + d); the size is the mean of squares. */
function blendGradient(values: Float32Array, gradient: Float32Array, rows: number, weight: number, pixels: Float32Array): Float32Array {
  const size = values.length;
  const result = new Float32Array(size);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < size; at++) {
      const pulled = (gradient[row * size + at] ?? 0) / rows;
      const now = pixels[row * size + at] ?? 0;
      // A clipped pixel follows only what leads back inside.
      if ((now > 0 || pulled < 0) && (now < 1 || pulled > 0)) result[at] = (result[at] ?? 0) + pulled;
    }
  }
  for (let at = 0; at < size; at++) result[at] = (result[at] ?? 0) + (2 * weight * (values[at] ?? 0)) / size;
  return result;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
