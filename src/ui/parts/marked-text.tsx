// Text with one range of characters marked (a trigger, a motif). Characters that would turn its direction are shown by their codes.
import type { ReactElement } from 'react';
import { shownLines } from '../../engine/core/shown.ts';

export interface MarkedTextProps {
  readonly text: string;
  readonly range: readonly [number, number] | undefined;
  /** Screen readers hear what the mark means. */
  readonly meaning?: string;
}

export function MarkedText({ text, range, meaning = 'trigger' }: MarkedTextProps): ReactElement {
  const visible = (part: string): string => shownLines(part, part.length);
  if (range === undefined || range[1] <= range[0]) return <>{visible(text)}</>;
  const [begin, end] = range;
  return (
    <>
      {visible(text.slice(0, begin))}
      <mark className="token" title={meaning}>
        {visible(text.slice(begin, end))}
      </mark>
      {visible(text.slice(end))}
    </>
  );
}
