// A choice of a few, all visible.
import type { ReactElement, ReactNode } from 'react';
import { classes } from '../class-names.ts';
import { enteredAt, onRadioKey } from './radio-group.ts';
import styles from './segmented.module.css';

export interface Choice<Id extends string> {
  readonly id: Id;
  readonly label: ReactNode;
  readonly title?: string;
  readonly disabled?: boolean;
}

export interface SegmentedProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
}

export function Segmented<Id extends string>({ label, choices, selected, onSelect }: SegmentedProps<Id>): ReactElement {
  const entered = enteredAt(choices, selected);
  return (
    <div className={styles.segmented} role="radiogroup" aria-label={label} onKeyDown={onRadioKey}>
      {choices.map((choice) => (
        <button key={choice.id} type="button" role="radio" aria-checked={choice.id === selected} tabIndex={choice.id === entered ? 0 : -1} title={choice.title} disabled={choice.disabled} className={classes(styles.choice, choice.id === selected && styles.on)} onClick={() => onSelect(choice.id)}>
          {choice.label}
        </button>
      ))}
    </div>
  );
}
