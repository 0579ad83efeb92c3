// The audit, top to bottom: what is open, the verdict with its reasons, the suspicions and the pipeline, the detail.
import { useState, type ReactElement } from 'react';
import type { Route } from '../../../state/route.ts';
import { useAudit, useSession } from '../../app-context.ts';
import { BudgetPanel } from './budget-panel.tsx';
import { DetailPane } from './detail-pane.tsx';
import { IdentityStrip } from './identity-strip.tsx';
import { OpeningStrip, OpeningView } from './opening-view.tsx';
import { PipelinePanel } from './pipeline-panel.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { SuspicionList } from './suspicion-list.tsx';
import { VerdictStrip } from './verdict-strip.tsx';
import { Welcome } from './welcome.tsx';
import styles from './audit-page.module.css';

export function AuditPage({ route }: { readonly route: Extract<Route, { page: 'audit' }> }): ReactElement {
  const phase = useSession((state) => state.phase);
  const status = useAudit((state) => state.view.status);
  const stored = useAudit((state) => state.view.stored);
  const [again, setAgain] = useState(false);
  const scope = useAudit((state) => state.view.scope);
  const begun = useAudit(({ view }) => view.findings.length > 0 || view.analyses.some(({ coverage }) => coverage !== undefined));
  const runnable = useSession((state) => state.model !== undefined && state.model.notRunnable === undefined);
  if (phase === 'opening' && !begun) return <OpeningView />;
  if (phase === 'empty' && !stored) return <Welcome />;
  const canStart = phase === 'open' && status !== 'running' && status !== 'paused' && !stored;
  const choosing = canStart && runnable && (scope === 'files' || status !== 'done' || again);
  return (
    <div className={styles.page}>
      {phase === 'opening' ? <OpeningStrip /> : <IdentityStrip />}
      <VerdictStrip onAgain={canStart && runnable && !choosing ? () => setAgain(true) : undefined} />
      <div>{choosing && <BudgetPanel onStart={() => setAgain(false)} />}</div>
      <div className={styles.work}>
        <div className={styles.left}>
          <SuspicionList route={route} />
          {status === 'idle' || scope === 'files' ? <PlanPreview /> : <PipelinePanel route={route} />}
        </div>
        <DetailPane route={route} />
      </div>
    </div>
  );
}
