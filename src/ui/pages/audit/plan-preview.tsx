// Before an audit: the stages it will have, with their share of the budget.
import type { ReactElement } from 'react';
import { plannedStages } from '../../../state/plan.ts';
import { useAudit, useSession } from '../../app-context.ts';
import { formatCount } from '../../format.ts';
import styles from './pipeline-panel.module.css';

export function PlanPreview(): ReactElement | null {
  const model = useSession((state) => state.model);
  const budget = useAudit((state) => state.budget);
  if (model === undefined) return null;
  const stages = plannedStages(model, budget);
  const most = Math.max(1, ...stages.map(({ tokens }) => tokens));
  if (stages.length === 0) return null;
  return (
    <section aria-label="What will run">
      <div className={styles.head}>
        <b>What will run</b>
        <span>{budget} budget</span>
        <span className={styles.hint}>tokens a stage, planned</span>
      </div>
      <ol>
        {stages.map((stage) => (
          <li key={stage.id} className={styles.planned}>
            <span className={styles.label}>{stage.label}</span>
            <span className={styles.track} aria-hidden="true"><i className={styles.span} style={{ left: 0, width: `${(stage.tokens / most) * 100}%` }} /></span>
            <span className={styles.time}>{stage.tokens > 0 ? formatCount(stage.tokens) : '–'}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
