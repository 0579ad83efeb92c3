// Every message of this visit, newest first: what a toast said can be read again after it has gone.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { formatClock } from '../format.ts';
import { DialogHead } from '../parts/dialog-head.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ErrorFields } from '../parts/error-fields.tsx';
import styles from './messages.module.css';

export function Messages({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { notices } = useApp();
  const log = useStore(notices, (state) => state.log);
  return (
    <Dialog label="Messages" onClose={onClose} wide>
      <DialogHead title="Messages and errors of this visit" onClose={onClose} />
      {log.length === 0 && <p className={styles.none}>There has been none yet.</p>}
      <ol className={styles.list} tabIndex={0} aria-label="Messages, newest first">
        {log.map((notice) => (
          <li key={notice.id} className={classes(styles.message, styles[notice.tone])}>
            <div className={styles.head}><b>{notice.title}</b><time>{formatClock(notice.at)}</time></div>
            {notice.artifact === undefined ? notice.detail !== undefined && <p>{notice.detail}</p> : <ErrorFields fields={notice.artifact} />}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
