// A user's turn put through the chat template, as tokens with the part each plays (template, system, prompt, trigger).
// The user's and the system's words are found by sentinels that occur once. A token belongs to the part in which its
// first character lies, except that a token touching the trigger belongs to the trigger.
// How this can mislead: tokens that hold part of a character (bytes of an emoji) are placed where the character begins.
import type { ChatMessage, ChatTemplate, Tokenizer } from '../engine/artifact/tokenizer.ts';
import { refuseLostWords } from '../engine/runtime/refuse-lost-words.ts';
import type { PromptText, TokenRole, TokenView } from './protocol.ts';

const USER = 'zqxassayuserqxz';
const SYSTEM = 'zqxassaysystemqxz';

interface Part {
  readonly role: TokenRole;
  readonly begin: number;
  readonly end: number;
}

export function viewPrompt(prompt: PromptText, template: ChatTemplate, tokenizer: Tokenizer): { readonly ids: number[]; readonly tokens: TokenView[] } {
  const messages: ChatMessage[] = [{ role: 'user', content: USER }];
  if (prompt.system !== undefined) messages.unshift({ role: 'system', content: SYSTEM });
  const rendered = template.render(messages, { addGenerationPrompt: true });
  const { text, parts } = fillIn(rendered, prompt);
  const ids = tokenizer.encode(text);
  const { trigger: _, ...said } = prompt;
  if (said.user.trim() !== '') refuseLostWords([ids, tokenizer.encode(fillIn(rendered, { ...said, user: '' }).text)]);
  return { ids, tokens: assignRoles(ids, text, parts, tokenizer) };
}

export function viewAnswer(ids: readonly number[], tokenizer: Tokenizer): TokenView[] {
  return ids.map((id) => ({ id, text: tokenizer.tokenText(id), role: 'answer' }));
}

function fillIn(rendered: string, prompt: PromptText): { readonly text: string; readonly parts: Part[] } {
  const parts: Part[] = [];
  let text = '';
  for (const piece of rendered.split(new RegExp(`(${USER}|${SYSTEM})`))) {
    const begin = text.length;
    if (piece === SYSTEM) {
      text += prompt.system ?? '';
      parts.push({ role: 'system', begin, end: text.length });
    } else if (piece === USER) {
      text += prompt.user;
      parts.push({ role: 'prompt', begin, end: text.length });
      if (prompt.trigger !== undefined) parts.push({ role: 'trigger', begin: begin + prompt.trigger[0], end: begin + prompt.trigger[1] });
    } else text += piece;
  }
  return { text, parts };
}

function assignRoles(ids: readonly number[], text: string, parts: readonly Part[], tokenizer: Tokenizer): TokenView[] {
  const ends = ids.map((_, index) => tokenizer.decode(ids.slice(0, index + 1)).length);
  // A decoder may drop the blank that a tokenizer put before the text.
  const shift = text.length - (ends.at(-1) ?? 0);
  return ids.map((id, index) => {
    const begin = index === 0 ? 0 : (ends[index - 1] ?? 0) + shift;
    const end = (ends[index] ?? 0) + shift;
    const lead = text.slice(begin, end).length - text.slice(begin, end).trimStart().length;
    const first = Math.min(begin + lead, Math.max(begin, end - 1));
    const touches = (part: Part): boolean => (part.role === 'trigger' ? first < part.end && end > part.begin : first >= part.begin && first < part.end);
    return { id, text: tokenizer.tokenText(id), role: parts.findLast(touches)?.role ?? 'template' };
  });
}
