// Beside the list: what is locked, else what is hovered, else what the moment calls for.
import type { ReactElement } from 'react';
import { currentStage, type AuditView } from '../../../state/audit-reducer.ts';
import type { Route } from '../../../state/route.ts';
import { useAudit, useNavigation } from '../../app-context.ts';
import { CoverageDetail } from './coverage-detail.tsx';
import { FileDetail } from './file-detail.tsx';
import { FindingDetail } from './finding-detail.tsx';
import { StageDetail } from './stage-detail.tsx';
import styles from './detail-pane.module.css';

type AuditRoute = Extract<Route, { page: 'audit' }>;

export function DetailPane({ route }: { readonly route: AuditRoute }): ReactElement {
  return (
    <section className={styles.pane} aria-label="Detail" tabIndex={-1}>
      <Shown route={route} />
    </section>
  );
}

function Shown({ route }: { readonly route: AuditRoute }): ReactElement {
  const view = useAudit((state) => state.view);
  const hovered = useNavigation((state) => state.hovered);
  const find = (id: string | undefined): AuditView['findings'][number] | undefined => view.findings.find((finding) => finding.id === id);
  const nothingLocked = route.finding === undefined && route.stage === undefined && route.coverage !== true && route.file === undefined;
  const locked = find(route.finding);
  const finding = locked ?? (nothingLocked ? find(hovered) : undefined);
  if (finding !== undefined) return <FindingDetail key={finding.id} finding={finding} tab={route.tab ?? 'evidence'} locked={locked !== undefined} />;
  if (route.finding !== undefined) return <p className={styles.gone}>This address names a finding that is not (or not yet) in this audit.</p>;
  if (route.stage !== undefined) {
    const stage = view.analyses.find(({ id }) => id === route.stage?.analysis)?.stages.find(({ id }) => id === route.stage?.stage);
    return stage === undefined ? <p className={styles.gone}>This stage is not part of this audit.</p> : <StageDetail view={view} stage={stage} follows={false} />;
  }
  if (route.file !== undefined) return <FileDetail path={route.file} at={route.at} />;
  if (route.coverage === true) return <CoverageDetail />;
  const running = currentStage(view);
  if (running !== undefined && view.status !== 'done') return <StageDetail view={view} stage={running} follows />;
  const top = view.findings[0];
  return view.status === 'done' && top !== undefined && top.severity !== 'info' ? <FindingDetail key={top.id} finding={top} tab="evidence" locked={false} /> : <CoverageDetail />;
}
