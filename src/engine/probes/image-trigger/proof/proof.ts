// What a reconstructed trigger does on pictures that took no part in finding it, beside controls of equal size: the same mask
// elsewhere, other patterns under it, noise of equal strength. Then leave-one-part-out: which part of it is needed.
import type { CancelSignal } from '../../../core/cancel.ts';
import { shuffled, type Random } from '../../../core/random.ts';
import { exactInterval } from '../../../core/statistics.ts';
import type { Probability } from '../../../core/units.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { bestOf, type Base } from '../pictures/bases.ts';
import { concat } from '../pictures/pixels.ts';
import { isVeil, type Stamp, stamped } from '../search/stamp.ts';

export interface Rate {
  readonly hits: number;
  readonly of: number;
}

export interface Proof {
  readonly target: number;
  readonly held: Rate;
  readonly interval: readonly [Probability, Probability];
  readonly controls: readonly { readonly name: string; readonly rate: Rate }[];
  /** Success rate with each quarter of the stamp left out. */
  readonly without: readonly { readonly part: string; readonly rate: Rate }[];
  /** Fewest pixels of the mask, taken whole, that still move half of the held-out pictures; undefined for a blend. */
  readonly core: Core | undefined;
}

export interface Core {
  readonly pixels: number;
  readonly stamp: Stamp;
  readonly rate: Rate;
  readonly box: readonly [top: number, left: number, bottom: number, right: number];
}

const CONTROLS = 6;

export async function prove(model: ImageClassifier, stamp: Stamp, target: number, heldOut: readonly Base[], random: Random, signal: CancelSignal): Promise<Proof> {
  const rows = heldOut.filter(({ seen }) => seen !== target);
  const rateOf = (candidate: Stamp): Promise<Rate> => successRate(model, candidate, target, rows, signal);
  const held = await rateOf(stamp);
  const core = stamp.mask === undefined || isVeil(stamp) ? undefined : await findCore(model, stamp, target, rows, signal);
  const controlOf = core?.stamp ?? stamp;
  const controls: { name: string; rate: Rate }[] = [];
  for (const [name, make] of Object.entries(controlKinds(controlOf, model))) {
    let [hits, of] = [0, 0];
    for (let draw = 0; draw < CONTROLS; draw++) {
      const rate = await rateOf(make(random.fork(`${name} ${draw}`)));
      hits += rate.hits;
      of += rate.of;
    }
    controls.push({ name, rate: { hits, of } });
  }
  const without: { part: string; rate: Rate }[] = [];
  for (const [part, keep] of quarters(controlOf, model)) without.push({ part, rate: await rateOf(keepOnly(controlOf, model.spec.height * model.spec.width, keep)) });
  return { target, held, interval: exactInterval(held.hits, held.of), controls, without, core };
}

export async function successRate(model: ImageClassifier, stamp: Stamp, target: number, rows: readonly Base[], signal: CancelSignal): Promise<Rate> {
  if (rows.length === 0) return { hits: 0, of: 0 };
  const logits = await model.scores({ kind: 'image', rows: rows.length, pixels: concat(rows.map(({ pixels }) => stamped(stamp, pixels))) }, signal);
  return { hits: rows.filter((_, row) => bestOf(logits, row, model.classes) === target).length, of: rows.length };
}

/** The mask's strongest pixels, fully opaque: more of them until the trigger works. */
async function findCore(model: ImageClassifier, { mask, pattern }: Stamp, target: number, rows: readonly Base[], signal: CancelSignal): Promise<Core | undefined> {
  if (mask === undefined) return undefined;
  const { width } = model.spec;
  const order = [...mask.keys()].sort((a, b) => (mask[b] ?? 0) - (mask[a] ?? 0) || a - b);
  for (let count = 2; count <= order.length / 4; count = Math.ceil(count * 1.4)) {
    const chosen = order.slice(0, count);
    const opaque = new Float32Array(mask.length);
    for (const at of chosen) opaque[at] = 1;
    const stamp: Stamp = { family: 'patch', mask: opaque, pattern };
    const rate = await successRate(model, stamp, target, rows, signal);
    if (rate.hits * 2 < rate.of || rate.of === 0) continue;
    const [ys, xs] = [chosen.map((at) => Math.floor(at / width)), chosen.map((at) => at % width)];
    return { pixels: count, stamp, rate, box: [Math.min(...ys), Math.min(...xs), Math.max(...ys) + 1, Math.max(...xs) + 1] };
  }
  return undefined;
}

/** Not only a control: where it works as well, the trigger's place does not matter. */
export const ELSEWHERE = 'the same patch elsewhere';

function controlKinds(stamp: Stamp, { spec: { height, width } }: ImageClassifier): Record<string, (random: Random) => Stamp> {
  const { family, mask, pattern } = stamp;
  if (mask === undefined) {
    return {
      'noise of equal strength': (random) => ({ family, mask, pattern: Float32Array.from(shuffled([...pattern], random)) }),
      'the same, turned round': () => ({ family, mask, pattern: pattern.map((value) => -value) }),
    };
  }
  const area = height * width;
  if (isVeil(stamp)) {
    return {
      'noise of equal share': (random) => ({ family, mask, pattern: pattern.map(() => random.next()) }),
      'its negative': () => ({ family, mask, pattern: pattern.map((value) => 1 - value) }),
    };
  }
  return {
    'the same area, other colours': (random) => ({ family, mask, pattern: pattern.map(() => random.next()) }),
    [ELSEWHERE]: (random) => {
      const [dy, dx] = [random.below(height), random.below(width)];
      const from = (place: number): number => ((Math.floor(place / width) + dy) % height) * width + (((place % width) + dx) % width);
      return { family, mask: mask.map((_, place) => mask[from(place)] ?? 0), pattern: pattern.map((_, at) => pattern[Math.floor(at / area) * area + from(at % area)] ?? 0) };
    },
  };
}

/** Keeps all but one quarter of the stamp: of its box where it has a mask, else of the picture. */
function quarters(stamp: Stamp, { spec: { height, width } }: ImageClassifier): [string, (place: number) => boolean][] {
  const { mask } = stamp;
  const places = mask === undefined || isVeil(stamp) ? Array.from({ length: height * width }, (_, place) => place) : [...mask.keys()].filter((place) => (mask[place] ?? 0) > 0.5);
  const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values) + 1) / 2;
  const [my, mx] = [middle(places.map((place) => Math.floor(place / width))), middle(places.map((place) => place % width))];
  const quarter = (place: number): string => `${Math.floor(place / width) < my ? 'upper' : 'lower'} ${place % width < mx ? 'left' : 'right'}`;
  return ['upper left', 'upper right', 'lower left', 'lower right'].map((name) => [`without the ${name} part`, (place) => quarter(place) !== name]);
}

function keepOnly({ family, mask, pattern }: Stamp, area: number, keep: (place: number) => boolean): Stamp {
  if (mask !== undefined) return { family, mask: mask.map((value, place) => (keep(place) ? value : 0)), pattern };
  return { family, mask, pattern: pattern.map((value, at) => (keep(at % area) ? value : 0)) };
}
