// A bank of plane waves over the whole picture (SIG: Barni, Kallas & Tondi, ICIP 2019): which of them sends pictures of all other
// classes to one class? Forward runs only, and one pass serves every target. The null is the bank itself and the other classes.
// How it can mislead: textures that a class is known by (stripes) are natural waves; only faint ones are tried.
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import { type ImageClassifier, softmaxRows } from '../../../runtime/classifier.ts';
import { type Base } from '../pictures/bases.ts';
import { concat } from '../pictures/pixels.ts';
import { type Stamp, stamped } from './stamp.ts';

/** Of the pixel range, root mean square .07: as strong as the published ones. */
export const WAVE_STRENGTH = 0.1;

export interface Wave {
  readonly stamp: Stamp;
  /** Cycles over the picture, down and across; phase in quarter turns. */
  readonly down: number;
  readonly across: number;
  readonly phase: number;
  /** Mean probability of each class over the pictures of other classes. */
  readonly reach: readonly number[];
}

export async function measureWaves(model: ImageClassifier, rows: readonly Base[], most: number, strength: number, signal: CancelSignal): Promise<Wave[]> {
  const { spec, classes } = model;
  const waves: Wave[] = [];
  for (const [down, across] of frequencies(most)) {
    for (const phase of PHASES) {
      await breathe(signal);
      const stamp: Stamp = { family: 'blend', mask: undefined, pattern: wave(spec, down, across, phase, strength) };
      const p = softmaxRows(await model.scores({ kind: 'image', rows: rows.length, pixels: concat(rows.map(({ pixels }) => stamped(stamp, pixels))) }, signal), classes);
      waves.push({ stamp, down, across, phase, reach: reachOf(p, rows, classes) });
    }
  }
  return waves;
}

/** Of each of `classes` what the wave does that does most for it; `coarse`: without fine stripes. */
export function bestReach(waves: readonly Wave[], classes: readonly number[], bank: 'all' | 'coarse'): number[] {
  const tried = bank === 'all' ? waves : waves.filter(({ down, across }) => Math.hypot(down, across) <= COARSE);
  return classes.map((target) => Math.max(0, ...tried.map(({ reach }) => reach[target] ?? 0)));
}

/**
 * Cycles over the picture. Finer stripes are some class's by nature (of models of CIFAR-10 its frogs), and that class outdoes a planted
 * one; planted waves of seven cycles still work at five.
 */
export const COARSE = 5.6;

/** Mean probability of each class over rows that were not taken for it. */
export function reachOf(p: Float32Array, rows: readonly Base[], classes: number): number[] {
  return Array.from({ length: classes }, (_, target) => {
    let [sum, count] = [0, 0];
    for (const [row, { seen }] of rows.entries()) {
      if (seen === target) continue;
      sum += p[row * classes + target] ?? 0;
      count++;
    }
    return count === 0 ? 0 : sum / count;
  });
}

/** Of a wave and of its negative, which is another trigger. */
const PHASES = [0, 1, 2, 3];

/** Half a plane of frequencies (the other half are the same waves), and further ones straight down or across: the published triggers are such. */
function frequencies(most: number): [number, number][] {
  const found: [number, number][] = [];
  const reach = Math.max(most, MOST_STRAIGHT);
  for (let down = 0; down <= reach; down++) {
    for (let across = -reach; across <= reach; across++) {
      const straight = down === 0 || across === 0;
      if ((down > 0 || across > 0) && (straight || Math.hypot(down, across) <= most + 0.5)) found.push([down, across]);
    }
  }
  return found;
}

const MOST_STRAIGHT = 8;

function wave({ channels, height, width }: ImageClassifier['spec'], down: number, across: number, phase: number, strength: number): Float32Array {
  const area = height * width;
  const pattern = new Float32Array(channels * area);
  for (let at = 0; at < pattern.length; at++) {
    const [y, x] = [Math.floor((at % area) / width), at % width];
    pattern[at] = strength * Math.sin(2 * Math.PI * ((down * y) / height + (across * x) / width + phase / 4));
  }
  return pattern;
}
