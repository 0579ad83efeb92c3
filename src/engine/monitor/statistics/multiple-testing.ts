// False discovery control over monitors and windows: Benjamini & Hochberg (independent or positively dependent tests),
// Benjamini & Yekutieli (any dependence), e-BH (Wang & Ramdas 2022: e-values, any dependence).
import type { Probability } from '../../core/units.ts';

/** Adjusted p-values in the order of the input: a discovery at rate q is one with an adjusted value of at most q. */
export function benjaminiHochberg(pValues: readonly Probability[]): Probability[] {
  return stepUp(pValues, 1);
}

export function benjaminiYekutieli(pValues: readonly Probability[]): Probability[] {
  let harmonic = 0;
  for (let i = 1; i <= pValues.length; i++) harmonic += 1 / i;
  return stepUp(pValues, harmonic);
}

function stepUp(pValues: readonly Probability[], factor: number): Probability[] {
  const m = pValues.length;
  const order = [...pValues.keys()].sort((a, b) => (pValues[b] ?? 1) - (pValues[a] ?? 1));
  const adjusted = new Array<number>(m).fill(1);
  let least = 1;
  order.forEach((index, fromEnd) => {
    least = Math.min(least, ((pValues[index] ?? 1) * m * factor) / (m - fromEnd));
    adjusted[index] = least;
  });
  return adjusted;
}

/** Which e-values are discoveries at rate q: the k largest, for the largest k with e_(k) >= m / (q k). */
export function eBenjaminiHochberg(eValues: readonly number[], q: Probability): boolean[] {
  const m = eValues.length;
  const sorted = [...eValues].sort((a, b) => b - a);
  let threshold = Infinity;
  sorted.forEach((e, index) => {
    if (e >= m / (q * (index + 1))) threshold = e;
  });
  return eValues.map((e) => e >= threshold);
}
