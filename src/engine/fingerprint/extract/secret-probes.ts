// Ours, beyond the source: a set of changed inputs, drawn per reference set from a seed that stays with it. Bases (blank, faint
// noise, blobs, strokes, and the user's own examples) are run as they are and with every change (patches, dots, blends, waves;
// for tables and text: features or tokens set). A planted trigger that a change happens to resemble moves all bases to one class;
// an adversary who does not know the seed cannot train against these very inputs.
// Without examples, pictures are taken to lie between 0 and 1 and columns of tables to be standardised; examples tell the range
// the graph takes (pixels of 0 to 255, or normalised ones), and bases and changes are then made in that range.
// How it can mislead: training against another draw of the same kinds of change carries over in part (bench/fingerprint); a
// trigger unlike all drawn changes moves nothing; brittle clean models move too, which is what the reference is for.
import { seeded, type Random } from '../../core/random.ts';
import type { InputKind } from './subject.ts';

export const CHANGE_FAMILIES = ['patch', 'dark patch', 'dots', 'blend', 'wave'] as const;
export type ChangeFamily = (typeof CHANGE_FAMILIES)[number];

export interface SecretProbes {
  readonly bases: number;
  readonly families: readonly ChangeFamily[];
  /** The unchanged inputs: Float32Array [bases, size]. */
  readonly unchanged: Float32Array;
  /** Made when they are run: Float32Array [count, bases, size], all bases with each of the changes from `begin` on. */
  changed(begin: number, count: number): Float32Array;
}

const BASES = 8;
const CHANGES_PER_FAMILY = 16;

type Change = (row: Float32Array) => void;

/** @param examples rows of the user's own inputs, which become bases too */
export function secretProbes(kind: InputKind, shape: readonly number[], vocabularySize: number | undefined, seed: number, examples: readonly Float32Array[] = []): SecretProbes {
  const random = seeded(seed, 'secret probes');
  const size = shape.reduce((product, dim) => product * dim, 1);
  const units = unitsOf(kind, vocabularySize === undefined ? examples : [], size);
  const own = examples.slice(0, 2 * BASES).map((row) => row.map((value, at) => (value - units.offset(at)) / units.scale(at)));
  const bases = [...Array.from({ length: BASES }, (_, i) => makeBase(kind, shape, vocabularySize, i, random)), ...own];
  const families: ChangeFamily[] = [];
  const changes: Change[] = [];
  for (const family of CHANGE_FAMILIES) {
    for (let i = 0; i < CHANGES_PER_FAMILY; i++) {
      families.push(family);
      changes.push(kind === 'image' ? imageChange(family, shape, i, random) : flatChange(family, size, vocabularySize, random));
    }
  }
  const plain = new Float32Array(bases.length * size);
  bases.forEach((base, b) => plain.set(base, b * size));
  const inUnits = (values: Float32Array): Float32Array => (units.same ? values : values.map((value, at) => units.offset(at % size) + units.scale(at % size) * value));
  const changed = (begin: number, count: number): Float32Array => {
    const values = new Float32Array(count * bases.length * size);
    changes.slice(begin, begin + count).forEach((change, c) => {
      values.set(plain, c * plain.length);
      for (let b = 0; b < bases.length; b++) change(values.subarray((c * bases.length + b) * size, (c * bases.length + b + 1) * size));
    });
    return inUnits(values);
  };
  return { bases: bases.length, families, unchanged: inUnits(plain), changed };
}

interface Units {
  /** Nothing is to be changed. */
  readonly same: boolean;
  offset(at: number): number;
  scale(at: number): number;
}

/** From probes (pictures of 0 to 1, columns of mean 0 and deviation 1) to what the graph takes, told by the examples. */
function unitsOf(kind: InputKind, examples: readonly Float32Array[], size: number): Units {
  if (examples.length === 0 || kind === 'text') return { same: true, offset: () => 0, scale: () => 1 };
  if (kind === 'image') {
    let [low, high] = [Infinity, -Infinity];
    for (const row of examples) for (const value of row) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const scale = high > low ? high - low : 1;
    return { same: low === 0 && scale === 1, offset: () => low, scale: () => scale };
  }
  const means = new Float64Array(size);
  const deviations = new Float64Array(size);
  for (const row of examples) row.forEach((value, at) => (means[at] = (means[at] ?? 0) + value / examples.length));
  for (const row of examples) row.forEach((value, at) => (deviations[at] = (deviations[at] ?? 0) + (value - (means[at] ?? 0)) ** 2 / examples.length));
  const usual = Math.sqrt(deviations.reduce((sum, value) => sum + value, 0) / size);
  // A column that is the same in all examples is not known to be constant: it gets a tenth of the usual deviation.
  const least = usual > 0 ? 0.1 * usual : 1;
  return { same: false, offset: (at) => means[at] ?? 0, scale: (at) => Math.max(least, Math.sqrt(deviations[at] ?? 0)) };
}

function makeBase(kind: InputKind, shape: readonly number[], vocabularySize: number | undefined, index: number, random: Random): Float32Array {
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (vocabularySize !== undefined) return Float32Array.from({ length: size }, () => random.below(vocabularySize));
  if (kind === 'tabular') return Float32Array.from({ length: size }, () => (index === 0 ? 0 : gaussian(random)));
  const [channels = 1, height = 1, width = 1] = shape;
  const plane = index === 0 ? new Float32Array(height * width) : index < 3 ? faintNoise(height * width, random) : index < 6 ? strokes(height, width, random) : blobs(height, width, random);
  const row = new Float32Array(size);
  for (let c = 0; c < channels; c++) {
    const gain = channels === 1 ? 1 : 0.5 + 0.5 * random.next();
    plane.forEach((value, at) => (row[c * height * width + at] = gain * value));
  }
  return row;
}

function faintNoise(size: number, random: Random): Float32Array {
  const strength = 0.1 + 0.3 * random.next();
  return Float32Array.from({ length: size }, () => strength * random.next());
}

function strokes(height: number, width: number, random: Random): Float32Array {
  const plane = new Float32Array(height * width);
  const thick = Math.max(1, Math.min(height, width) / 14);
  let [x, y] = [width * (0.3 + 0.4 * random.next()), height * (0.2 + 0.2 * random.next())];
  for (let stroke = 0; stroke < 4; stroke++) {
    const [toX, toY] = [width * (0.2 + 0.6 * random.next()), height * (0.15 + 0.7 * random.next())];
    for (let step = 0; step <= 40; step++) {
      const [px, py] = [x + ((toX - x) * step) / 40, y + ((toY - y) * step) / 40];
      for (let row = Math.max(0, Math.floor(py - thick)); row <= Math.min(height - 1, py + thick); row++)
        for (let column = Math.max(0, Math.floor(px - thick)); column <= Math.min(width - 1, px + thick); column++) plane[row * width + column] = 1;
    }
    [x, y] = [toX, toY];
  }
  return plane;
}

function blobs(height: number, width: number, random: Random): Float32Array {
  const centres = Array.from({ length: 3 }, () => ({ x: width * random.next(), y: height * random.next(), spread: (0.1 + 0.15 * random.next()) * Math.min(height, width), gain: 0.4 + 0.6 * random.next() }));
  return Float32Array.from({ length: height * width }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return Math.min(1, centres.reduce((sum, centre) => sum + centre.gain * Math.exp(-((x - centre.x) ** 2 + (y - centre.y) ** 2) / (2 * centre.spread ** 2)), 0));
  });
}

function imageChange(family: ChangeFamily, shape: readonly number[], index: number, random: Random): Change {
  const [channels = 1, height = 1, width = 1] = shape;
  const plane = height * width;
  const each = (change: (value: number, at: number) => number): Change => (row) => {
    for (let c = 0; c < channels; c++) for (let at = 0; at < plane; at++) row[c * plane + at] = change(row[c * plane + at] ?? 0, at);
  };
  switch (family) {
    case 'patch':
    case 'dark patch': {
      // A grid with jitter, corners included, so that every region is tried once.
      const size = Math.max(1, Math.round(Math.min(height, width) * (0.08 + 0.1 * random.next())));
      const [row, column] = [Math.floor(index / 4), index % 4];
      const place = (cell: number, length: number): number => Math.max(0, Math.min(length - size, Math.round((cell / 3) * (length - size) + (random.next() - 0.5) * size)));
      const [top, left] = [place(row, height), place(column, width)];
      const value = family === 'patch' ? 1 : 0;
      return each((old, at) => (at % width >= left && at % width < left + size && Math.floor(at / width) >= top && Math.floor(at / width) < top + size ? value : old));
    }
    case 'dots': {
      const spots = new Set(Array.from({ length: Math.max(2, Math.round(plane / 120)) }, () => random.below(plane)));
      return each((old, at) => (spots.has(at) ? 1 : old));
    }
    case 'blend': {
      const strength = 0.1 + 0.2 * random.next();
      const pattern = Float32Array.from({ length: plane }, () => random.next());
      return each((old, at) => (1 - strength) * old + strength * (pattern[at] ?? 0));
    }
    case 'wave': {
      const strength = 0.1 + 0.2 * random.next();
      const period = 3 + 7 * random.next();
      const angle = index % 2 === 0 ? 0 : Math.PI * random.next();
      return each((old, at) => Math.max(0, Math.min(1, old + strength * Math.sin((2 * Math.PI * ((at % width) * Math.cos(angle) + Math.floor(at / width) * Math.sin(angle))) / period))));
    }
  }
}

/** Tables: a few features set far out, or all shifted a little. Text: a few tokens set. */
function flatChange(family: ChangeFamily, size: number, vocabularySize: number | undefined, random: Random): Change {
  const count = family === 'patch' ? 1 : family === 'dark patch' ? 2 : 3;
  const places = Array.from({ length: Math.min(size, count) }, () => random.below(size));
  if (vocabularySize !== undefined) {
    const tokens = places.map(() => random.below(vocabularySize));
    return (row) => places.forEach((place, i) => (row[place] = tokens[i] ?? 0));
  }
  if (family === 'blend' || family === 'wave') {
    const direction = Float32Array.from({ length: size }, () => 0.5 * gaussian(random));
    return (row) => row.forEach((value, at) => (row[at] = value + (direction[at] ?? 0)));
  }
  const values = places.map(() => (random.next() < 0.5 ? -1 : 1) * (3 + 3 * random.next()));
  return (row) => places.forEach((place, i) => (row[place] = values[i] ?? 0));
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
