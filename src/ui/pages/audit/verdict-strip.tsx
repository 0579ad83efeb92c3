// The verdict, its reasons in words, and what was and was not tested. "Not tested" is never shown as clean.
import type { ReactElement } from 'react';
import type { Verdict } from '../../../engine/core/finding.ts';
import { plainError } from '../../../engine/core/plain-error.ts';
import { headingWords, leadingFinding } from '../../../engine/report/verdict-words.ts';
import { CoverageBar } from '../../../charts/coverage-bar/coverage-bar.tsx';
import { summariseCoverage } from '../../../charts/coverage-bar/layout.ts';
import { coverageCells } from '../../../state/coverage-cells.ts';
import { unreadFiles } from '../../../state/finding-view.ts';
import { isStopped } from '../../../state/history.ts';
import { behaviourFailure, checkReasons, leftOutReasons, nanReasons, notRunReasons, soFarReasons, verdictReasons, type Phrase } from '../../../state/reasons.ts';
import { formatRoute } from '../../../state/route.ts';
import type { AuditView } from '../../../state/audit-reducer.ts';
import { useAudit, useHistory, useSession } from '../../app-context.ts';
import { plural } from '../../format.ts';
import { classes } from '../../class-names.ts';
import { VerdictGlyph } from '../../parts/icons.tsx';
import { Phrases } from '../../parts/phrases.tsx';
import styles from './verdict-strip.module.css';

export function VerdictStrip({ onAgain }: { readonly onAgain: (() => void) | undefined }): ReactElement {
  const view = useAudit((state) => state.view);
  const model = useSession((state) => state.model);
  const running = view.status === 'running' || view.status === 'paused';
  const verdict: Verdict = view.report?.verdict ?? 'not-tested';
  const entries = coverageCells(view, model?.task);
  const kept = useHistory(({ reports }) => reports.some((report) => isStopped(report) && report.sha256 === model?.sha256));
  const opening = useSession((state) => state.phase === 'opening');
  const unread = unreadFiles(view.report);
  const unrun = running || view.stored || model?.notRunnable === undefined ? undefined : plainError(model.notRunnable);
  // What Assay never runs (pickles, archives) has been audited as far as it goes.
  const broken = unrun !== undefined && model?.kind !== 'unknown';
  const look = running ? 'running' : broken && verdict === 'not-tested' ? 'broken' : verdict;
  const word = running ? (view.status === 'paused' ? 'Paused' : view.scope === 'files' ? 'Checking the files' : 'Auditing') : look === 'broken' ? 'Not tested: cannot be run' : wordOf(view, verdict, unread);
  return (
    <section className={classes(styles.strip, styles[look])} aria-label="Verdict">
      <div className={styles.word} role="status">
        <span className={classes(running && view.status === 'running' && styles.spin)}><VerdictGlyph verdict={look} /></span>
        {word}
      </div>
      <p className={styles.why}>
        {view.status === 'idle' ? (
          unrun === undefined ? 'Nothing has been run yet. Choose how much work to spend and start; suspicions stream in while it works.' : <Phrases phrases={notRunReasons(unrun)} />
        ) : (view.status === 'cancelled' || view.status === 'failed') && view.report === undefined ? (
          <>The audit was {view.status === 'failed' ? 'broken off by an error' : 'cancelled'} before its end: there is no verdict, and what it had not reached was not tested. <Phrases phrases={soFarReasons(view.findings)} />{kept && <> What it had found is <a href={formatRoute({ page: 'history' })}>in the history</a>, to open and to export.</>}</>
        ) : (
          <Phrases phrases={phrasesOf(view, running ? undefined : verdict, unread, opening, unrun)} />
        )}
      </p>
      <div className={styles.coverage}>
        <CoverageBar entries={entries} />
        <span>{summariseCoverage(entries).text}{entries.length > 0 && <>: <a href={formatRoute({ page: 'audit', coverage: true })}>what and why</a></>}{unread.length > 0 && <> · <a className={styles.unread} href={formatRoute({ page: 'audit', coverage: true })}>{`${unread.length} of ${plural(view.report?.subject.files.length ?? 0, 'file')} not wholly inspected`}</a></>}{onAgain !== undefined && <> · <button className="link" onClick={onAgain}>run again…</button></>}</span>
      </div>
    </section>
  );
}

/** Area of the rules about files that do not hold what they should. */
const UNREADABLE = 'ASY-FIL-';

/** Without a report nothing was weighed; a finding in the files beside a run that failed is half of what there is to say. */
function wordOf({ scope, status, report, findings, analyses }: AuditView, verdict: Verdict, unread: readonly string[]): string {
  if (report === undefined && (status === 'cancelled' || status === 'failed')) return status === 'cancelled' ? 'Cancelled' : 'Broken off by an error';
  const coverage = analyses.flatMap((analysis) => analysis.coverage ?? []);
  const untested = verdict !== 'not-tested' && behaviourFailure(findings, coverage) !== undefined;
  return `${headingWords(scope, verdict, findings, coverage, unread.length)}${untested ? '. Behaviour not tested' : ''}`;
}

/** `verdict` undefined: not there yet. `unrun`: why what is open cannot be run. */
function phrasesOf(view: AuditView, verdict: Verdict | undefined, unread: readonly string[], opening: boolean, unrun: string | undefined): Phrase[] {
  const coverage = view.analyses.map((analysis) => analysis.coverage).filter((entry) => entry !== undefined);
  const leftOut = view.report?.subject.leftOut;
  if (view.scope !== 'files') return [...verdictReasons(verdict, view.findings, coverage, unread), ...leftOutReasons(leftOut, true)];
  if (verdict === undefined) return verdictReasons(verdict, view.findings, coverage, unread);
  const notRun = unrun === undefined ? undefined : notRunReasons(unrun);
  // Of a file that cannot be read the reason tells the same as its finding.
  if (notRun !== undefined && leadingFinding(verdict, view.findings)?.rule.startsWith(UNREADABLE) === true) return notRun;
  const found = verdict === 'not-tested'
    ? [...(notRun ?? []), ...(nanReasons(view.findings) ?? checkReasons(view.findings, coverage, view.report?.subject.files.length ?? 0, unread, notRun === undefined))]
    : verdictReasons(verdict, view.findings, coverage, unread, notRun);
  if (notRun !== undefined) return found;
  return [...found, plain(opening ? ' The model is still being loaded.' : ' The model has not been run yet: choose below how much work to spend on that. '), ...leftOutReasons(leftOut, false)];
}

function plain(text: string): Phrase {
  return { kind: 'plain', text };
}
