// The verdict, its reasons in words, and what was and was not tested. "Not tested" is never shown as clean.
import type { ReactElement } from 'react';
import type { Verdict } from '../../../engine/core/finding.ts';
import { CoverageBar } from '../../../charts/coverage-bar/coverage-bar.tsx';
import { summariseCoverage } from '../../../charts/coverage-bar/layout.ts';
import { coverageCells } from '../../../state/coverage-cells.ts';
import { verdictReasons } from '../../../state/reasons.ts';
import { formatRoute } from '../../../state/route.ts';
import { useAudit, useSession } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { VerdictGlyph } from '../../parts/icons.tsx';
import { Phrases } from '../../parts/phrases.tsx';
import { VERDICT_WORDS } from './verdict-words.ts';
import styles from './verdict-strip.module.css';

export function VerdictStrip({ onAgain }: { readonly onAgain: (() => void) | undefined }): ReactElement {
  const view = useAudit((state) => state.view);
  const notRunnable = useSession((state) => state.model?.notRunnable);
  const running = view.status === 'running' || view.status === 'paused';
  const verdict: Verdict = view.report?.verdict ?? 'not-tested';
  const entries = coverageCells(view);
  const coverage = view.analyses.map((analysis) => analysis.coverage).filter((entry) => entry !== undefined);
  const word = running ? (view.status === 'paused' ? 'Paused' : 'Auditing') : VERDICT_WORDS[verdict];
  return (
    <section className={classes(styles.strip, styles[running ? 'running' : verdict])} aria-label="Verdict">
      <div className={styles.word} role="status">
        <span className={classes(running && view.status === 'running' && styles.spin)}><VerdictGlyph verdict={running ? 'running' : verdict} /></span>
        {word}
      </div>
      <p className={styles.why}>
        {view.status === 'idle' ? (
          notRunnable === undefined ? 'Nothing has been run yet. Choose how much work to spend and start; suspicions stream in while it works.' : 'This model cannot be run here (the reason is below). Only its files are inspected.'
        ) : (view.status === 'cancelled' || view.status === 'failed') && view.report === undefined ? (
          <>The audit was {view.status === 'failed' ? 'broken off by an error' : 'cancelled'} before its end: there is no verdict. {view.findings.length > 0 && <Phrases phrases={verdictReasons(undefined, view.findings, coverage)} />}</>
        ) : (
          <Phrases phrases={verdictReasons(running ? undefined : verdict, view.findings, coverage)} />
        )}
      </p>
      <div className={styles.coverage}>
        <CoverageBar entries={entries} />
        <span>{summariseCoverage(entries).text}{entries.length > 0 && <>: <a href={formatRoute({ page: 'audit', coverage: true })}>what and why</a></>}{onAgain !== undefined && <> · <button className="link" onClick={onAgain}>run again…</button></>}</span>
      </div>
    </section>
  );
}
