// AUROC of each detector in each representation, told by the models marked as planted; computed when asked for.
import type { ReactElement } from 'react';
import { ChartFrame } from '../../../charts/frame/chart-frame.tsx';
import { DETECTORS } from '../../../engine/fingerprint/detectors/registry.ts';
import { REPRESENTATIONS } from '../../../engine/fingerprint/representations/registry.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import styles from './detector-grid.module.css';

export function DetectorGrid({ evaluated }: { readonly evaluated: boolean }): ReactElement {
  const app = useApp();
  const grid = useFingerprints((state) => state.grid);
  const busy = useFingerprints((state) => state.busy !== undefined);
  const rows = [...DETECTORS.map(({ id, shortLabel }) => ({ id, label: shortLabel })), { id: 'ensemble' as const, label: 'ensemble' }];
  const at = (detector: string, representation: string): number | undefined => grid?.find((cell) => cell.detector === detector && cell.representation === representation)?.auroc;
  if (grid === undefined) {
    return (
      <div className={styles.ask}>
        <b>Detector × representation</b>
        <button disabled={!evaluated || busy} onClick={() => void app.fingerprints.getState().computeGrid()}>Compute AUROC of all {rows.length * REPRESENTATIONS.length}</button>
        {!evaluated && <small>needs models marked as planted</small>}
      </div>
    );
  }
  return (
    <ChartFrame
      title="Detector × representation"
      note="AUROC"
      description={rows.map(({ id, label }) => `${label}: ${REPRESENTATIONS.map((representation) => `${representation.shortLabel} ${at(id, representation.id)?.toFixed(2) ?? '–'}`).join(', ')}`).join('; ')}
      interactive
      fileName="fingerprint-grid"
      table={() => ({ columns: ['detector', ...REPRESENTATIONS.map(({ shortLabel }) => shortLabel)], rows: rows.map(({ id, label }) => [label, ...REPRESENTATIONS.map((representation) => at(id, representation.id) ?? '')]) })}
    >
      <table className={styles.grid}>
        <thead><tr><th />{REPRESENTATIONS.map(({ id, shortLabel }) => <th key={id}>{shortLabel}</th>)}</tr></thead>
        <tbody>
          {rows.map(({ id, label }) => (
            <tr key={id}>
              <th>{label}</th>
              {REPRESENTATIONS.map((representation) => {
                const value = at(id, representation.id);
                return <td key={representation.id} style={{ background: value === undefined ? undefined : `color-mix(in oklab, transparent, var(--accent) ${Math.round(Math.max(0, Math.min(1, (value - 0.5) * 2)) * 55)}%)` }}>{value === undefined ? '–' : value.toFixed(2)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ChartFrame>
  );
}
