// Notices at the lower right. Errors stay until dismissed and show their exact fields; others leave by themselves.
import { useEffect, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Notice } from '../../state/notices.ts';
import { useApp } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { ErrorFields } from '../parts/error-fields.tsx';
import styles from './toasts.module.css';

const SHOWN_FOR = 7000;

export function Toasts(): ReactElement {
  const { notices } = useApp();
  const list = useStore(notices, (state) => state.notices);
  return (
    <div className={styles.toasts} role="region" aria-label="Messages">
      {list.map((notice) => (
        <Toast key={notice.id} notice={notice} dismiss={() => notices.getState().dismiss(notice.id)} />
      ))}
    </div>
  );
}

function Toast({ notice, dismiss }: { readonly notice: Notice; readonly dismiss: () => void }): ReactElement {
  const { id, tone } = notice;
  const { notices } = useApp();
  useEffect(() => {
    if (tone === 'error') return;
    const timer = setTimeout(() => notices.getState().dismiss(id), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [id, tone, notices]);
  return (
    <div className={classes(styles.toast, styles[tone])} role={tone === 'error' ? 'alert' : 'status'}>
      <div className={styles.head}>
        <b>{notice.title}</b>
        <button className="plain" onClick={dismiss} aria-label="Dismiss">✕</button>
      </div>
      {notice.artifact === undefined ? notice.detail !== undefined && <p>{notice.detail}</p> : <ErrorFields fields={notice.artifact} />}
    </div>
  );
}
