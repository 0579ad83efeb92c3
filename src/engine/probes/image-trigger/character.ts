// What the additions that were found (additions.ts) are like. Every class has some faint addition that leads to it; how faint says
// how easy the class is, which ordinary training can bring about as well as a plant. Told apart by three questions: does it take
// hold at once as it grows (a trigger is there or is not), does it lead far beyond what is needed once doubled (pictures with the
// trigger were trained on), and is it bound to its place and its way up (a class's own features are not, or less)?
// How it can mislead: triggers that are alike turned and moved (rings, stripes) are bound to nothing, and well trained
// natural features take hold at once, too: none of the three says anything alone.
import type { CancelSignal } from '../../core/cancel.ts';
import { softmaxRows, type ImageClassifier } from '../../runtime/classifier.ts';
import { concat, type Base } from './bases.ts';
import type { Addition, Band } from './additions.ts';
import { stamped, type Stamp } from './inversion.ts';

export interface Character {
  readonly target: number;
  /** Most logits that the probability gains for one e-fold of the strength; low frequencies. */
  readonly steep: number;
  /** Mean lead of the class over the best other one with twice the addition, in deviations of all logits; low frequencies. */
  readonly doubled: number;
  /** Minus the logarithm of the share of its effect that is left when it is turned or moved, the worst three of seven ways. */
  readonly bound: number;
}

/** Half is enough to see what an addition is like. */
const DOES = 0.5;
/** Added to shares before their logarithm. */
const LEAST_LEFT = 0.02;
const WORST = 3;
/** Of the side. */
const MOVED = 0.16;

export async function characterOf(model: ImageClassifier, additions: Readonly<Record<Band, readonly Addition[]>>, heldOut: readonly Base[], signal: CancelSignal): Promise<Character[]> {
  const { classes } = model;
  const plain = await model.scores({ kind: 'image', rows: heldOut.length, pixels: concat(heldOut.map(({ pixels }) => pixels)) }, signal);
  const unit = Math.max(1e-6, deviation(plain));
  const found: Character[] = [];
  for (const low of additions.low) {
    const wide = additions.all.find(({ target }) => target === low.target);
    const [faint, other] = [halfway(low), wide === undefined ? undefined : halfway(wide)];
    const rows = heldOut.filter(({ seen }) => seen !== low.target);
    if (faint === undefined || other === undefined || rows.length === 0) continue;
    const twice = { ...faint, pattern: faint.pattern.map((value) => 2 * value) };
    const logits = await model.scores({ kind: 'image', rows: rows.length, pixels: concat(rows.map(({ pixels }) => stamped(twice, pixels))) }, signal);
    const leads = rows.map((_, row) => leadOf(logits, row, classes, low.target));
    found.push({ target: low.target, steep: steepness(low), doubled: leads.reduce((sum, lead) => sum + lead, 0) / (leads.length * unit), bound: await boundOf(model, other, low.target, rows.filter((_, at) => at % 2 === 0), signal) });
  }
  return found;
}

async function boundOf(model: ImageClassifier, stamp: Stamp, target: number, rows: readonly Base[], signal: CancelSignal): Promise<number> {
  const shares: number[] = [];
  for (const way of [stamp, ...turned(stamp, model.spec)]) {
    const p = softmaxRows(await model.scores({ kind: 'image', rows: rows.length, pixels: concat(rows.map(({ pixels }) => stamped(way, pixels))) }, signal), model.classes);
    shares.push(rows.reduce((sum, _, row) => sum + (p[row * model.classes + target] ?? 0), 0) / rows.length);
  }
  const [own = 0, ...others] = shares;
  const worst = others.sort((a, b) => a - b).slice(0, WORST);
  return -Math.log(worst.reduce((sum, share) => sum + share, 0) / (worst.length * Math.max(1e-6, own)) + LEAST_LEFT);
}

/** Mirrored, upside down, both, and moved four ways around the edges. */
function turned({ pattern, ...stamp }: Stamp, { height, width }: ImageClassifier['spec']): Stamp[] {
  const [down, across] = [Math.round(MOVED * height), Math.round(MOVED * width)];
  const taken = (from: (y: number, x: number) => readonly [number, number]): Stamp => ({
    ...stamp,
    pattern: pattern.map((_, at) => {
      const [y, x] = from(Math.floor((at % (height * width)) / width), at % width);
      return pattern[at - (at % (height * width)) + (((y % height) + height) % height) * width + (((x % width) + width) % width)] ?? 0;
    }),
  });
  return [
    taken((y, x) => [y, width - 1 - x]),
    taken((y, x) => [height - 1 - y, x]),
    taken((y, x) => [height - 1 - y, width - 1 - x]),
    taken((y, x) => [y - down, x - across]),
    taken((y, x) => [y + down, x - Math.floor(across / 2)]),
    taken((y, x) => [y - Math.floor(height / 2), x]),
    taken((y, x) => [y, x - Math.floor(width / 2)]),
  ];
}

/** The faintest that does half; the strongest where none does. */
function halfway({ rungs }: Addition): Stamp | undefined {
  return (rungs.find(({ reach }) => reach >= DOES) ?? rungs.at(-1))?.stamp;
}

export function steepness({ rungs }: Addition): number {
  const rises = rungs.slice(1).map(({ strength, reach }, at) => {
    const before = rungs[at];
    return before === undefined ? 0 : (logit(reach) - logit(before.reach)) / Math.log(strength / before.strength);
  });
  return Math.max(0, ...rises);
}

/** Ends are clipped: a mean of some dozens of pictures. */
function logit(share: number): number {
  const clipped = Math.min(0.995, Math.max(0.005, share));
  return Math.log(clipped / (1 - clipped));
}

function leadOf(logits: Float32Array, row: number, classes: number, target: number): number {
  let rival = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < classes; at++) if (at !== target) rival = Math.max(rival, logits[row * classes + at] ?? 0);
  return (logits[row * classes + target] ?? 0) - rival;
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
