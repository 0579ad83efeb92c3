// How far inputs lie from everything the baseline holds: the distance to the 5th nearest of its points (Sun et al. 2022,
// deep nearest neighbours), compared with the same distance among the baseline's own points (Mann-Whitney). The
// Mahalanobis distance of every prediction is watched by the sequential monitor; this one sees shapes it does not.
import { breathe } from '../../core/cancel.ts';
import { squaredDistance } from '../profile/feature-space.ts';
import { mannWhitney } from '../statistics/two-samples.ts';
import type { Monitor, Suspicion } from './monitor.ts';

const ID = 'neighbours';
const NEIGHBOUR = 5;
const TESTED = 600;
const LEVEL = 1e-3;
const LEAST_PROBABILITY = 0.56;

export const neighbours: Monitor = {
  id: ID,
  label: 'Inputs far from every known one',
  kind: 'batch',
  limits: 'Compares 600 sampled rows with up to 8,000 baseline points: a small group does not move it (the group monitor is for that). Rows of one session resemble each other, which makes its p-value too small on such logs; only a shift of the whole distribution is reported.',
  inapplicable: (profile) => (profile.features === undefined ? 'no input features are logged' : undefined),
  run: async ({ profile, scorer, sample, signal, rows }) => {
    if (scorer === undefined || profile.features === undefined) return [];
    const points = profile.features.sample.map((features) => scorer.place(features));
    const vectors = sample.filter(({ features }) => features !== undefined);
    const step = Math.max(1, Math.floor(vectors.length / TESTED));
    const tested = vectors.filter((_, i) => i % step === 0).slice(0, TESTED);
    if (tested.length < 50 || points.length < 50) return [];
    const usual: number[] = [];
    const reference = Math.max(1, Math.floor(points.length / TESTED));
    for (let i = 0; i < points.length; i += reference) usual.push(kth(points[i] ?? new Float64Array(0), points, i));
    await breathe(signal);
    const now = tested.map(({ features }) => kth(scorer.place(features ?? []), points, -1));
    const { pValue, statistic } = mannWhitney(now, usual, 'greater');
    // Chance that an input of this log lies farther out than one of the baseline.
    const farther = statistic / (now.length * usual.length);
    if (pValue > LEVEL || farther < LEAST_PROBABILITY) return [];
    const far = tested.map((row, i) => ({ row: row.row, distance: now[i] ?? 0 })).sort((a, b) => b.distance - a.distance);
    return [{
      monitor: ID, id: ID, title: 'Inputs lie farther out than the baseline’s', severity: 'low',
      detail: `An input of this log lies farther from the baseline’s points than one of its own in ${Math.round(farther * 100)} % of pairs (50 % where nothing changed; ${tested.length} of ${rows.toLocaleString('en')} rows).`,
      evidence: { kind: 'p', value: pValue, tests: 1, test: 'Mann–Whitney test' },
      effect: { text: `farther in ${Math.round(farther * 100)} % of pairs`, now: farther, baseline: 0.5 },
      rows: { from: far[0]?.row ?? 0, examples: far.slice(0, 20).map(({ row }) => row) },
    } satisfies Suspicion];
  },
};

function kth(at: Float64Array, points: readonly Float64Array[], skip: number): number {
  const nearest = new Float64Array(NEIGHBOUR).fill(Infinity);
  for (let i = 0; i < points.length; i++) {
    if (i === skip) continue;
    const distance = squaredDistance(at, points[i] ?? at);
    if (distance >= (nearest[NEIGHBOUR - 1] ?? 0)) continue;
    let k = NEIGHBOUR - 1;
    for (; k > 0 && (nearest[k - 1] ?? 0) > distance; k--) nearest[k] = nearest[k - 1] ?? 0;
    nearest[k] = distance;
  }
  return nearest[NEIGHBOUR - 1] ?? Infinity;
}
