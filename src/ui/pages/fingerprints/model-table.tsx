// Every model with its percentile per detector and its trust score; candidates first, most unlike first.
import { useMemo, useState, type ReactElement } from 'react';
import type { AnalysedModel, LabAnalysis } from '../../../engine/fingerprint/analyse.ts';
import { DETECTORS } from '../../../engine/fingerprint/detectors/registry.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import styles from './model-table.module.css';

const TIER_SIGNS = { low: '● low', medium: '■ medium', high: '◆ high' } as const;

export function ModelTable({ analysis }: { readonly analysis: LabAnalysis }): ReactElement {
  const selected = useFingerprints((state) => state.selected);
  const [withReference, show] = useState(false);
  const ranked = useMemo(
    () => analysis.models.map((model, index) => ({ model, index })).sort((a, b) => Number(a.model.role === 'reference') - Number(b.model.role === 'reference') || b.model.trust - a.model.trust),
    [analysis],
  );
  const hasCandidates = analysis.models.length > analysis.references;
  const rows = ranked.filter(({ model }) => withReference || !hasCandidates || model.role === 'candidate');
  return (
    <div className={styles.holder}>
      <div className={styles.head}>
        <b>Models</b>
        <small>trust: 0 like the reference, 100 unlike · bars: percentile among clean models, each held out</small>
        {hasCandidates && <label><input type="checkbox" checked={withReference} onChange={() => show(!withReference)} /> reference too</label>}
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>model</th>
            {DETECTORS.map(({ id, shortLabel, label, parameters, limits }) => <th key={id} title={`${label} (${parameters}). ${limits}`}>{shortLabel}</th>)}
            <th className={styles.right}>trust</th><th className={styles.right} title="How often a clean model scores as high">p</th><th />
            <th title="Known to be planted: the detectors are judged by these">known</th>
          </tr>
        </thead>
        <tbody>{rows.map(({ model, index }) => <Row key={index} model={model} index={index} on={selected.includes(index)} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ model, index, on }: { readonly model: AnalysedModel; readonly index: number; readonly on: boolean }): ReactElement {
  const app = useApp();
  const { name, trust, tier, action, pValue, detectors, role, planted, known } = model;
  const clean = role === 'reference';
  return (
    <tr className={classes(on && styles.on, clean && styles.clean)}>
      <td><button className={classes('plain', styles.name)} aria-pressed={on} title={name} onClick={() => app.fingerprints.getState().select(on ? [] : [index])}>{name}</button></td>
      {detectors.map(({ detector, percentile, score, pValue: p }) => (
        <td key={detector} title={`score ${Number(score.toPrecision(4))}, p ${p.toPrecision(2)}`}>
          <span className={styles.bar}><i className={clean ? undefined : styles[tier]} style={{ width: `${percentile}%` }} /><span className="sr-only">{percentile.toFixed(0)}</span></span>
        </td>
      ))}
      <td className={styles.right}><b>{trust.toFixed(0)}</b></td>
      <td className={styles.right}>{pValue < 0.1 ? pValue.toPrecision(1) : pValue.toFixed(2)}</td>
      <td className={clean ? undefined : styles[tier]} title={clean ? 'Of the reference: compared with the others' : action}>{clean ? 'reference' : known ? `${TIER_SIGNS[tier]} (in reference)` : TIER_SIGNS[tier]}</td>
      <td>{!clean && <input type="checkbox" checked={planted} aria-label={`${name} is known to be planted`} onChange={() => void app.fingerprints.getState().markPlanted([name], !planted)} />}</td>
    </tr>
  );
}
