// A pair of classes that stands out: its patch taken further, and shown to held-out pictures of its source and of the others.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import type { Probability } from '../../../core/units.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import type { Base } from '../pictures/bases.ts';
import type { Inversion } from '../search/inversion.ts';
import type { Pair } from '../search/pairs.ts';
import { prove, successRate, type Proof, type Rate } from './proof.ts';

/** A pair that stands out, taken further on all search pictures of its source. */
export interface ProvenPair {
  readonly source: number;
  readonly inversion: Inversion;
  /** On held-out pictures of the source, and the same patch on those of the other classes. */
  readonly proof: Proof;
  readonly others: Rate;
}

export async function provePair({ source, search: started }: Pair, search: readonly Base[], heldOut: readonly Base[], model: ImageClassifier, steps: number, met: Probability, random: Random, signal: CancelSignal): Promise<ProvenPair> {
  const { target } = started;
  const widened = started.widened(search.filter(({ seen }) => seen === source), met);
  await widened.advance(steps, signal);
  const inversion = widened.found;
  return {
    source,
    inversion,
    proof: await prove(model, inversion.stamp, target, heldOut.filter(({ seen }) => seen === source), random, signal),
    others: await successRate(model, inversion.stamp, target, heldOut.filter(({ seen }) => seen !== source && seen !== target), signal),
  };
}
