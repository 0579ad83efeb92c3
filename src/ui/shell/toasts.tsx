// Notices at the lower right. Each leaves by itself after a while, an error later than the others, but not while it is pointed
// at or has the focus; Esc in it, or its button, closes it. What it said stays among the messages (messages.tsx).
import { useEffect, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Milliseconds } from '../../engine/core/units.ts';
import type { Notice } from '../../state/notices.ts';
import { useApp } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { ErrorFields } from '../parts/error-fields.tsx';
import styles from './toasts.module.css';

const SHOWN_FOR: Readonly<Record<Notice['tone'], Milliseconds>> = { info: 7000, good: 7000, error: 25_000 };

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
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => notices.getState().dismiss(id), SHOWN_FOR[tone]);
    return () => clearTimeout(timer);
  }, [id, tone, held, notices]);
  return (
    <div
      className={classes(styles.toast, styles[tone])}
      role={tone === 'error' ? 'alert' : 'status'}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        dismiss();
      }}
    >
      <div className={styles.head}>
        <b>{notice.title}</b>
        <button className="plain" onClick={dismiss} aria-label={`Close: ${notice.title}`} title="Close">✕</button>
      </div>
      {notice.artifact === undefined ? notice.detail !== undefined && <p>{notice.detail}</p> : <ErrorFields fields={notice.artifact} />}
    </div>
  );
}
