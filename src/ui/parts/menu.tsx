// A button with a menu: arrow keys move, Esc closes and gives focus back, a click outside or another page closes.
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { classes } from '../class-names.ts';
import styles from './menu.module.css';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly enabled: boolean;
  readonly run: () => void;
  readonly checked?: boolean;
}

export interface MenuProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly items: readonly MenuItem[];
  readonly className?: string | undefined;
  readonly disabled?: boolean;
}

export function Menu({ label, name, items, className, disabled = false }: MenuProps): ReactElement {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role^="menuitem"]:not([disabled])')?.focus();
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) setOpen(false);
    };
    // Another page by a number key: the menu was the last one's.
    const leave = (): void => setOpen(false);
    document.addEventListener('pointerdown', outside);
    window.addEventListener('hashchange', leave);
    return () => {
      document.removeEventListener('pointerdown', outside);
      window.removeEventListener('hashchange', leave);
    };
  }, [open]);

  const onKey = (event: KeyboardEvent): void => {
    if (!open) return;
    const entries = [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([disabled])') ?? [])];
    const at = entries.findIndex((entry) => entry === document.activeElement);
    if (event.key === 'Escape' || event.key === 'Tab') {
      setOpen(false);
      if (event.key === 'Escape') {
        event.stopPropagation();
        event.preventDefault();
        button.current?.focus();
      }
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      entries[(at + (event.key === 'ArrowDown' ? 1 : -1) + entries.length) % entries.length]?.focus();
    }
  };

  return (
    <div className={styles.root} ref={root} onKeyDown={onKey}>
      <button ref={button} className={className} aria-haspopup="menu" aria-expanded={open} aria-controls={open ? id : undefined} aria-label={name} title={name} disabled={disabled} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {open && (
        <div className={styles.menu} role="menu" id={id} aria-label={name}>
          {items.map((item) => (
            <button
              key={item.id}
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              className={classes(styles.item, item.checked === true && styles.checked)}
              disabled={!item.enabled}
              onClick={() => {
                setOpen(false);
                button.current?.focus();
                item.run();
              }}
            >
              <span>{item.label}</span>
              {item.hint !== undefined && <small>{item.hint}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
