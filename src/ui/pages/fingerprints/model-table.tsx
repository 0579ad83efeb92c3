// Every model with its percentile per detector and its trust score; candidates first, most unlike first.
import { useMemo, useState, type ReactElement } from 'react';
import { saveText } from '../../../charts/frame/export.ts';
import type { AnalysedModel, LabAnalysis } from '../../../engine/fingerprint/analyse.ts';
import { DETECTORS } from '../../../engine/fingerprint/detectors/registry.ts';
import { useApp, useFingerprints } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { scoresAsCsv, scoresAsJson } from './lab-export.ts';
import styles from './model-table.module.css';

const TIER_SIGNS = { low: '● low', medium: '■ medium', high: '◆ high' } as const;

export function ModelTable({ analysis }: { readonly analysis: LabAnalysis }): ReactElement {
  const app = useApp();
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
        <small>trust: 0 like the reference, 100 unlike · bars: percentile among held-out clean models</small>
        <span className={styles.tools}>
          <button className="plain" onClick={() => saveText('fingerprint-scores.csv', 'text/csv', scoresAsCsv(analysis))}>CSV</button>
          <button className="plain" onClick={() => saveText('fingerprint-scores.json', 'application/json', scoresAsJson(analysis, app.fingerprints.getState()))}>JSON</button>
        </span>
        {hasCandidates && <label><input type="checkbox" checked={withReference} onChange={() => show(!withReference)} /> reference too</label>}
      </div>
      {selected.length > 0 && <Selection analysis={analysis} selected={selected} />}
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

/** What can be done with what is selected, in the table or with the map's brush. */
function Selection({ analysis, selected }: { readonly analysis: LabAnalysis; readonly selected: readonly number[] }): ReactElement {
  const app = useApp();
  const lab = app.fingerprints.getState;
  const busy = useFingerprints((state) => state.busy !== undefined);
  const chosen = selected.flatMap((i) => analysis.models[i] ?? []);
  const candidates = chosen.filter(({ role }) => role === 'candidate');
  const names = candidates.map(({ name }) => name);
  const references = chosen.length - candidates.length;
  return (
    <div className={styles.selection}>
      <b>{chosen.length} selected</b>
      {candidates.some(({ planted }) => !planted) && <button disabled={busy} onClick={() => void lab().markPlanted(names, true)}>Mark {names.length === 1 ? '' : `${names.length} `}as known planted</button>}
      {candidates.some(({ planted }) => planted) && <button disabled={busy} onClick={() => void lab().markPlanted(names, false)}>Unmark</button>}
      {references === 0 && candidates.every(({ planted }) => !planted) && <button disabled={busy} title="Known to be clean: it becomes part of what others are compared with, in the set's next version" onClick={() => void lab().revise(selected)}>Add to the reference</button>}
      {candidates.length === 0 && <button disabled={busy} title="It is then compared like any other, with the set's next version" onClick={() => void lab().revise(selected)}>Take out of the reference</button>}
      <button className="plain" onClick={() => lab().select([])}>Clear</button>
    </div>
  );
}

function Row({ model, index, on }: { readonly model: AnalysedModel; readonly index: number; readonly on: boolean }): ReactElement {
  const app = useApp();
  const { name, trust, tier, action, pValue, detectors, role, planted, known, note } = model;
  const clean = role === 'reference';
  // As marked: the comparison that reckons with it may still be running.
  const marked = useFingerprints((state) => state.candidates.find((candidate) => !clean && candidate.model.name === name)?.planted ?? planted);
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
      <td className={clean ? undefined : styles[tier]} title={clean ? 'Of the reference: compared with the others' : [action, note].filter((part) => part !== undefined).join(' ')}>{clean ? 'reference' : TIER_SIGNS[tier]}{(known || note !== undefined) && <small className={styles.note}>{known ? 'in reference' : 'other shape'}</small>}</td>
      <td>{!clean && <input type="checkbox" checked={marked} aria-label={`${name} is known to be planted`} onChange={() => void app.fingerprints.getState().markPlanted([name], !marked)} />}</td>
    </tr>
  );
}
