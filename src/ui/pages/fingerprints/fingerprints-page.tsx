// The fingerprint lab: a reference set of clean models, and other models against it. Everything shown is computed from what is open.
import { useMemo, type ReactElement } from 'react';
import { DistanceHistogram } from '../../../charts/distance-histogram/distance-histogram.tsx';
import { DistanceMatrix } from '../../../charts/distance-matrix/distance-matrix.tsx';
import { ModelMap } from '../../../charts/model-map/model-map.tsx';
import { RocCurves } from '../../../charts/roc-curves/roc-curves.tsx';
import type { LabAnalysis } from '../../../engine/fingerprint/analyse.ts';
import { DETECTORS } from '../../../engine/fingerprint/detectors/registry.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import { DetectorGrid } from './detector-grid.tsx';
import { LabControls } from './lab-controls.tsx';
import { LabKpis } from './lab-kpis.tsx';
import { LabWelcome } from './lab-welcome.tsx';
import { ModelDetail } from './model-detail.tsx';
import { ModelTable } from './model-table.tsx';
import styles from './fingerprints-page.module.css';

export function FingerprintsPage(): ReactElement {
  const analysis = useFingerprints((state) => state.analysis);
  const reference = useFingerprints((state) => state.reference);
  return (
    <div className={styles.page}>
      {analysis !== undefined && <LabKpis analysis={analysis} />}
      <LabControls />
      {reference === undefined || analysis === undefined ? <LabWelcome /> : <Lab analysis={analysis} />}
    </div>
  );
}

function Lab({ analysis }: { readonly analysis: LabAnalysis }): ReactElement {
  const app = useApp();
  const selected = useFingerprints((state) => state.selected);
  const { models, distances, order, cleanDistances, evaluation } = analysis;
  const select = (chosen: readonly number[]): void => app.fingerprints.getState().select(chosen);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const flagged = useMemo(() => new Set(models.flatMap(({ role, tier }, i) => (role === 'candidate' && tier === 'high' ? [i] : []))), [models]);
  const placed = useMemo(() => models.map(({ name, place, role, tier, planted }) => ({ name, ...place, mark: role === 'reference' ? ('reference' as const) : tier, planted })), [models]);
  const rocs = useMemo(
    () =>
      evaluation === undefined
        ? []
        : [
            { id: 'ensemble', label: 'ensemble', roc: evaluation.ensemble, main: true },
            ...evaluation.detectors.map(({ detector, roc }) => ({ id: detector, label: DETECTORS.find(({ id }) => id === detector)?.shortLabel ?? detector, roc, main: false })),
          ],
    [evaluation],
  );
  const names = useMemo(() => models.map(({ name }) => name), [models]);
  const marks = selected.slice(0, 3).flatMap((i) => {
    const model = models[i];
    return model === undefined ? [] : [{ name: model.name, distance: model.distance, flagged: flagged.has(i) }];
  });
  return (
    <div className={styles.lab}>
      <section className={styles.tableCell}><ModelTable analysis={analysis} /></section>
      <section><ModelMap models={placed} selected={chosen} onSelect={select} fileName="fingerprint-map" /></section>
      <section><DistanceMatrix names={names} distances={distances} order={order} flagged={flagged} selected={chosen} onSelect={select} fileName="fingerprint-distances" /></section>
      <section>
        {evaluation === undefined ? (
          <div className={styles.untested}><b>ROC</b><p>Not tested: mark models that are known to be planted (column “known”), and what the detectors are worth here is measured on them.</p></div>
        ) : (
          <RocCurves rocs={rocs} note={`${evaluation.clean} clean, held out · ${evaluation.planted} planted · band: bootstrap 95 %`} fileName="fingerprint-roc" />
        )}
      </section>
      <section>
        <DetectorGrid evaluated={evaluation !== undefined} />
        <DistanceHistogram distances={cleanDistances} marks={marks} fileName="fingerprint-clean-distances" />
      </section>
      <section className={styles.detailCell}><ModelDetail analysis={analysis} /></section>
    </div>
  );
}
