// The stages of the image trigger search, and what they measured: inputs to search on, maximum margins, the smallest patch
// and the faintest blend for every class, smallest patches for every pair of classes, further steps and proofs for the most
// outlying ones, and one trigger that moves every class (all-to-all).
import { NotTested, type RunnableImageClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { BudgetName } from '../../core/finding.ts';
import type { Random } from '../../core/random.ts';
import type { Found, Scan } from './found.ts';
import { makeBases, type Base } from './pictures/bases.ts';
import { chooseDomain } from './pictures/domain.ts';
import { planFor } from './plan/plan-for.ts';
import { FEWEST_FOR_PAIRS, ROWS } from './plan/plan.ts';
import { prove } from './proof/proof.ts';
import { type ProvenPair, provePair } from './proof/prove-pair.ts';
import { asAddition, asSquare, asVeil, asWave, bestBox, MET, spares } from './proof/reconstruct.ts';
import { scanForward } from './scan-forward.ts';
import { searchAdditions, type Addition, type Band, type Ladder } from './search/additions.ts';
import { searchBoxes, searchSmallBoxes, spreadOut } from './search/boxes.ts';
import { Differentiator } from './search/differentiator.ts';
import { Search, type Inversion } from './search/inversion.ts';
import { maximumMargins } from './search/margins.ts';
import { outliers, unranked } from './search/outliers.ts';
import { measureOwnWeights } from './search/own-weights.ts';
import { searchPairs } from './search/pairs.ts';
import { measureSpread } from './search/spread.ts';
import type { Family } from './search/stamp.ts';
import { likenessOfShifts, likenessOfTargets, oddestPairs, tableOf } from './search/table.ts';
import { searchVeils } from './search/veils.ts';
import { bestReach, measureWaves, WAVE_STRENGTH } from './search/waves.ts';
import type { OnStage } from './stages.ts';
import { featuresOf, LEAST_WORKING, oddsOf } from './weigh/confidence.ts';

/** named: classes that are searched and proven whatever the outliers say. */
export async function scanImages(runnable: RunnableImageClassifier, budget: BudgetName, random: Random, signal: CancelSignal, onStage: OnStage, named: readonly number[] = []): Promise<Scan> {
  const { model, note } = await chooseDomain(runnable.model, signal);
  const opened = await Differentiator.open(model, ROWS, signal);
  if (opened.kind !== 'ok') return scanForward({ ...runnable, model }, note, budget, opened.reasons, random, signal, onStage, named);
  const { differentiator } = opened;
  try {
    let measuring: Promise<readonly number[] | undefined> | undefined;
    const weights = (): Promise<readonly number[] | undefined> => (measuring ??= measureOwnWeights(model, signal));
    const plan = await planFor(model, budget, differentiator.multiplyAddsPerRow, named, weights, random, signal);
    if (plan.tooMuch) throw new NotTested(`one picture costs ${(differentiator.multiplyAddsPerRow / 3e9).toFixed(1)} billion multiply-adds: the smallest search that says anything would take hours (${(plan.multiplyAdds / 1e12).toFixed(0)} trillion multiply-adds)`);
    const { classes } = plan;
    const area = model.spec.height * model.spec.width;
    onStage('inputs', 0, 1);
    const { search, heldOut, without } = await makeBases({ ...runnable, model }, differentiator, classes, plan.perClass, random.fork('bases'), signal);
    onStage('inputs', 1, 1);
    onStage('margins', 0, 1);
    const { margins } = await maximumMargins(differentiator, classes, plan.marginStarts, plan.marginSteps, random.fork('margins'), signal);
    const waves = await measureWaves(model, spreadOut(search, plan.waveRows), plan.waves, WAVE_STRENGTH, signal);
    onStage('margins', 1, 1);
    const pairs = plan.pairRows === 0 ? [] : await searchPairs(differentiator, search, classes, plan.pairRows, plan.pairSteps, random.fork('pairs'), signal, (done, total) => onStage('pairs', done, total));
    if (plan.pairRows === 0) onStage('pairs', 0, 0, classes.length < FEWEST_FOR_PAIRS ? 'too few classes to set a pair beside others' : TOO_LARGE);
    else onStage('pairs', 1, 1);
    const table = pairs.length === 0 ? undefined : tableOf(pairs, model.classes, area);
    onStage('boxes', 0, 1);
    const boxes = await searchBoxes(model, differentiator, search, heldOut, classes, plan.boxes, random.fork('boxes'), signal);
    const smallBoxes = await searchSmallBoxes(model, differentiator, search, heldOut, classes, boxes, plan.boxes, random.fork('small boxes'), signal);
    onStage('boxes', 1, 1);
    const begin = async (family: Family, target: number): Promise<Search> => {
      const rows = rowsFor(search, target, ROWS, random.fork(`rows ${target}`));
      const started = new Search(differentiator, family, { aims: rows.map(() => target), bases: rows, target }, random.fork(`${family} ${target}`));
      await started.advance(plan.steps, signal);
      return started;
    };
    const searches: Record<Family, Search[]> = { patch: [], blend: [] };
    const additions: Record<Band, Addition[]> = { all: [], low: [] };
    let veils: readonly Ladder[] = [];
    if (plan.everyClass) {
      for (const family of ['patch', 'blend'] as const) {
        for (const [at, target] of classes.entries()) {
          onStage(family, at, classes.length);
          searches[family].push(await begin(family, target));
        }
        onStage(family, classes.length, classes.length);
      }
    } else {
      for (const stage of ['patch', 'blend'] as const) onStage(stage, 0, 0, `${TOO_LARGE}: for the most outlying classes alone`);
    }
    for (const [at, band] of plan.bands.entries()) {
      onStage('additions', at, plan.bands.length + 1);
      additions[band] = await searchAdditions(differentiator, band, search, heldOut, classes, plan.additions, random.fork(`additions ${band}`), signal);
    }
    if (plan.bands.length === 0) onStage('additions', 0, 0, TOO_LARGE);
    else {
      onStage('additions', plan.bands.length, plan.bands.length + 1);
      if (plan.everyClass) veils = await searchVeils(differentiator, search, heldOut, classes, plan.additions, random.fork('veils'), signal);
      onStage('additions', 1, 1);
    }
    const inversions = { patch: searches.patch.map(({ found }) => found), blend: searches.blend.map(({ found }) => found) };
    const ranked = { patch: outliers(inversions.patch.map(sizeIfMet), area), blend: outliers(inversions.blend.map(sizeIfMet), STRONGEST_BLEND) };
    // A large lead is what counts here: sizes are small where leads are large.
    const least = Math.max(1e-3, ...margins.map(Math.abs)) * 1e-3;
    const marginOutliers = outliers(margins.map((margin) => 1 / Math.max(least, margin)), Number.POSITIVE_INFINITY);
    const pairOutliers = table === undefined ? [] : outliers(classes.map((target) => Math.exp(table.targets[target] ?? 0)), Number.POSITIVE_INFINITY);
    const alike = pairs.length === 0 ? { targets: classes.map(() => 0), shifts: [] } : { targets: likenessOfTargets(pairs, classes), shifts: likenessOfShifts(pairs, model.classes) };
    const waveReach = bestReach(waves, classes, 'all');
    const measured = { model, classes, inversions, outliers: ranked, pairOutliers, marginOutliers, waveReach, coarseReach: bestReach(waves, classes, 'coarse'), alike, boxes, smallBoxes, additions, veils, ownWeights: await weights() };
    const odds = classes.map((target) => oddsOf(featuresOf(measured, target), classes.length));
    const chosen = [...classes.keys()].sort((a, b) => (odds[b] ?? 0) - (odds[a] ?? 0) || a - b).filter((at, place) => place < plan.finalists || named.includes(classes[at] ?? -1));
    const finalists: Record<Family, Found[]> = { patch: [], blend: [] };
    for (const [turn, at] of chosen.entries()) {
      onStage('proof', turn, chosen.length);
      const { veil, wave } = featuresOf(measured, classes[at] ?? 0);
      for (const family of ['patch', 'blend'] as const) {
        const started = searches[family][at] ?? (await begin(family, classes[at] ?? 0));
        const outlier = ranked[family][at] ?? unranked(at);
        // What is proven was made on all search pictures, so that it carries over to the held-out ones.
        const widened = started.widened(rowsFor(search, started.target, plan.proofRows, random.fork(`widened ${started.target}`)), SURE);
        await widened.advance(plan.refine, signal);
        const inversion = family === 'patch' ? asSquare(model, widened.found, bestBox(started.target, boxes, smallBoxes), ranked.blend[at]?.gap ?? 0) : asVeil(asAddition(asWave(widened.found, waves, waveReach[at] ?? 0), additions), veils, veil !== null && veil > wave ? veil : 0);
        const proofOf = async (one: Inversion): Promise<Found> => ({ inversion: one, outlier, proof: await prove(model, one.stamp, one.target, heldOut, random.fork(`proof ${family} ${one.target}`), signal) });
        let found = await proofOf(inversion);
        for (const spare of found.proof.interval[0] < LEAST_WORKING ? spares(family, inversion.target, [boxes, smallBoxes], waves, additions) : []) {
          const other = await proofOf(spare);
          if (other.proof.interval[0] > found.proof.interval[0]) found = other;
        }
        finalists[family].push(found);
      }
    }
    const provenPairs: ProvenPair[] = [];
    for (const { source, target } of table === undefined ? [] : oddestPairs(table, plan.pairsProven)) {
      const pair = pairs.find((one) => one.source === source && one.inversion.target === target);
      if (pair !== undefined) provenPairs.push(await provePair(pair, search, heldOut, model, plan.refine, SURE, random.fork(`pair ${source} ${target}`), signal));
    }
    onStage('proof', 1, 1);
    onStage('spread', 0, 1);
    const spread = await measureSpread(model, boxes, heldOut, signal);
    onStage('spread', 1, 1);
    return { ...measured, provenPairs, plan, noGradients: [], domain: note, search, heldOut, without, margins, table, pairs, finalists, spread, multiplyAdds: differentiator.multiplyAdds };
  } finally {
    await differentiator.dispose();
  }
}

const TOO_LARGE = 'more than this budget pays for in a model of this size';

/** Share of the search pictures that a trigger to be proven moves. */
const SURE = 0.93;
/** An addition of this strength leaves nothing of a picture. */
const STRONGEST_BLEND = 0.6;

/** An inversion that did not reach its aim says only that the trigger is larger than what was tried. */
function sizeIfMet({ size, success }: Inversion): number {
  return success >= MET ? size : Number.POSITIVE_INFINITY;
}

/** Pictures of other classes than the target, as evenly as they come. */
function rowsFor(search: readonly Base[], target: number, count: number, random: Random): Base[] {
  const others = search.filter(({ seen }) => seen !== target);
  if (others.length === 0) return [];
  const offset = random.below(others.length);
  return Array.from({ length: Math.min(count, others.length) }, (_, at) => others[(at + offset) % others.length] as Base);
}
