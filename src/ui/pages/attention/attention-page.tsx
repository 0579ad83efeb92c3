// Attention drill-down: one prompt, or a prompt without and with the trigger, side by side.
import type { ReactElement } from 'react';
import { isStale } from '../../../state/attention.ts';
import { useApp, useAttention, useSession } from '../../app-context.ts';
import { FoundTriggers } from '../../parts/found-triggers.tsx';
import { NeedsModel } from '../../parts/needs-model.tsx';
import { RunFailure } from '../../parts/run-failure.tsx';
import { AttentionControls } from './attention-controls.tsx';
import { AttentionForm } from './attention-form.tsx';
import { AttentionPanels } from './attention-panels.tsx';
import styles from './attention-page.module.css';

export function AttentionPage(): ReactElement {
  const app = useApp();
  const model = useSession((state) => state.model);
  const views = useAttention((state) => state.views);
  const status = useAttention((state) => state.status);
  const stale = useAttention((state) => state.status === 'ready' && isStale(state));
  const failure = useAttention((state) => state.failure);
  if (model === undefined || model.notRunnable !== undefined) return <NeedsModel what="Attention maps" />;
  if (model.task === 'text-classification') {
    return (
      <div className={styles.empty}>
        <p>What of a text reaches a classifier’s answer is shown in the playground: attention rolled through all layers, and each token left out in turn.</p>
        <button className="primary" onClick={() => app.navigation.getState().go({ page: 'playground' })}>To the playground</button>
      </div>
    );
  }
  return (
    <div className={styles.page}>
      <AttentionForm />
      {views.length > 0 ? <AttentionControls /> : <div />}
      <RunFailure failure={failure} className={styles.failure} />
      {stale && <p className={styles.stale} role="status">These maps are of the earlier prompt. Compute shows those of what is typed above.</p>}
      {views.length > 0 ? <AttentionPanels /> : (
        <div className={styles.empty}>
          {status === 'running' ? <p>Running the instrumented graph…</p> : (
            <>
              <p>Type a prompt above, with a trigger phrase to compare with and without it. The maps are computed in this tab, for every layer and head.</p>
              <button className="primary" onClick={() => void app.attention.getState().compute()}>Compute</button>
              <FoundTriggers page="attention" />
            </>
          )}
        </div>
      )}
    </div>
  );
}
