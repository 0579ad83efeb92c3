// Renders a template over probe conversations and takes out what the conversation itself brought in, so that two renderings
// can be compared by what the template says. Within bounds (bounded-jinja), and with a fixed number of renderings.
import { BeyondBounds, type BoundedTemplate, type Comparison, type Observer } from '../../artifact/tokenizer/bounded-jinja.ts';
import { percentEncoded } from '../../artifact/tokenizer/jinja-gaps.ts';
import { strftime } from '../../artifact/tokenizer/chat-template.ts';
import type { Milliseconds } from '../../core/units.ts';

export interface Turn {
  readonly role: string;
  readonly content: unknown;
  readonly name?: string;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
}

export interface Conversation {
  readonly turns: readonly Turn[];
  readonly tools?: readonly unknown[];
  readonly documents?: readonly unknown[];
  /** Other names that a program gives. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly date?: Milliseconds;
  /** What is said elsewhere than in a turn's content: names, arguments, documents. */
  readonly said?: readonly string[];
}

/** Renderings of one template; beyond that what is left is not tried, and said so. */
const MAX_RENDERINGS = 1500;

/**
 * Steps of the interpreter over all renderings of one template (CWE-400): about two seconds of processor time. The longest
 * templates of today come near to it.
 */
const MAX_STEPS = 1_200_000;

const MAX_COMPARISONS = 4096;

/** Takes the place of what a turn says in a rendering. */
export const HOLE = '\u0001';
/** Takes the place of a date or time. */
const DATE_HOLE = '\u0002';
const DEFAULT_DATE: Milliseconds = Date.UTC(2025, 2, 14, 10, 30);

export interface Rendered {
  readonly text: string;
  readonly dates: readonly string[];
}

/** Conversations of probes are short; long ones come once. */
const LONGEST_KEPT = 4096;

export class Renderer {
  readonly #template: BoundedTemplate;
  /** Controls come again and again: what a conversation came to, by its text. */
  readonly #known = new Map<string, Rendered | 'refused'>();
  #left = MAX_RENDERINGS;
  #beyond: string | undefined;

  constructor(template: BoundedTemplate) {
    this.#template = template;
  }

  /** Which bound a rendering went beyond, if one did. */
  get beyond(): string | undefined {
    return this.#beyond;
  }

  get exhausted(): boolean {
    return this.#left <= 0 || this.#template.spent >= MAX_STEPS;
  }

  /** What the template compares while it renders this conversation, in order. */
  comparisons(conversation: Conversation): Comparison[] {
    const seen: Comparison[] = [];
    this.render(conversation, (comparison) => {
      if (seen.length < MAX_COMPARISONS) seen.push(comparison);
    });
    return seen;
  }

  /** What the template says around the turns; undefined where it refuses the conversation. */
  frame(conversation: Conversation): string | undefined {
    return frameOf(this.render(conversation), conversation);
  }

  /** The same conversation once more, whatever it came to before. */
  again(conversation: Conversation): string | undefined {
    return frameOf(this.#rendered(conversation, undefined), conversation);
  }

  render(conversation: Conversation, observe?: Observer): Rendered | undefined {
    if (observe !== undefined) return this.#rendered(conversation, observe);
    const key = JSON.stringify(conversation);
    const known = this.#known.get(key);
    if (known !== undefined) return known === 'refused' ? undefined : known;
    const rendered = this.#rendered(conversation, undefined);
    if (key.length < LONGEST_KEPT && !this.exhausted) this.#known.set(key, rendered ?? 'refused');
    return rendered;
  }

  #rendered({ turns, tools, documents, given, date = DEFAULT_DATE }: Conversation, observe: Observer | undefined): Rendered | undefined {
    if (this.#left-- <= 0 || this.#template.spent >= MAX_STEPS) return undefined;
    const dates: string[] = [];
    const now = (format: unknown): string => {
      const text = strftime(date, typeof format === 'string' ? format : '%Y-%m-%d');
      dates.push(text);
      return text;
    };
    try {
      const text = this.#template.render({ bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>', tools: tools ?? null, datetime: 'Mar 14 2025', functions: '[]', documents: documents ?? null, messages: turns, add_generation_prompt: true, strftime_now: now, ...given }, observe);
      return { text, dates: dates.sort((a, b) => b.length - a.length) };
    } catch (error) {
      if (error instanceof BeyondBounds) this.#beyond ??= error.message;
      return undefined;
    }
  }
}

/** A rendering with holes where the conversation itself, and dates, stand. */
export function frameOf(rendered: Rendered | undefined, { turns, said }: Conversation): string | undefined {
  if (rendered === undefined) return undefined;
  let text = rendered.text;
  const contents = [...turns.flatMap(({ content }) => textsIn(content)), ...(said ?? [])].sort((a, b) => b.length - a.length);
  for (const content of contents) if (content.trim() !== '') text = text.replaceAll(content, HOLE).replaceAll(content.trim(), HOLE).replaceAll(percentEncoded(content), HOLE);
  for (const date of rendered.dates) if (date.length > 2) text = text.replaceAll(date, DATE_HOLE);
  return text;
}

function textsIn(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: unknown) => (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? [part.text] : []));
}

export interface Difference {
  readonly added: string;
  readonly removed: string;
}

/** What stands in `text` and not in `control`, between what both begin and end with. */
export function differenceOf(text: string, control: string): Difference {
  let begin = 0;
  while (begin < text.length && begin < control.length && text[begin] === control[begin]) begin++;
  let end = 0;
  while (end < text.length - begin && end < control.length - begin && text[text.length - 1 - end] === control[control.length - 1 - end]) end++;
  return { added: text.slice(begin, text.length - end), removed: control.slice(begin, control.length - end) };
}

const TAG = /<[^<>\n]{0,80}>|\[\/?[A-Z_]{2,30}\]/g;

/** Words of a natural language: not tags, not holes, at least two letters. */
export function wordsOf(text: string): string[] {
  return text.replace(TAG, ' ').match(/\p{L}{2,}(?:['’]\p{L}+)?/gu) ?? [];
}
