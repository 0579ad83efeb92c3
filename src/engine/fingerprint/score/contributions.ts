// What makes a model stand out, feature by feature: its distance from the reference's median in robust deviations. Signs and
// names are for the analyst; the detectors also weigh combinations, which no single feature shows.
import { robustScale } from '../../core/statistics.ts';
import type { FeatureSetId } from '../features/feature-sets.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { varianceOf } from '../linear/matrix.ts';
import type { ReferenceSet } from '../reference/reference-set.ts';

/** A robust scale below this share of the standard deviation tells that most values are one. */
const AGREE = 0.1;

export interface Contribution {
  readonly name: string;
  readonly value: number;
  /** Of the reference, the model itself left out. */
  readonly median: number;
  /** Robust deviations (1.4826 x median absolute deviation; the standard deviation where more than half of the models agree) from that median. */
  readonly deviations: number;
  /** Share of the reference at least as far from the median. */
  readonly asFar: number;
}

/** The `count` features farthest out, farthest first. */
export function contributions(reference: ReferenceSet, model: Fingerprint, set: FeatureSetId, count: number): Contribution[] {
  const others = reference.models.filter(({ sha256 }) => sha256 === '' || sha256 !== model.sha256);
  return reference.names[set]
    .map((name, index): Contribution => {
      const value = model.features[set][index] ?? 0;
      const values = others.map((other) => other.features[set][index] ?? 0);
      const { median, scale: robust } = robustScale(values);
      const spread = Math.sqrt(varianceOf(Float64Array.from(values)));
      // Many features of counts are the same for most models: next to no deviation then makes any other value look endless.
      const scale = robust < AGREE * spread ? spread : robust;
      const distance = Math.abs(value - median);
      const asFar = values.filter((other) => Math.abs(other - median) >= distance).length / Math.max(1, values.length);
      return { name, value, median, deviations: (value - median) / (scale + 1e-6 + 1e-3 * Math.abs(median)), asFar };
    })
    .sort((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations))
    .slice(0, count);
}
