// The stages of the image trigger search, and what they measured: inputs to search on, maximum margins, the smallest patch
// and the faintest blend for every class, further for the most outlying ones, with their proofs, and one trigger that moves
// every class (all-to-all).
import type { RunnableImageClassifier } from '../../audit/analysis.ts';
import type { ImageClassifier } from '../../runtime/classifier.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { BudgetName } from '../../core/finding.ts';
import type { Random } from '../../core/random.ts';
import { makeBases, type Base } from './bases.ts';
import { Differentiator } from './differentiator.ts';
import { chooseDomain } from './domain.ts';
import { Search, type Family, type Inversion } from './inversion.ts';
import { maximumMargins } from './margins.ts';
import { outliers, type Outlier } from './outliers.ts';
import { prove, type Proof } from './proof.ts';
import { measureSpread, type Spread } from './spread.ts';
import { planScan, type Plan } from './plan.ts';

export interface Found {
  readonly inversion: Inversion;
  readonly outlier: Outlier;
  readonly proof: Proof;
}

export interface Scan {
  readonly plan: Plan;
  /** The classifier as it was fed: with the normalisation that was found to be missing. */
  readonly model: ImageClassifier;
  /** What was assumed about the pictures' range. */
  readonly domain: string;
  /** Classes that were searched; all of them unless there are too many. */
  readonly classes: readonly number[];
  readonly search: readonly Base[];
  readonly heldOut: readonly Base[];
  readonly without: readonly number[];
  readonly margins: readonly number[];
  readonly marginOutliers: readonly Outlier[];
  readonly inversions: Readonly<Record<Family, readonly Inversion[]>>;
  readonly outliers: Readonly<Record<Family, readonly Outlier[]>>;
  /** The most outlying classes of each family, searched further and proven: the first is the suspect, the others its controls. */
  readonly finalists: Readonly<Record<Family, readonly Found[]>>;
  /** One patch that makes every picture leave its class. */
  readonly spread: Spread;
  readonly multiplyAdds: number;
}

export type StageId = 'inputs' | 'margins' | 'patch' | 'blend' | 'spread';
export type OnStage = (stage: StageId, done: number, total: number) => void;

export type ScanResult = { readonly kind: 'ok'; readonly scan: Scan } | { readonly kind: 'unsupported'; readonly reasons: readonly string[] };

export async function scanImages(runnable: RunnableImageClassifier, budget: BudgetName, random: Random, signal: CancelSignal, onStage: OnStage): Promise<ScanResult> {
  const { model, note } = await chooseDomain(runnable.model, random.fork('domain'), signal);
  const opened = await Differentiator.open(model, ROWS);
  if (opened.kind !== 'ok') return opened;
  const { differentiator } = opened;
  try {
    const plan = planScan(budget, model.classes, differentiator.multiplyAddsPerRow);
    const classes = plan.classes;
    onStage('inputs', 0, 1);
    const { search, heldOut, without } = await makeBases({ ...runnable, model }, differentiator, classes, plan.perClass, random.fork('bases'), signal);
    onStage('inputs', 1, 1);
    onStage('margins', 0, 1);
    const { margins } = await maximumMargins(differentiator, classes, plan.marginStarts, plan.marginSteps, random.fork('margins'), signal);
    onStage('margins', 1, 1);
    const inversions: Record<Family, Inversion[]> = { patch: [], blend: [] };
    const ranked: Record<Family, Outlier[]> = { patch: [], blend: [] };
    const finalists: Record<Family, Found[]> = { patch: [], blend: [] };
    for (const family of ['patch', 'blend'] as const) {
      const searches: Search[] = [];
      const total = classes.length + plan.finalists;
      for (const [at, target] of classes.entries()) {
        onStage(family, at, total);
        const rows = rowsFor(search, target, plan.rows, random.fork(`rows ${target}`));
        const started = new Search(differentiator, family, { aims: rows.map(() => target), bases: rows, target }, random.fork(`${family} ${target}`));
        await started.advance(plan.steps, signal);
        searches.push(started);
      }
      inversions[family] = searches.map(({ found }) => found);
      ranked[family] = outliers(inversions[family].map(sizeIfMet), family === 'patch' ? model.spec.height * model.spec.width : STRONGEST_BLEND);
      const chosen = [...ranked[family]].sort((a, b) => b.z - a.z || b.gap - a.gap || a.index - b.index).slice(0, plan.finalists);
      for (const [at, outlier] of chosen.entries()) {
        onStage(family, classes.length + at, total);
        const started = searches[outlier.index];
        if (started === undefined) continue;
        await started.advance(plan.refine, signal);
        const inversion = started.found;
        finalists[family].push({ inversion, outlier, proof: await prove(model, inversion.stamp, inversion.target, heldOut, random.fork(`proof ${family} ${inversion.target}`), signal) });
      }
      onStage(family, total, total);
    }
    onStage('spread', 0, 1);
    const spread = await measureSpread(differentiator, search, heldOut, plan, random.fork('spread'), signal);
    onStage('spread', 1, 1);
    // A large lead is what counts here: sizes are small where leads are large.
    const least = Math.max(1e-3, ...margins.map(Math.abs)) * 1e-3;
    const marginOutliers = outliers(margins.map((margin) => 1 / Math.max(least, margin)), Number.POSITIVE_INFINITY);
    const scan: Scan = {
      plan, model, domain: note, classes, search, heldOut, without, margins, marginOutliers, inversions, outliers: ranked, finalists, spread,
      multiplyAdds: differentiator.multiplyAdds,
    };
    return { kind: 'ok', scan };
  } finally {
    await differentiator.dispose();
  }
}

const ROWS = 18;
/** An addition of this strength leaves nothing of a picture. */
const STRONGEST_BLEND = 0.6;

/** An inversion that did not reach its aim says only that the trigger is larger than what was tried. */
function sizeIfMet({ size, success }: Inversion): number {
  return success >= 0.85 ? size : Number.POSITIVE_INFINITY;
}

/** Pictures of other classes than the target, as evenly as they come. */
export function rowsFor(search: readonly Base[], target: number, count: number, random: Random): Base[] {
  const others = search.filter(({ seen }) => seen !== target);
  if (others.length === 0) return [];
  const offset = random.below(others.length);
  return Array.from({ length: Math.min(count, others.length) }, (_, at) => others[(at + offset) % others.length] as Base);
}
