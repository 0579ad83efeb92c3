// What the search for image triggers measured on one model: what its stages fill in, and what rules, evidence and findings read.
import type { ImageClassifier } from '../../runtime/classifier.ts';
import type { Base } from './pictures/bases.ts';
import type { Plan } from './plan/plan.ts';
import type { Proof } from './proof/proof.ts';
import type { ProvenPair } from './proof/prove-pair.ts';
import type { Addition, Band, Ladder } from './search/additions.ts';
import type { Box } from './search/boxes.ts';
import type { Inversion } from './search/inversion.ts';
import type { Outlier } from './search/outliers.ts';
import type { Pair } from './search/pairs.ts';
import type { Spread } from './search/spread.ts';
import type { Family } from './search/stamp.ts';
import type { PairTable } from './search/table.ts';
export interface Found {
  readonly inversion: Inversion;
  readonly outlier: Outlier;
  readonly proof: Proof;
}

export interface Scan {
  readonly plan: Plan;
  /** Why there were no gradients; empty where there were. Without them only squares and waves were tried. */
  readonly noGradients: readonly string[];
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
  /** Patches from each class singly; undefined where they could not be paid for. */
  readonly table: PairTable | undefined;
  readonly pairs: readonly Pair[];
  /** The pairs that stand out most, proven. */
  readonly provenPairs: readonly ProvenPair[];
  readonly pairOutliers: readonly Outlier[];
  /** How alike the masks of each target and of each shift are; see table.ts. */
  readonly alike: { readonly targets: readonly number[]; readonly shifts: readonly number[] };
  readonly inversions: Readonly<Record<Family, readonly Inversion[]>>;
  readonly outliers: Readonly<Record<Family, readonly Outlier[]>>;
  /** What additions of equal strength do for each class; empty without gradients. */
  readonly additions: Readonly<Record<Band, readonly Addition[]>>;
  /** What veils of equal share do for each class; empty without gradients, and where they could not be paid for. */
  readonly veils: readonly Ladder[];
  /** Of every class of the model how far its own weights of the last layer stand out (head.ts); undefined where no last layer was seen. */
  readonly ownWeights: readonly number[] | undefined;
  /** The most outlying classes, searched further and proven in each family: the first is the suspect, the others its controls. */
  readonly finalists: Readonly<Record<Family, readonly Found[]>>;
  /** The squares that serve each goal best. */
  readonly boxes: readonly Box[];
  /** Smaller squares, for classes alone; empty where the usual ones are as small. */
  readonly smallBoxes: readonly Box[];
  /** Largest mean probability of each class under one faint wave; under a coarse one. */
  readonly waveReach: readonly number[];
  readonly coarseReach: readonly number[];
  /** One square that sends each class to another; undefined where there are too few classes. */
  readonly spread: Spread | undefined;
  readonly multiplyAdds: number;
}
