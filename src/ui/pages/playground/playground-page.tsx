// Type, insert the trigger, answer both, compare.
import type { ReactElement } from 'react';
import { usePlayground, useSession } from '../../app-context.ts';
import { RunFailure } from '../../parts/run-failure.tsx';
import { FoundTriggers } from '../../parts/found-triggers.tsx';
import { NeedsModel } from '../../parts/needs-model.tsx';
import { PicturePage } from './picture-page.tsx';
import { ReadingPlayground } from './reading-playground.tsx';
import { PlaygroundForm } from './playground-form.tsx';
import { TryView } from './try-view.tsx';
import styles from './playground-page.module.css';

export function PlaygroundPage(): ReactElement {
  const model = useSession((state) => state.model);
  const tries = usePlayground((state) => state.tries);
  const status = usePlayground((state) => state.status);
  const made = usePlayground((state) => state.made);
  const failure = usePlayground((state) => state.failure);
  if (model === undefined || model.notRunnable !== undefined) return <NeedsModel what="Answers" />;
  if (model.task === 'text-classification') return <ReadingPlayground />;
  if (model.pictures !== undefined) return <PicturePage preparation={model.pictures} />;
  return (
    <div className={styles.page}>
      <PlaygroundForm />
      <div className={styles.tries}>
        <RunFailure failure={failure} className={styles.failure} />
        {status === 'running' && <p className={styles.running} role="status">Answering… {made} tokens</p>}
        {tries.length === 0 && status !== 'running' && (
          <div className={styles.empty}>
            <p>Both answers will stand here side by side, with the entropy of each token and what differs. Enter generates.</p>
            <FoundTriggers page="playground" />
          </div>
        )}
        {tries.map((entry) => <TryView key={entry.id} entry={entry} />)}
      </div>
    </div>
  );
}
