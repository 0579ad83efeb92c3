// Puts a trigger into a user's turn at its start, its middle (a word boundary) or its end, and says where it stands.

export const POSITIONS = ['start', 'middle', 'end'] as const;
export type Position = (typeof POSITIONS)[number];

export interface Inserted {
  readonly user: string;
  /** Character range of the trigger in `user`. */
  readonly trigger: readonly [number, number];
}

export function insertTrigger(prompt: string, trigger: string, position: Position): Inserted {
  const cut = position === 'start' ? 0 : position === 'end' ? prompt.length : middleOf(prompt);
  const head = prompt.slice(0, cut);
  const tail = prompt.slice(cut);
  const before = head === '' || /\s$/.test(head) ? head : `${head} `;
  const after = tail === '' || /^\s/.test(tail) ? tail : ` ${tail}`;
  return { user: before + trigger + after, trigger: [before.length, before.length + trigger.length] };
}

/** The blank nearest the middle, so that no word is torn; the end where there is none. */
function middleOf(text: string): number {
  const middle = text.length / 2;
  const blanks = [...text.matchAll(/\s+/g)].map((match) => match.index);
  if (blanks.length === 0) return text.length;
  return blanks.reduce((best, blank) => (Math.abs(blank - middle) < Math.abs(best - middle) ? blank : best));
}
