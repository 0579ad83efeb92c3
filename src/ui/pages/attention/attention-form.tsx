// What to look at: the prompt, the trigger, one or two views.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp, useAttention } from '../../app-context.ts';
import { BesideAudit } from '../../parts/beside-audit.tsx';
import { PromptFields } from '../../parts/prompt-fields.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import styles from './attention-form.module.css';

export function AttentionForm(): ReactElement {
  const { attention } = useApp();
  const form = useStore(attention);
  const status = useAttention((state) => state.status);
  const compute = (): void => void attention.getState().compute();
  return (
    <section className={styles.bar} aria-label="Prompt">
      <PromptFields value={form} onChange={(change) => attention.getState().edit(change)} onSubmit={compute} />
      <div className={styles.run}>
        <Segmented label="Views" choices={[{ id: 'one', label: 'One prompt' }, { id: 'pair', label: 'Without | with' }]} selected={form.mode} onSelect={(mode) => { attention.getState().edit({ mode }); if (form.views.length > 0) compute(); }} />
        <button className="primary" onClick={compute} disabled={status === 'running' || form.prompt === ''}>{status === 'running' ? 'Computing…' : 'Compute'}</button>
      </div>
      <BesideAudit />
    </section>
  );
}
