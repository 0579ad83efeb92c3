// Squares and waves alone, for graphs that cannot be differentiated.
import type { RunnableImageClassifier } from '../../audit/analysis.ts';
import { whereGiven } from '../../core/artifact-error.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { BudgetName } from '../../core/finding.ts';
import type { Random } from '../../core/random.ts';
import type { Found, Scan } from './found.ts';
import { makeBases } from './pictures/bases.ts';
import { planFor } from './plan/plan-for.ts';
import { prove } from './proof/proof.ts';
import { searchBoxes, searchSmallBoxes, spreadOut } from './search/boxes.ts';
import type { Inversion } from './search/inversion.ts';
import { unranked } from './search/outliers.ts';
import { measureOwnWeights } from './search/own-weights.ts';
import { measureSpread } from './search/spread.ts';
import { sizeOfStamp } from './search/stamp.ts';
import { bestReach, measureWaves, WAVE_STRENGTH } from './search/waves.ts';
import type { OnStage } from './stages.ts';

export async function scanForward(runnable: RunnableImageClassifier, note: string, budget: BudgetName, reasons: readonly string[], random: Random, signal: CancelSignal, onStage: OnStage, named: readonly number[]): Promise<Scan> {
  const { model } = runnable;
  // The last layer may be seen where the rest is not; where a run on the way fails, the other orders remain.
  const weights = (): Promise<readonly number[] | undefined> => whereGiven(measureOwnWeights(model, signal));
  const plan = await planFor(model, budget, ASSUMED_COST, named, weights, random, signal);
  const { classes } = plan;
  for (const stage of ['pairs', 'patch', 'blend', 'additions'] as const) onStage(stage, 0, 0, 'the graph cannot be differentiated');
  onStage('inputs', 0, 1);
  const { search, heldOut, without } = await makeBases(runnable, undefined, classes, plan.perClass, random.fork('bases'), signal);
  onStage('inputs', 1, 1);
  onStage('boxes', 0, 1);
  const boxes = await searchBoxes(model, undefined, search, heldOut, classes, { ...plan.boxes, steps: CLIMB * plan.boxes.steps }, random.fork('boxes'), signal);
  const smallBoxes = await searchSmallBoxes(model, undefined, search, heldOut, classes, boxes, { ...plan.boxes, steps: CLIMB * plan.boxes.steps }, random.fork('small boxes'), signal);
  onStage('boxes', 1, 1);
  onStage('margins', 0, 1);
  const waves = await measureWaves(model, spreadOut(search, plan.waveRows), plan.waves, WAVE_STRENGTH, signal);
  onStage('margins', 1, 1);
  const chosen = boxes.flatMap(({ goal, ...box }) => (goal.kind === 'class' ? [{ ...box, target: goal.target }] : [])).sort((a, b) => b.reach - a.reach || a.target - b.target).filter(({ target }, place) => place < plan.finalists || named.includes(target));
  const found: Found[] = [];
  onStage('proof', 0, 1);
  for (const { target, stamp, hits, of } of chosen) {
    const inversion: Inversion = { target, stamp, size: sizeOfStamp(stamp), success: of === 0 ? 0 : hits / of };
    found.push({ inversion, outlier: unranked(target), proof: await prove(model, stamp, target, heldOut, random.fork(`proof ${target}`), signal) });
  }
  onStage('proof', 1, 1);
  onStage('spread', 0, 1);
  const spread = await measureSpread(model, boxes, heldOut, signal);
  onStage('spread', 1, 1);
  return {
    plan, noGradients: reasons, model, domain: note, classes, search, heldOut, without, boxes, smallBoxes, spread,
    margins: [], marginOutliers: [], table: undefined, pairs: [], provenPairs: [], pairOutliers: [], alike: { targets: [], shifts: [] },
    additions: { all: [], low: [] }, veils: [], ownWeights: undefined, inversions: { patch: [], blend: [] }, outliers: { patch: [], blend: [] }, finalists: { patch: found, blend: [] },
    waveReach: bestReach(waves, classes, 'all'), coarseReach: bestReach(waves, classes, 'coarse'),
    multiplyAdds: 0,
  };
}

/** Of a row, where it cannot be counted; steps without gradients for one with. */
const ASSUMED_COST = 1e7;
const CLIMB = 3;
