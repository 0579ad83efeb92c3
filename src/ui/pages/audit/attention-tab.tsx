// The way from a finding into the attention view, with the maps at a glance where they were computed for its trigger.
import type { ReactElement } from 'react';
import { LayerHeads } from '../../../charts/layer-heads/layer-heads.tsx';
import type { Finding } from '../../../engine/core/finding.ts';
import { useApp, useAttention, useSession } from '../../app-context.ts';
import { fileName } from '../../download.ts';
import styles from './attention-tab.module.css';

export function AttentionTab({ finding }: { readonly finding: Finding }): ReactElement {
  const app = useApp();
  const runnable = useSession((state) => state.model !== undefined && state.model.notRunnable === undefined);
  const shownTrigger = useAttention((state) => state.shown?.trigger);
  const view = useAttention((state) => state.views.at(-1));
  const ready = view !== undefined && shownTrigger === finding.trigger?.value;
  if (!runnable) return <p className={styles.note}>Attention needs the model. This is a stored report: open the model to see its maps.</p>;
  return (
    <>
      <p className={styles.note}>
        Where the answer’s first token looks, without and with the trigger, by layer and head. One unusual pattern alone convicts nobody: at small sizes the attention to a trigger is often no different from that to a control phrase.
      </p>
      {ready && (
        <LayerHeads
          title="Share of the answer’s attention on the trigger"
          view={view}
          layer="mean"
          head="mean"
          fileName={fileName('assay', finding.rule, 'layers-heads')}
          onPick={(layer, head) => {
            app.attention.getState().pick(layer, head);
            app.navigation.getState().go({ page: 'attention', finding: finding.id });
          }}
        />
      )}
      <p><button className="primary" onClick={() => app.investigate('attention', finding)}>{ready ? 'Open the attention view' : 'Compute the attention maps'}</button></p>
    </>
  );
}
