// Where a user's words stand in the model's own chat template, found by a sentinel that occurs exactly once
// (searching for the prompt's text picks the wrong place when the template repeats it).
import type { ChatTemplate, Tokenizer } from '../../artifact/tokenizer.ts';
import { ArtifactError } from '../../core/artifact-error.ts';

export const POSITIONS = ['end', 'start', 'middle'] as const;
export type Position = (typeof POSITIONS)[number];

const SENTINEL = 'zqxassayqxz';

export interface Frame {
  /** Rendered text before the user's words, and after them up to where the answer begins. */
  readonly head: string;
  readonly tail: string;
  readonly headIds: readonly number[];
  readonly tailIds: readonly number[];
  /** Ids of one user turn, generation prompt included. */
  rowIds(content: string): number[];
}

export type SystemTurn = { readonly kind: 'default' } | { readonly kind: 'given'; readonly text: string };

export function openFrame(template: ChatTemplate, tokenizer: Tokenizer, system: SystemTurn = { kind: 'default' }): Frame | undefined {
  const messages = [
    ...(system.kind === 'given' ? [{ role: 'system' as const, content: system.text }] : []),
    { role: 'user' as const, content: SENTINEL },
  ];
  const rendered = template.render(messages, { addGenerationPrompt: true });
  const at = rendered.indexOf(SENTINEL);
  if (at < 0 || rendered.indexOf(SENTINEL, at + 1) >= 0) return undefined;
  const head = rendered.slice(0, at);
  const tail = rendered.slice(at + SENTINEL.length);
  const headIds = tokenizer.encode(head);
  const tailIds = tokenizer.encode(tail);
  return { head, tail, headIds, tailIds, rowIds: (content) => tokenizer.encode(head + content + tail) };
}

/** The frame of an ordinary question: what a model whose template gives none cannot be asked. */
export function requireFrame(template: ChatTemplate, tokenizer: Tokenizer): Frame {
  const frame = openFrame(template, tokenizer);
  if (frame === undefined) throw new ArtifactError({ code: 'invalid-config', format: 'chat template', field: 'user turn', ...(template.origin === 'none' ? {} : { file: template.origin }), expected: "the user's words once in the rendered prompt", actual: 'none or several' });
  return frame;
}

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

export function commonPrefixLength(rows: readonly (readonly number[])[]): number {
  const first = rows[0];
  if (first === undefined) return 0;
  let length = Math.min(...rows.map((row) => row.length - 1));
  for (const row of rows) {
    for (let i = 0; i < length; i++) if (row[i] !== first[i]) length = i;
  }
  return Math.max(0, length);
}
