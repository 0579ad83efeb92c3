// The verdict, its reasons in words, and what was and was not tested. "Not tested" is never shown as clean.
import type { ReactElement } from 'react';
import type { Verdict } from '../../../engine/core/finding.ts';
import { verdictWords } from '../../../engine/report/verdict-words.ts';
import { CoverageBar } from '../../../charts/coverage-bar/coverage-bar.tsx';
import { summariseCoverage } from '../../../charts/coverage-bar/layout.ts';
import { coverageCells } from '../../../state/coverage-cells.ts';
import { unreadFiles } from '../../../state/finding-view.ts';
import { checkReasons, verdictReasons, type Phrase } from '../../../state/reasons.ts';
import { formatRoute } from '../../../state/route.ts';
import type { AuditView } from '../../../state/audit-reducer.ts';
import { useAudit, useSession } from '../../app-context.ts';
import { plural } from '../../format.ts';
import { classes } from '../../class-names.ts';
import { VerdictGlyph } from '../../parts/icons.tsx';
import { Phrases } from '../../parts/phrases.tsx';
import styles from './verdict-strip.module.css';

export function VerdictStrip({ onAgain }: { readonly onAgain: (() => void) | undefined }): ReactElement {
  const view = useAudit((state) => state.view);
  const notRunnable = useSession((state) => state.model?.notRunnable);
  const running = view.status === 'running' || view.status === 'paused';
  const verdict: Verdict = view.report?.verdict ?? 'not-tested';
  const entries = coverageCells(view);
  const coverage = view.analyses.map((analysis) => analysis.coverage).filter((entry) => entry !== undefined);
  const opening = useSession((state) => state.phase === 'opening');
  const unread = unreadFiles(view.report);
  const word = running ? (view.status === 'paused' ? 'Paused' : view.scope === 'files' ? 'Checking the files' : 'Auditing') : wordOf(view, verdict, unread);
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
          <Phrases phrases={[...reasonsOf(view, running ? undefined : verdict, unread), ...(view.scope === 'files' && !running ? [{ kind: 'plain' as const, text: afterCheck(opening, notRunnable === undefined, verdict) }] : [])]} />
        )}
      </p>
      <div className={styles.coverage}>
        <CoverageBar entries={entries} />
        <span>{summariseCoverage(entries).text}{entries.length > 0 && <>: <a href={formatRoute({ page: 'audit', coverage: true })}>what and why</a></>}{unread.length > 0 && <> · <a className={styles.unread} href={formatRoute({ page: 'audit', coverage: true })}>{`${unread.length} of ${plural(view.report?.subject.files.length ?? 0, 'file')} not wholly inspected`}</a></>}{onAgain !== undefined && <> · <button className="link" onClick={onAgain}>run again…</button></>}</span>
      </div>
    </section>
  );
}

/** A check that found nothing clears nothing: the words say what was done, not that all is well. */
function wordOf({ scope, findings }: AuditView, verdict: Verdict, unread: readonly string[]): string {
  if (verdict === 'not-tested' && unread.length > 0) return 'Not wholly inspected';
  return verdict === 'not-tested' && scope === 'files' ? 'Files checked' : verdictWords(verdict, findings);
}

function reasonsOf(view: AuditView, verdict: Verdict | undefined, unread: readonly string[]): Phrase[] {
  const coverage = view.analyses.map((analysis) => analysis.coverage).filter((entry) => entry !== undefined);
  if (view.scope === 'files' && verdict === 'not-tested') return checkReasons(coverage, view.report?.subject.files.length ?? 0, unread);
  return verdictReasons(verdict, view.findings, coverage, unread);
}

function afterCheck(opening: boolean, runnable: boolean, verdict: Verdict): string {
  if (opening) return ' The model is still being loaded.';
  if (runnable) return ' The model has not been run yet: choose below how much work to spend on that.';
  return verdict === 'not-tested' ? ' It cannot be run here.' : ' Only the files were checked: this cannot be run here.';
}
