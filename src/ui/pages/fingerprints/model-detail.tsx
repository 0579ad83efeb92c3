// What makes the selected model stand out: its features farthest from the reference's median, beside what clean models show.
import { useMemo, type ReactElement } from 'react';
import type { LabAnalysis } from '../../../engine/fingerprint/analyse.ts';
import { shortNumber } from '../../../charts/frame/numbers.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import styles from './model-detail.module.css';

/** Deviations at which a bar is full. */
const FULL = 10;

export function ModelDetail({ analysis }: { readonly analysis: LabAnalysis }): ReactElement {
  const app = useApp();
  const selected = useFingerprints((state) => state.selected);
  const index = selected[0];
  const model = index === undefined ? undefined : analysis.models[index];
  const features = useMemo(() => (index === undefined ? [] : app.fingerprints.getState().explain(index)), [app, index, analysis]);
  if (model === undefined) return <p className={styles.hint}>Select a model in the table or on the map to see which of its features stand out.</p>;
  return (
    <div className={styles.detail}>
      <h2>
        {model.name}
        <small>trust {model.trust.toFixed(0)} · p {model.pValue.toPrecision(2)} · {model.role === 'reference' ? 'of the reference' : model.action}{model.note !== undefined && ` · ${model.note}`}{selected.length > 1 && ` · first of ${selected.length} selected`}</small>
      </h2>
      <table className={styles.features}>
        <thead><tr><th>feature</th><th className={styles.right}>this model</th><th className={styles.right}>clean median</th><th>robust deviations</th><th className={styles.right}>clean models as far out</th></tr></thead>
        <tbody>
          {features.map(({ name, value, median, deviations, asFar }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className={styles.right}>{shortNumber(value)}</td>
              <td className={styles.right}>{shortNumber(median)}</td>
              <td>
                <span className={styles.scale}><i className={classes(styles.fill, asFar === 0 && styles.out)} style={{ width: `${Math.min(50, (50 * Math.abs(deviations)) / FULL)}%`, [deviations < 0 ? 'right' : 'left']: '50%' }} /></span>
                {deviations > 0 ? '+' : '−'}{Math.abs(deviations) > 99 ? '>99' : Math.abs(deviations).toFixed(1)}
              </td>
              <td className={styles.right}>{(100 * asFar).toFixed(0)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.hint}>One feature far out is common among many; detectors also weigh combinations that no single feature shows.</p>
    </div>
  );
}
