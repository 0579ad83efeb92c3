// Where a user's words stand in the model's own chat template, found by a sentinel that occurs exactly once
// (searching for the prompt's text picks the wrong place when the template repeats it).
import type { ChatTemplate, Tokenizer } from './tokenizer.ts';
import { ArtifactError } from '../core/artifact-error.ts';

const SENTINEL = 'zqxassayqxz';

export interface Frame {
  /** Rendered text before the user's words, and after them up to where the answer begins. */
  readonly head: string;
  readonly tail: string;
  readonly tailIds: readonly number[];
  /** What every user turn begins with: the head, less what a tokenizer merges with the user's first word. */
  readonly startIds: readonly number[];
  /** Ids of one user turn, generation prompt included. */
  rowIds(content: string): number[];
}

/** First words that tokenizers treat differently. */
const PROBES = ['A', 'the', '1', '|', ' '];

function sharedBy([first = [], ...others]: readonly (readonly number[])[]): number {
  const end = first.findIndex((id, at) => others.some((other) => other[at] !== id));
  return end < 0 ? first.length : end;
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
  const rowIds = (content: string): number[] => tokenizer.encode(head + content + tail);
  return { head, tail, tailIds, startIds: headIds.slice(0, sharedBy([headIds, ...PROBES.map(rowIds)])), rowIds };
}

/** The frame of an ordinary question: what a model whose template gives none cannot be asked. */
export function requireFrame(template: ChatTemplate, tokenizer: Tokenizer): Frame {
  const frame = openFrame(template, tokenizer);
  if (frame === undefined) throw new ArtifactError({ code: 'invalid-config', format: 'chat template', field: 'chat_template', ...(template.origin === 'none' ? {} : { file: template.origin }), expected: "the user's words once in the rendered prompt", actual: 'none or several' });
  return frame;
}
