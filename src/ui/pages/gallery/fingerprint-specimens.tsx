// The fingerprint lab's charts with drawn data.
import { useState, type ReactElement, type ReactNode } from 'react';
import { DistanceHistogram } from '../../../charts/distance-histogram/distance-histogram.tsx';
import { DistanceMatrix } from '../../../charts/distance-matrix/distance-matrix.tsx';
import { ModelMap } from '../../../charts/model-map/model-map.tsx';
import { RocCurves } from '../../../charts/roc-curves/roc-curves.tsx';
import { seeded } from '../../../engine/core/random.ts';
import { summariseRoc } from '../../../engine/fingerprint/evaluate/roc.ts';
import { clusterOrder, distancesOf } from '../../../engine/fingerprint/geometry/geometry.ts';

const CLEAN = 24;
const COUNT = 32;
const random = seeded(6, 'fingerprint specimens');
const bell = (): number => random.next() + random.next() + random.next() - 1.5;
const POINTS = Array.from({ length: COUNT }, (_, i) => ({ x: bell() + (i < CLEAN + 3 ? 0 : 2.4), y: bell() + (i < CLEAN + 3 ? 0 : 0.8) }));
const MODELS = POINTS.map((point, i) => ({ name: `specimen ${i}`, ...point, mark: i < CLEAN ? ('reference' as const) : i < CLEAN + 3 ? ('low' as const) : i < CLEAN + 4 ? ('medium' as const) : ('high' as const), planted: i >= CLEAN + 3 }));
const DISTANCES = distancesOf({ rows: COUNT, cols: 2, data: Float64Array.from(POINTS.flatMap(({ x, y }) => [x, y])) });
const ORDER = clusterOrder(DISTANCES, COUNT);
const FLAGGED = new Set(MODELS.flatMap(({ mark }, i) => (mark === 'high' ? [i] : [])));
const NAMES = MODELS.map(({ name }) => name);
const PAIRS = Array.from({ length: CLEAN }, (_, i) => Array.from({ length: i }, (__, j) => DISTANCES[i * COUNT + j] ?? 0)).flat();
const ROCS = ['ensemble', 'LOF', 'IF'].map((label, i) => {
  const scores = (count: number, shift: number): number[] => Array.from({ length: count }, () => bell() + shift);
  return { id: label, label, main: i === 0, roc: summariseRoc(scores(40, 0), scores(20, 1.4 - 0.4 * i), seeded(i)) };
});

export const FINGERPRINT_SPECIMENS: readonly (readonly [string, string, ReactNode])[] = [
  ['model-map', 'Models by similarity, on the reference’s two main directions. Drag to select.', <MapSpecimen key="m" />],
  ['distance-matrix', 'How far models lie from each other, clusters together. Ticks: flagged.', <DistanceMatrix key="dm" names={NAMES} distances={DISTANCES} order={ORDER} flagged={FLAGGED} selected={new Set()} onSelect={() => undefined} fileName="specimen-distances" />],
  ['roc-curves', 'What detectors are worth on models known to be planted.', <RocCurves key="roc" rocs={ROCS} note="40 clean · 20 planted · band: bootstrap 95 %" fileName="specimen-roc" />],
  ['distance-histogram', 'Distances between clean models, and where others lie.', <DistanceHistogram key="h" distances={PAIRS} marks={[{ name: 'specimen 30', distance: 2.6, flagged: true }]} fileName="specimen-clean-distances" />],
];

function MapSpecimen(): ReactElement {
  const [selected, select] = useState<ReadonlySet<number>>(new Set());
  return <ModelMap models={MODELS} selected={selected} onSelect={(models) => select(new Set(models))} fileName="specimen-map" />;
}
