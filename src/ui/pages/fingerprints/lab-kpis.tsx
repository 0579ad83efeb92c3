// The lab in six numbers: how many models, how many flagged, what the detectors are worth, the three checks.
import type { ReactElement } from 'react';
import type { Check, LabAnalysis } from '../../../engine/fingerprint/analyse.ts';
import { classes } from '../../class-names.ts';
import styles from './lab-kpis.module.css';

const SIGNS: Readonly<Record<Check['outcome'], string>> = { pass: '✓', fail: '✗', 'not tested': '–' };

export function LabKpis({ analysis }: { readonly analysis: LabAnalysis }): ReactElement {
  const { models, references, evaluation, checks } = analysis;
  const candidates = models.slice(references);
  const inTier = (tier: string): number => candidates.filter((model) => model.tier === tier).length;
  const ensemble = evaluation?.ensemble;
  return (
    <div className={styles.kpis}>
      <div><small>models</small><b>{models.length}</b><span>{references} reference · {candidates.length} compared</span></div>
      <div className={inTier('high') > 0 ? styles.bad : undefined}><small>high risk</small><b>{inTier('high')}</b><span>trust ≥ 70 and p ≤ .1: do not deploy</span></div>
      <div><small>medium risk</small><b>{inTier('medium')}</b><span>trust ≥ 30: review by hand</span></div>
      <div><small>ensemble AUROC</small><b>{ensemble === undefined ? '–' : ensemble.auroc.value.toFixed(2)}</b><span>{ensemble === undefined ? 'no model is marked as planted' : `${ensemble.auroc.interval.map((value) => value.toFixed(2)).join('–')} · held out`}</span></div>
      <div><small>found at 10 % false positives</small><b>{ensemble === undefined || evaluation === undefined ? '–' : `${Math.round(ensemble.at10.value * evaluation.planted)} / ${evaluation.planted}`}</b><span>{ensemble === undefined ? 'not tested' : `${ensemble.at10.interval.map((value) => `${Math.round(100 * value)}`).join('–')} %`}</span></div>
      <ul className={styles.checks} aria-label="Checks">
        {checks.map((check) => (
          <li key={check.id} title={check.numbers} className={classes(check.outcome === 'pass' && styles.pass, check.outcome === 'fail' && styles.fail)}>
            <i aria-hidden="true">{SIGNS[check.outcome]}</i>
            <span><b>{check.title}</b><small>{check.outcome === 'not tested' ? 'not tested: ' : ''}{check.numbers}</small></span>
          </li>
        ))}
      </ul>
    </div>
  );
}
