// Which classes to search where there are more than a search can be paid for: those that a plain square somewhere does most for,
// on pictures made without gradients. How it can mislead: a trigger that no plain square resembles is no better here than chance.
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import type { ImageClassifier } from '../../runtime/classifier.ts';
import { seenAs } from './bases.ts';
import { reachOfSquares, type BoxPlan } from './boxes.ts';
import { madePicture } from './made-pictures.ts';

const PICTURES = 18;

/** Classes, most moved first. */
export async function likeliestClasses(model: ImageClassifier, plan: BoxPlan, random: Random, signal: CancelSignal): Promise<number[]> {
  const pictures = Array.from({ length: PICTURES }, (_, at) => madePicture(model.spec, at, random));
  const reach = await reachOfSquares(model, await seenAs(model, pictures, true, signal), plan, random, signal);
  return [...reach.keys()].sort((a, b) => (reach[b] ?? 0) - (reach[a] ?? 0) || a - b);
}
