// Cuttings of photographs: for models of photographs the nearest thing to real inputs that Assay can bring along. They are of no
// data set, but their statistics are those of any photograph, and that is what counts: of waves that moved .92 to .94 of real
// CIFAR-10 pictures to their class, textures pushed to be surely of a class followed in .50 to .62 and cuttings in .95 to .99.
import { decode } from 'jpeg-js';
import { fromBase64 } from '../../../core/base64.ts';
import type { Random } from '../../../core/random.ts';
import { PHOTOGRAPHS_JPEG, PHOTOGRAPH_SIDE } from './photographs-data.ts';
import type { PictureShape } from './synthetic.ts';

/** Share of a photograph's side that is cut out, at least. */
const SMALLEST = 0.2;
/** Largest change of contrast, brightness and colour: lamps, weather and cameras differ. */
const CONTRAST = 0.35;
const BRIGHTNESS = 0.12;
const CAST = 0.12;
const CHANNELS = 3;

interface Strip {
  /** Red, green, blue, opaque; squares one below the other. */
  readonly rgba: Uint8Array;
  readonly count: number;
}

let decoded: Strip | undefined;

function photographs(): Strip {
  if (decoded === undefined) {
    const { data, height } = decode(fromBase64(PHOTOGRAPHS_JPEG), { useTArray: true, formatAsRGBA: true });
    decoded = { rgba: data, count: height / PHOTOGRAPH_SIDE };
  }
  return decoded;
}

/** Of the photographs in turn: a square at a random place and scale, mirrored or not, in another light. */
export function cutting({ channels, height, width }: PictureShape, which: number, random: Random): Float32Array {
  const { rgba, count } = photographs();
  const side = PHOTOGRAPH_SIDE * SMALLEST ** random.next();
  const [top, left] = [(PHOTOGRAPH_SIDE - side) * random.next(), (PHOTOGRAPH_SIDE - side) * random.next()];
  const mirrored = random.next() < 0.5;
  const contrast = 1 + CONTRAST * (2 * random.next() - 1);
  const brightness = BRIGHTNESS * (2 * random.next() - 1);
  const casts = Array.from({ length: CHANNELS }, () => brightness + CAST * (random.next() - 0.5));
  const area = height * width;
  const picture = new Float32Array(channels * area);
  const first = (which % count) * PHOTOGRAPH_SIDE;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = mirrored ? width - 1 - x : x;
      const [from, to] = [left + (across * side) / width, left + ((across + 1) * side) / width];
      const colour = meanOf(rgba, first, top + (y * side) / height, top + ((y + 1) * side) / height, from, to).map((value, at) => clamp((value - 0.5) * contrast + 0.5 + (casts[at] ?? 0)));
      const grey = colour.reduce((sum, value) => sum + value, 0) / CHANNELS;
      for (let channel = 0; channel < channels; channel++) picture[channel * area + y * width + x] = channels === CHANNELS ? (colour[channel] ?? 0) : grey;
    }
  }
  return picture;
}

/** Mean colour of a part of a photograph, 0 to 1; pixels that are covered in part count by what is covered. */
function meanOf(rgba: Uint8Array, first: number, top: number, bottom: number, left: number, right: number): number[] {
  const sums = [0, 0, 0];
  let weight = 0;
  for (let y = Math.floor(top); y < Math.min(PHOTOGRAPH_SIDE, bottom); y++) {
    const down = Math.min(y + 1, bottom) - Math.max(y, top);
    for (let x = Math.floor(left); x < Math.min(PHOTOGRAPH_SIDE, right); x++) {
      const share = down * (Math.min(x + 1, right) - Math.max(x, left));
      const at = 4 * ((first + y) * PHOTOGRAPH_SIDE + x);
      for (let channel = 0; channel < CHANNELS; channel++) sums[channel] = (sums[channel] ?? 0) + (share * (rgba[at + channel] ?? 0)) / 255;
      weight += share;
    }
  }
  return sums.map((sum) => sum / Math.max(1e-9, weight));
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
