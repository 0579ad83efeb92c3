// Text with one range of characters marked (a trigger, a motif).
import type { ReactElement } from 'react';

export interface MarkedTextProps {
  readonly text: string;
  readonly range: readonly [number, number] | undefined;
  /** Screen readers hear what the mark means. */
  readonly meaning?: string;
}

export function MarkedText({ text, range, meaning = 'trigger' }: MarkedTextProps): ReactElement {
  if (range === undefined || range[1] <= range[0]) return <>{text}</>;
  const [begin, end] = range;
  return (
    <>
      {text.slice(0, begin)}
      <mark className="token" title={meaning}>
        {text.slice(begin, end)}
      </mark>
      {text.slice(end)}
    </>
  );
}
