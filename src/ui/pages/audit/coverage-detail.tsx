// What was and was not tested, the files with their hashes, what is malformed in them, and where it ran.
import type { ReactElement } from 'react';
import { isLeftOut } from '../../../engine/core/finding.ts';
import type { AnalysisView } from '../../../state/audit-reducer.ts';
import { coverageCells, coverageOrder, type CoverageEntry } from '../../../state/coverage-cells.ts';
import { useAudit, useSession } from '../../app-context.ts';
import { formatDuration } from '../../format.ts';
import { ErrorFields } from '../../parts/error-fields.tsx';
import { backendLabel } from '../../shell/header.tsx';
import { analysisLabel } from './analysis-label.ts';
import { FileTree } from './file-tree.tsx';
import { ProblemList } from './problem-list.tsx';
import styles from './coverage-detail.module.css';

export function CoverageDetail(): ReactElement {
  const view = useAudit((state) => state.view);
  const model = useSession((state) => state.model);
  const environment = useSession((state) => state.environment);
  // The report knows what was made of each file's bytes; before it is there, only names and hashes are known.
  const files = view.report?.subject.files ?? model?.files ?? [];
  const cells = coverageCells(view, model?.task);
  const { told, absent } = coverageOrder(cells);
  // A check of files runs nothing, so it ran nowhere.
  const ranOn = view.scope === 'files' ? undefined : view.report?.environment;
  return (
    <>
      {files.length > 0 && (
        <section className={styles.block}>
          <h2>Files</h2>
          <FileTree files={files} findings={view.findings} />
        </section>
      )}
      {model?.notRunnable !== undefined && (
        <section className={styles.block}>
          <h2>Why this model cannot be run here</h2>
          <ErrorFields fields={model.notRunnable} />
        </section>
      )}
      {cells.length > 0 && (
        <section className={styles.block}>
          <h2>What was and was not tested</h2>
          {told.length > 0 && <Rows entries={told} analyses={view.analyses} />}
          {absent.length > 0 && (
            <details className={styles.absents} open={told.length === 0}>
              <summary>Not applicable: {absent.length}</summary>
              <Rows entries={absent} analyses={view.analyses} />
            </details>
          )}
        </section>
      )}
      {model !== undefined && model.problems.length > 0 && (
        <section className={styles.block}>
          <h2>Malformed parts: {model.problems.length}</h2>
          <ProblemList problems={model.problems} />
        </section>
      )}
      {(ranOn !== undefined || environment !== undefined) && (
        <section className={styles.block}>
          <h2>Where it {ranOn === undefined ? 'will run' : 'ran'}</h2>
          <p className={styles.where}>
            {ranOn === undefined ? (environment === undefined ? '' : `${backendLabel(environment)} on ${environment.adapter}. ${environment.why}`) : `${ranOn.backend}, ${ranOn.threads} threads, ${ranOn.adapter}`}
          </p>
        </section>
      )}
    </>
  );
}

function Rows({ entries, analyses }: { readonly entries: readonly CoverageEntry[]; readonly analyses: readonly AnalysisView[] }): ReactElement {
  return (
    <table className={styles.table}>
      <thead><tr><th>analysis</th><th>state</th><th>why, and what it can miss</th><th className={styles.right}>time</th></tr></thead>
      <tbody>
        {entries.map(({ analysis, state }) => {
          const coverage = analyses.find(({ id }) => id === analysis)?.coverage;
          return (
            <tr key={analysis}>
              <td>{analysisLabel(analysis)}</td>
              <td className={styles[state]}>{WORDS[state]}</td>
              <td>
                {coverage?.reason !== undefined && <p>{isLeftOut(coverage) ? 'It runs the model, which only an audit does.' : coverage.reason}</p>}
                {coverage !== undefined && <p className={styles.limits}>{coverage.limits}</p>}
                {coverage === undefined && state === 'skipped' && <p>The audit ended before it ran.</p>}
              </td>
              <td className={styles.right}>{coverage?.status === undefined || coverage.status === 'skipped' ? '' : formatDuration(coverage.seconds)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const WORDS = { ran: '● ran', running: '◐ running', pending: '○ to come', failed: '▲ failed', stopped: '◌ stopped', skipped: '○ not tested', absent: '– not applicable' } as const;
