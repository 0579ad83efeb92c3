// Which classes to search where there are more than a search can be paid for: those that a plain square somewhere does most for, those
// that a plane wave does most for, and those with weights of their own in the last layer, in turns, so that what one kind of trigger
// shows is not crowded out by classes that another kind comes by easily. On pictures made without gradients. How it can
// mislead: a trigger that resembles neither, of a class without weights of its own, is no better here than chance.
import type { CancelSignal } from '../../../core/cancel.ts';
import { inTurns } from '../../../core/in-turns.ts';
import type { Random } from '../../../core/random.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { seenAs } from '../pictures/bases.ts';
import { madePicture } from '../pictures/made-pictures.ts';
import { reachOfSquares, spreadOut } from '../search/boxes.ts';
import { bestReach, measureWaves, WAVE_STRENGTH } from '../search/waves.ts';
import type { Plan } from './plan.ts';

const PICTURES = 18;

/** Classes, the likeliest first; ownWeights: head.ts, one a class, undefined where there are none to be seen. */
export async function likeliestClasses(model: ImageClassifier, plan: Pick<Plan, 'boxes' | 'waves' | 'waveRows'>, ownWeights: readonly number[] | undefined, random: Random, signal: CancelSignal): Promise<number[]> {
  const pictures = Array.from({ length: PICTURES }, (_, at) => madePicture(model.spec, at, random));
  const rows = await seenAs(model, pictures, true, signal);
  const classes = Array.from({ length: model.classes }, (_, at) => at);
  const squares = await reachOfSquares(model, rows, plan.boxes, random, signal);
  const waves = await measureWaves(model, spreadOut(rows, plan.waveRows), plan.waves, WAVE_STRENGTH, signal);
  const orders = [squares, bestReach(waves, classes, 'all'), bestReach(waves, classes, 'coarse'), ...(ownWeights === undefined ? [] : [ownWeights])];
  return inTurns(classes, orders.map((order) => (at: number) => order[at] ?? 0), classes.length);
}
