// A dialog's title with the button that closes it: Esc does the same, which not every device has. It stays while the rest scrolls.
import type { ReactElement, ReactNode } from 'react';
import styles from './dialog-head.module.css';

export function DialogHead({ title, onClose, children }: { readonly title: string; readonly onClose: () => void; readonly children?: ReactNode }): ReactElement {
  return (
    <div className={styles.head}>
      <h2>{title}</h2>
      {children}
      <button className={styles.close} onClick={onClose}>Close</button>
    </div>
  );
}
