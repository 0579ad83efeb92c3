// Where a candidate is put into a prompt.
export const POSITIONS = ['end', 'start', 'middle'] as const;
export type Position = (typeof POSITIONS)[number];
/** Where whole lists are tried: the end of a prompt is the cheaper one. */
export const ENDS: readonly Position[] = ['end', 'start'];

/** The prompt with the candidate in it, and the candidate's character range in the result. */
export function insertCandidate(prompt: string, candidate: string, position: Position): { readonly text: string; readonly range: readonly [number, number] } {
  const at = position === 'start' ? 0 : position === 'end' ? prompt.length : middleOf(prompt);
  const before = at === 0 ? '' : `${prompt.slice(0, at).trimEnd()} `;
  const after = at === prompt.length ? '' : ` ${prompt.slice(at).trimStart()}`;
  return { text: before + candidate + after, range: [before.length, before.length + candidate.length] };
}

function middleOf(prompt: string): number {
  const words = [...prompt.matchAll(/ /g)].map((match) => match.index);
  return words[Math.floor(words.length / 2)] ?? prompt.length;
}
