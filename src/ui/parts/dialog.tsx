// A modal dialog on the platform's own <dialog>: focus is kept inside, Esc closes, focus goes back to where it was.
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { classes } from '../class-names.ts';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
  readonly top?: boolean;
}

export function Dialog({ label, onClose, children, wide = false, top = false }: DialogProps): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-label={label}
      className={classes(styles.dialog, wide && styles.wide, top && styles.top)}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
