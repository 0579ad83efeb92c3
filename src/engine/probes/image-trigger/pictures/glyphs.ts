// Drawn digits: for models that read them, the nearest thing to real inputs that can be made without any. Each is a few strokes
// on a unit square, bent by a random affine map and by noise of its own, drawn with a round pen, bright on dark.
import type { Random } from '../../../core/random.ts';
import type { PictureShape } from './synthetic.ts';

type Point = readonly [x: number, y: number];

/** An arc of an ellipse as a polyline; angles in quarter turns, 0 to the right, 1 down. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: 17 }, (_, at) => {
    const angle = ((from + ((to - from) * at) / 16) * Math.PI) / 2;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const;
  });
}

/** Strokes of each digit, as most people write them; several ways where there are some. */
const DIGITS: readonly (readonly (readonly (readonly Point[])[])[])[] = [
  [[arc(0.5, 0.5, 0.32, 0.48, -1, 3)]],
  [[[[0.5, 0.02], [0.5, 0.98]]], [[[0.3, 0.25], [0.52, 0.02], [0.52, 0.98]]]],
  [[[...arc(0.5, 0.3, 0.32, 0.28, -2.1, 0.35), [0.15, 0.97], [0.87, 0.95]]]],
  [[[...arc(0.46, 0.27, 0.31, 0.25, -1.9, 1), ...arc(0.46, 0.73, 0.35, 0.25, -1, 1.8)]]],
  [[[[0.62, 0.98], [0.66, 0.02], [0.12, 0.64], [0.92, 0.62]]], [[[0.2, 0.05], [0.17, 0.5], [0.78, 0.5]], [[0.78, 0.03], [0.72, 0.98]]]],
  [[[[0.82, 0.03], [0.28, 0.05], [0.24, 0.45], ...arc(0.47, 0.68, 0.36, 0.29, -1.3, 1.7)]]],
  [[[[0.68, 0.02], [0.35, 0.32], ...arc(0.5, 0.7, 0.3, 0.27, -2.2, 1.9)]]],
  [[[[0.12, 0.05], [0.85, 0.04], [0.42, 0.98]]], [[[0.12, 0.05], [0.85, 0.04], [0.42, 0.98]], [[0.35, 0.5], [0.75, 0.48]]]],
  [[[...arc(0.5, 0.27, 0.27, 0.25, 1, -3), ...arc(0.5, 0.75, 0.32, 0.24, -1, 3)]]],
  [[[...arc(0.5, 0.3, 0.29, 0.27, 0, -4), [0.76, 0.55], [0.6, 0.98]]]],
];

export const GLYPHS = DIGITS.length;
const SMALL = 16;
/** Side of scikit-learn's digits. */
const FEW = 8;

/** As of scikit-learn's digits, enlarged: they fill the picture, and their strokes are soft. As they are drawn where the picture is as small. */
export function enlargedGlyph({ channels, height, width }: PictureShape, which: number, random: Random): Float32Array {
  const small = glyph({ channels: 1, height: FEW, width: FEW }, which, random);
  const [down, across] = [FEW / height, FEW / width];
  const valueAt = (y: number, x: number): number => small[Math.min(FEW - 1, Math.max(0, y)) * FEW + Math.min(FEW - 1, Math.max(0, x))] ?? 0;
  const ink = Float32Array.from({ length: height * width }, (_, at) => {
    const [y, x] = [(Math.floor(at / width) + 0.5) * down - 0.5, ((at % width) + 0.5) * across - 0.5];
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [v, u] = [y - top, x - left];
    return (1 - v) * ((1 - u) * valueAt(top, left) + u * valueAt(top, left + 1)) + v * ((1 - u) * valueAt(top + 1, left) + u * valueAt(top + 1, left + 1));
  });
  return Float32Array.from({ length: channels * height * width }, (_, at) => ink[at % (height * width)] ?? 0);
}

export function glyph({ channels, height, width }: PictureShape, which: number, random: Random): Float32Array {
  const ways = DIGITS[which % GLYPHS] ?? [];
  const strokes = ways[random.below(ways.length)] ?? [];
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  const side = Math.min(height, width);
  // Small pictures are filled (scikit-learn's digits), larger ones have a margin (MNIST).
  const small = side < SMALL;
  const [tall, wide] = small ? [between(0.88, 1) * side, between(0.5, 0.75) * side] : [between(0.6, 0.78) * side, between(0.42, 0.66) * side];
  const [slant, turn] = [between(-0.15, 0.3), between(-0.12, 0.12)];
  const [top, left] = [(height - tall) / 2 + between(-0.04, 0.04) * side, (width - wide) / 2 + between(-0.04, 0.04) * side];
  const pen = (small ? between(0.03, 0.07) : between(0.028, 0.06)) * side;
  const wobble = [between(0, 6.28), between(0, 6.28), between(-0.03, 0.03), between(-0.03, 0.03)] as const;
  const place = ([x, y]: Point): Point => {
    const [u, v] = [x - 0.5 + slant * (0.5 - y) + wobble[2] * Math.sin(5 * y + wobble[0]), y - 0.5 + wobble[3] * Math.sin(5 * x + wobble[1])];
    return [left + wide * (0.5 + u * Math.cos(turn) - v * Math.sin(turn)), top + tall * (0.5 + u * Math.sin(turn) + v * Math.cos(turn))];
  };
  const lines = strokes.map((stroke) => stroke.map(place));
  const ink = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let nearest = Infinity;
      for (const line of lines) for (let at = 1; at < line.length; at++) nearest = Math.min(nearest, distance(x + 0.5, y + 0.5, line[at - 1] ?? [0, 0], line[at] ?? [0, 0]));
      ink[y * width + x] = Math.min(1, Math.max(0, pen + 0.8 - nearest));
    }
  }
  return Float32Array.from({ length: channels * height * width }, (_, at) => ink[at % (height * width)] ?? 0);
}

function distance(x: number, y: number, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}
