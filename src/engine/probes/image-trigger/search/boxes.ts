// Small squares anywhere on the picture (DeBackdoor's patch family, Popovic et al., USENIX Security 2025): a bank of plain squares
// over all places, run forward once for all classes; for each class the best places are taken further by gradients on the
// colours alone. Unlike the smallest mask (inversion.ts) the size is fixed and what is compared is how much a square achieves:
// that also serves vision transformers, whose masks are rugged. How it can mislead: triggers larger than the square are
// found in part, and some classes are reached by some square in any model.
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import { softmaxRows, type ImageClassifier } from '../../../runtime/classifier.ts';
import { bestOf, type Base } from '../pictures/bases.ts';
import { moveInto } from '../pictures/moved.ts';
import { concat } from '../pictures/pixels.ts';
import { clamp } from '../pictures/synthetic.ts';
import { Adam } from './adam.ts';
import type { Differentiator } from './differentiator.ts';
import { type Stamp, stamped } from './stamp.ts';

/** What a square shall do: send pictures of other classes to one class, or each class the same number of places on. */
export type Goal = { readonly kind: 'class'; readonly target: number } | { readonly kind: 'shift'; readonly by: number };

export interface Box {
  readonly goal: Goal;
  readonly top: number;
  readonly left: number;
  readonly side: number;
  readonly stamp: Stamp;
  /** Mean probability of the aim over held-out pictures that are not there already, and the share that goes there. */
  readonly reach: number;
  readonly hits: number;
  readonly of: number;
}

/** The square for one class as a target. */
export function boxOf(boxes: readonly Box[], target: number | undefined): Box | undefined {
  return boxes.find(({ goal }) => goal.kind === 'class' && goal.target === target);
}

export interface BoxPlan {
  /** Places of the bank along a side, at most; pictures that each of its squares is tried on. */
  readonly bankPlaces: number;
  readonly bankRows: number;
  /** Pictures that colours are sought on. */
  readonly rows: number;
  readonly places: number;
  readonly steps: number;
}

/** Of the shorter side: 4 of 28, 5 of 32; and 3 of both. A small square that serves as well as a large one says more. */
const SIDE = 0.155;
const SMALL_SIDE = 0.095;
const RATE = 0.12;

interface Candidate {
  readonly goal: Goal;
  readonly top: number;
  readonly left: number;
  readonly colours: Float32Array;
  readonly adam: Adam;
  readonly bases: readonly Base[];
  best: Float32Array;
  bestLoss: number;
}

function sideOfBox({ height, width }: ImageClassifier['spec'], share = SIDE): number {
  return Math.max(2, Math.round(Math.min(height, width) * share));
}

/** Smaller squares, for classes alone, also inside the best of the usual ones (`larger`); none where those are as small. */
export async function searchSmallBoxes(model: ImageClassifier, differentiator: Differentiator | undefined, search: readonly Base[], heldOut: readonly Base[], classes: readonly number[], larger: readonly Box[], plan: BoxPlan, random: Random, signal: CancelSignal): Promise<Box[]> {
  const side = sideOfBox(model.spec, SMALL_SIDE);
  if (side === sideOfBox(model.spec)) return [];
  return searchGoals(model, differentiator, search, heldOut, classes.map((target): Goal => ({ kind: 'class', target })), side, larger, everywhere(plan), random, signal);
}

/** A vision transformer answers to a small square in one place and not one pixel aside: all places, on half of the pictures, where that can be paid for. */
function everywhere(plan: BoxPlan): BoxPlan {
  return plan.bankPlaces < FINE_BANK ? plan : { ...plan, bankPlaces: 2 * plan.bankPlaces, bankRows: Math.ceil(plan.bankRows / 2) };
}

const FINE_BANK = 15;

/** Without a differentiator colours are changed at random and kept where that helps. */
export async function searchBoxes(model: ImageClassifier, differentiator: Differentiator | undefined, search: readonly Base[], heldOut: readonly Base[], classes: readonly number[], plan: BoxPlan, random: Random, signal: CancelSignal): Promise<Box[]> {
  const goals: Goal[] = [...classes.map((target): Goal => ({ kind: 'class', target })), ...shiftsOf(model.classes).map((by): Goal => ({ kind: 'shift', by }))];
  return searchGoals(model, differentiator, search, heldOut, goals, sideOfBox(model.spec), [], plan, random, signal);
}

async function searchGoals(model: ImageClassifier, differentiator: Differentiator | undefined, search: readonly Base[], heldOut: readonly Base[], goals: readonly Goal[], side: number, larger: readonly Box[], plan: BoxPlan, random: Random, signal: CancelSignal): Promise<Box[]> {
  const bankRows = spreadOut(search, plan.bankRows);
  const bank = await scanBank(model, bankRows, goals, side, plan.bankPlaces, random.fork('bank'), signal);
  const chosen = goals.map((goal, index) => bestPlaces(bank, index, goal.kind === 'class' ? plan.places : 1, side));
  const settled = await settle(model, bankRows, goals, chosen, side, plan.bankPlaces, signal);
  const inside = await insideOf(model, bankRows, goals, larger, side, signal);
  const candidates = goals.flatMap((goal, index) => {
    const bases = spreadOut(search.filter(({ seen }) => aimOf(goal, seen, model.classes) !== seen), plan.rows);
    const held = inside[index];
    return [...(settled[index] ?? []), ...(held === undefined ? [] : [held])].map(({ top, left, colours }): Candidate => {
      const start = colours.map((value) => 0.1 + 0.8 * value);
      return { goal, top, left, colours: start, adam: new Adam(start.length, RATE), bases, best: start.slice(), bestLoss: Infinity };
    });
  });
  if (differentiator === undefined) await climb(model, candidates, side, plan.steps, random.fork('climb'), signal);
  else await refine(differentiator, candidates, side, plan.steps, random.fork('refine'), signal);
  const boxes: Box[] = [];
  for (const goal of goals) {
    const mine = candidates.filter((candidate) => candidate.goal === goal).sort((a, b) => a.bestLoss - b.bestLoss);
    const rows = heldOut.filter(({ seen }) => aimOf(goal, seen, model.classes) !== seen);
    const [first] = mine;
    if (first === undefined || rows.length === 0) continue;
    const stamp = stampOf(model, first, first.best, side);
    const logits = await model.scores({ kind: 'image', rows: rows.length, pixels: concat(rows.map(({ pixels }) => stamped(stamp, pixels))) }, signal);
    const p = softmaxRows(logits, model.classes);
    boxes.push({ goal, top: first.top, left: first.left, side, stamp, reach: reachOf(p, rows, goal, model.classes), hits: rows.filter(({ seen }, row) => bestOf(logits, row, model.classes) === aimOf(goal, seen, model.classes)).length, of: rows.length });
  }
  return boxes;
}

/** The shifts worth asking for: with many classes only to the next and to the one before. */
function shiftsOf(classes: number): number[] {
  if (classes < FEWEST_FOR_SHIFTS) return [];
  return classes <= MOST_FOR_SHIFTS ? Array.from({ length: classes - 1 }, (_, at) => at + 1) : [1, classes - 1];
}

const FEWEST_FOR_SHIFTS = 4;
const MOST_FOR_SHIFTS = 12;

function aimOf(goal: Goal, seen: number, classes: number): number {
  return goal.kind === 'class' ? goal.target : (seen + goal.by) % classes;
}

/** Mean probability of where the goal sends each row, over rows that are not there already. */
function reachOf(p: Float32Array, rows: readonly Base[], goal: Goal, classes: number): number {
  let [sum, count] = [0, 0];
  for (const [row, { seen }] of rows.entries()) {
    const aim = aimOf(goal, seen, classes);
    if (aim === seen) continue;
    sum += p[row * classes + aim] ?? 0;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

interface Banked {
  readonly top: number;
  readonly left: number;
  readonly colours: Float32Array;
  /** One a goal. */
  readonly reach: readonly number[];
}

/** Bright, dark, chequered and random squares at all places of a grid, edges and corners among them. */
async function scanBank(model: ImageClassifier, rows: readonly Base[], goals: readonly Goal[], side: number, most: number, random: Random, signal: CancelSignal): Promise<Banked[]> {
  const { channels, height, width } = model.spec;
  const size = channels * side * side;
  const looks: ((at: number) => number)[] = [() => 1, () => 0, (at) => (Math.floor((at % (side * side)) / side) + (at % side)) % 2, () => random.next()];
  const along = (length: number): number[] => {
    const count = Math.min(most, length - side + 1);
    return [...new Set(Array.from({ length: count }, (_, at) => Math.round((at * (length - side)) / Math.max(1, count - 1))))];
  };
  const found: Banked[] = [];
  for (const top of along(height)) {
    await breathe(signal);
    const line = along(width).flatMap((left) => looks.map((look) => ({ top, left, colours: Float32Array.from({ length: size }, (_, at) => look(at)) })));
    const pictures = line.flatMap(({ left, colours }) => rows.map(({ pixels }) => withBox(model, pixels, top, left, colours, side)));
    const p = softmaxRows(await model.scores({ kind: 'image', rows: pictures.length, pixels: concat(pictures) }, signal), model.classes);
    for (const [at, one] of line.entries()) {
      const own = p.subarray(at * rows.length * model.classes, (at + 1) * rows.length * model.classes);
      found.push({ ...one, reach: goals.map((goal) => reachOf(own, rows, goal, model.classes)) });
    }
  }
  return found;
}

/** For each class the most that one square of the bank brings about: mean probability over pictures of other classes. */
export async function reachOfSquares(model: ImageClassifier, rows: readonly Base[], plan: BoxPlan, random: Random, signal: CancelSignal): Promise<number[]> {
  const goals = Array.from({ length: model.classes }, (_, target): Goal => ({ kind: 'class', target }));
  const bank = await scanBank(model, spreadOut(rows, plan.bankRows), goals, sideOfBox(model.spec), plan.bankPlaces, random, signal);
  return goals.map((_, at) => bank.reduce((most, { reach }) => Math.max(most, reach[at] ?? 0), 0));
}

/** The places where squares serve a goal best, no two of them overlapping by much. */
function bestPlaces(bank: readonly Banked[], goal: number, count: number, side: number): Banked[] {
  const chosen: Banked[] = [];
  for (const one of [...bank].sort((a, b) => (b.reach[goal] ?? 0) - (a.reach[goal] ?? 0))) {
    if (chosen.length === count) break;
    if (chosen.every(({ top, left }) => Math.max(Math.abs(top - one.top), Math.abs(left - one.left)) >= side)) chosen.push(one);
  }
  return chosen;
}

/**
 * The grid of the bank leaves places out, and a small trigger one pixel aside is another one: each chosen square goes to its best
 * neighbour, by half a step of the grid, then by less, down to one pixel.
 */
async function settle(model: ImageClassifier, rows: readonly Base[], goals: readonly Goal[], chosen: readonly (readonly Banked[])[], side: number, most: number, signal: CancelSignal): Promise<Banked[][]> {
  const { height, width } = model.spec;
  const spacing = Math.max(height - side, width - side) / Math.max(1, most - 1);
  const settled = chosen.map((list) => [...list]);
  for (let step = Math.ceil(spacing / 2); spacing > 1 && step >= 1; step >>= 1) {
    for (const [index, goal] of goals.entries()) {
      for (const [at, one] of (settled[index] ?? []).entries()) {
        const around = AROUND.map(([dy, dx]) => ({ ...one, top: one.top + dy * step, left: one.left + dx * step })).filter(({ top, left }) => top >= 0 && left >= 0 && top + side <= height && left + side <= width);
        const best = await bestAmong(model, rows, goal, index, around, side, signal);
        if (best !== undefined && (best.reach[index] ?? 0) > (one.reach[index] ?? 0)) settled[index]?.splice(at, 1, best);
      }
    }
  }
  return settled;
}

/** For each goal the smaller square inside the best larger one that keeps most of what that does. */
async function insideOf(model: ImageClassifier, rows: readonly Base[], goals: readonly Goal[], larger: readonly Box[], side: number, signal: CancelSignal): Promise<(Banked | undefined)[]> {
  const { channels, height, width } = model.spec;
  const found: (Banked | undefined)[] = [];
  for (const [index, goal] of goals.entries()) {
    const box = goal.kind === 'class' ? boxOf(larger, goal.target) : undefined;
    const offsets = Array.from({ length: Math.max(0, (box?.side ?? 0) - side + 1) }, (_, at) => at);
    const inside = offsets.flatMap((dy) => offsets.map((dx) => ({ top: (box?.top ?? 0) + dy, left: (box?.left ?? 0) + dx, reach: [] }))).map((place) => ({
      ...place,
      colours: Float32Array.from({ length: channels * side * side }, (_, cell) => box?.stamp.pattern[placeOf({ height, width }, place, cell, side)] ?? 0),
    }));
    found.push(await bestAmong(model, rows, goal, index, inside, side, signal));
  }
  return found;
}

async function bestAmong(model: ImageClassifier, rows: readonly Base[], goal: Goal, index: number, squares: readonly Banked[], side: number, signal: CancelSignal): Promise<Banked | undefined> {
  await breathe(signal);
  if (squares.length === 0) return undefined;
  const pictures = squares.flatMap(({ top, left, colours }) => rows.map(({ pixels }) => withBox(model, pixels, top, left, colours, side)));
  const p = softmaxRows(await model.scores({ kind: 'image', rows: pictures.length, pixels: concat(pictures) }, signal), model.classes);
  const each = rows.length * model.classes;
  const scored = squares.map((square, turn) => ({ square, reach: reachOf(p.subarray(turn * each, (turn + 1) * each), rows, goal, model.classes) }));
  const best = scored.reduce((most, one) => (one.reach > most.reach ? one : most));
  const reach: number[] = [];
  reach[index] = best.reach;
  return { ...best.square, reach };
}

const AROUND = [[-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 1], [1, -1], [1, 0], [1, 1]] as const;

async function refine(differentiator: Differentiator, candidates: readonly Candidate[], side: number, steps: number, random: Random, signal: CancelSignal): Promise<void> {
  const { model } = differentiator;
  const { channels, height, width } = model.spec;
  const size = channels * height * width;
  const aims = candidates.flatMap(({ bases, goal }) => bases.map(({ seen }) => aimOf(goal, seen, model.classes)));
  const pixels = new Float32Array(aims.length * size);
  const still = new Float32Array(size);
  for (let step = 0; step <= steps; step++) {
    let row = 0;
    for (const candidate of candidates) {
      for (const base of candidate.bases) {
        moveInto(model.spec, base.pixels, still, random);
        putBox(model, still, candidate.top, candidate.left, candidate.colours, side);
        pixels.set(still, row++ * size);
      }
    }
    const { logits, gradient } = await differentiator.crossEntropy(pixels, aims, signal);
    const p = softmaxRows(logits, model.classes);
    row = 0;
    for (const candidate of candidates) {
      const pulled = new Float32Array(candidate.colours.length);
      let loss = 0;
      for (let at = 0; at < candidate.bases.length; at++, row++) {
        loss -= Math.log(Math.max(1e-9, p[row * model.classes + (aims[row] ?? 0)] ?? 0));
        for (let cell = 0; cell < pulled.length; cell++) pulled[cell] = (pulled[cell] ?? 0) + (gradient[row * size + placeOf(model.spec, candidate, cell, side)] ?? 0);
      }
      if (loss < candidate.bestLoss) {
        candidate.bestLoss = loss;
        candidate.best = candidate.colours.slice();
      }
      candidate.adam.step(candidate.colours, pulled);
      for (let cell = 0; cell < pulled.length; cell++) candidate.colours[cell] = clamp(candidate.colours[cell] ?? 0);
    }
  }
}

/** A part of the colours is drawn anew, mostly from the ends of the range; what serves the goal better stays. */
async function climb(model: ImageClassifier, candidates: readonly Candidate[], side: number, steps: number, random: Random, signal: CancelSignal): Promise<void> {
  const share = (step: number): number => Math.max(0.1, 0.5 * (1 - step / (steps + 1)));
  for (let step = 0; step <= steps; step++) {
    const drawn = candidates.map(({ best }) => (step === 0 ? best : best.map((value) => (random.next() >= share(step) ? value : random.next() < 0.7 ? random.below(2) : random.next()))));
    const pictures = candidates.flatMap((candidate, at) =>
      candidate.bases.map((base) => {
        const moved = base.pixels.slice();
        moveInto(model.spec, base.pixels, moved, random);
        putBox(model, moved, candidate.top, candidate.left, drawn[at] ?? candidate.best, side);
        return moved;
      }),
    );
    const p = softmaxRows(await model.scores({ kind: 'image', rows: pictures.length, pixels: concat(pictures) }, signal), model.classes);
    let row = 0;
    for (const [at, candidate] of candidates.entries()) {
      let loss = 0;
      for (const { seen } of candidate.bases) loss -= Math.log(Math.max(1e-9, p[row++ * model.classes + aimOf(candidate.goal, seen, model.classes)] ?? 0));
      if (loss >= candidate.bestLoss) continue;
      candidate.bestLoss = loss;
      candidate.best = drawn[at] ?? candidate.best;
    }
  }
}

/** Index in a picture of a cell of the square, [channels, side, side]. */
function placeOf({ height, width }: { readonly height: number; readonly width: number }, { top, left }: { readonly top: number; readonly left: number }, cell: number, side: number): number {
  const [channel, y, x] = [Math.floor(cell / (side * side)), Math.floor((cell % (side * side)) / side), cell % side];
  return (channel * height + top + y) * width + left + x;
}

function putBox(model: ImageClassifier, picture: Float32Array, top: number, left: number, colours: Float32Array, side: number): void {
  for (let cell = 0; cell < colours.length; cell++) picture[placeOf(model.spec, { top, left }, cell, side)] = colours[cell] ?? 0;
}

function withBox(model: ImageClassifier, picture: Float32Array, top: number, left: number, colours: Float32Array, side: number): Float32Array {
  const copy = picture.slice();
  putBox(model, copy, top, left, colours, side);
  return copy;
}

function stampOf(model: ImageClassifier, place: { readonly top: number; readonly left: number }, colours: Float32Array, side: number): Stamp {
  const { channels, height, width } = model.spec;
  const [mask, pattern] = [new Float32Array(height * width), new Float32Array(channels * height * width).fill(0.5)];
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) mask[(place.top + y) * width + place.left + x] = 1;
  putBox(model, pattern, place.top, place.left, colours, side);
  return { family: 'patch', mask, pattern };
}

/** Some of them, as evenly over the classes as they come (they stand class by class). */
export function spreadOut(bases: readonly Base[], count: number): Base[] {
  const wanted = Math.min(count, bases.length);
  return Array.from({ length: wanted }, (_, at) => bases[Math.floor((at * bases.length) / wanted)] as Base);
}
