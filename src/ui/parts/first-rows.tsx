// The first of a list whose length a dropped file decides, the rest on demand, and never more than the page can hold.
import { useState, type ReactElement, type ReactNode } from 'react';

/** Rows of a table; from about so many on, each change of the page is felt. */
export const MOST_ROWS = 2000;

export interface FirstRowsProps<T> {
  readonly items: readonly T[];
  readonly first: number;
  readonly children: (shown: readonly T[]) => ReactNode;
}

export function FirstRows<T>({ items, first, children }: FirstRowsProps<T>): ReactElement {
  const [all, setAll] = useState(false);
  const more = items.length > MOST_ROWS ? `first ${MOST_ROWS} of ${items.length}` : `all ${items.length}`;
  return (
    <>
      {children(items.slice(0, all ? MOST_ROWS : first))}
      {items.length > first && <button className="plain" aria-expanded={all} onClick={() => setAll(!all)}>{all ? 'fewer' : more}</button>}
    </>
  );
}
