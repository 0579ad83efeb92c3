// A ChatTemplate out of an artifact, with what transformers' apply_chat_template supplies: special tokens, no tools, no
// documents, raise_exception, strftime_now. The date is fixed, so that the same audit renders the same prompts on any day.
import { ArtifactError } from '../../core/artifact-error.ts';
import { errorText } from '../../core/error-text.ts';
import type { Milliseconds } from '../../core/units.ts';
import type { Artifact } from '../artifact.ts';
import { describeType, isObject, type JsonObject } from '../text.ts';
import type { ChatMessage, ChatTemplate, Tokenizer } from '../tokenizer.ts';
import { BeyondBounds, parseTemplate, type BoundedTemplate } from './bounded-jinja.ts';
import { specialToken } from './special-token.ts';

/** 26 July 2024, 12:00 UTC: the date Llama 3's template itself falls back to. Milliseconds since 1970. */
export const TEMPLATE_DATE: Milliseconds = Date.UTC(2024, 6, 26, 12);

type TemplateArtifact = Pick<Artifact, 'chatTemplate' | 'tokenizer' | 'tokenizerConfig'>;

/** `tokenizer` spells out BOS where only an id names it and there is no template. */
export function openChatTemplate(artifact: TemplateArtifact, tokenizer?: Tokenizer, date: Milliseconds = TEMPLATE_DATE): ChatTemplate {
  const template = artifact.chatTemplate;
  if (template === undefined) {
    refuseNoText(artifact.tokenizerConfig?.['chat_template']);
    return plainTemplate(artifact, tokenizer);
  }
  // What goes beyond this interpreter may be a template all the same.
  const fail = (code: 'malformed' | 'unsupported-setting', expected: string, error: unknown): ArtifactError =>
    new ArtifactError({ code: error instanceof BeyondBounds ? 'limit-exceeded' : code, format: 'jinja', file: template.file, field: 'chat_template', expected, actual: errorText(error) });
  let program: BoundedTemplate;
  try {
    program = parseTemplate(template.source);
  } catch (error) {
    throw fail('malformed', 'a Jinja template', error);
  }
  const supplied = suppliedVariables(artifact.tokenizerConfig ?? {}, date);
  const render: ChatTemplate['render'] = (messages, { addGenerationPrompt }) => {
    try {
      return program.render({ ...supplied, messages: messages.map(({ role, content }) => ({ role, content })), add_generation_prompt: addGenerationPrompt });
    } catch (error) {
      throw fail('unsupported-setting', 'a rendered prompt', error);
    }
  };
  return { origin: template.file, render: withNeededSystemTurn(render) };
}

const EMPTY_SYSTEM_TURN: ChatMessage = { role: 'system', content: '' };
const QUESTION: ChatMessage = { role: 'user', content: 'zqxassayaskedqxz' };

/** Some templates refuse a conversation without a system turn: it gets an empty one. */
function withNeededSystemTurn(render: ChatTemplate['render']): ChatTemplate['render'] {
  const takes = (messages: readonly ChatMessage[]): boolean => {
    try {
      return render(messages, { addGenerationPrompt: true }).includes(QUESTION.content);
    } catch (error) {
      if (error instanceof ArtifactError) return false;
      throw error;
    }
  };
  // Settled once, at the first refusal, by a question that says nothing: no word of a prompt decides over its own frame.
  let needed: boolean | undefined;
  return (messages, options) => {
    const complete = [EMPTY_SYSTEM_TURN, ...messages];
    if (needed === false || messages.some(({ role }) => role === 'system')) return render(messages, options);
    if (needed) return render(complete, options);
    try {
      return render(messages, options);
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      needed = !takes([QUESTION]) && takes([EMPTY_SYSTEM_TURN, QUESTION]);
      if (needed) return render(complete, options);
      throw error;
    }
  };
}

/** What stands where a template should is not taken for none. */
function refuseNoText(template: unknown): void {
  if (template === undefined || template === null || typeof template === 'string' || Array.isArray(template)) return;
  throw new ArtifactError({ code: 'invalid-config', format: 'chat template', file: 'tokenizer_config.json', field: 'chat_template', expected: 'a text, or a list of named texts', actual: describeType(template) });
}

/** No template: the contents line by line, begun with BOS where the tokenizer itself would add it. */
function plainTemplate({ tokenizer: json, tokenizerConfig }: TemplateArtifact, tokenizer: Tokenizer | undefined): ChatTemplate {
  const named = specialToken(tokenizerConfig, 'bos_token');
  const bos = named ?? (tokenizer?.bosId === undefined ? '' : tokenizer.decode([tokenizer.bosId]));
  const begin = addsBos(json, tokenizerConfig) ? bos : '';
  return { origin: 'none', render: (messages: readonly ChatMessage[]) => begin + messages.map(({ content }) => `${content}\n`).join('') };
}

/** True where encoding a text puts BOS before it: by tokenizer_config.json, or by a template post-processor that starts with a special token. */
function addsBos(tokenizer: JsonObject | undefined, tokenizerConfig: JsonObject | undefined): boolean {
  const flag = tokenizerConfig?.['add_bos_token'];
  if (typeof flag === 'boolean') return flag;
  const post = tokenizer?.['post_processor'];
  const steps: readonly unknown[] = isObject(post) && Array.isArray(post['processors']) ? post['processors'] : [post];
  return steps.some((step) => {
    if (!isObject(step) || step['type'] !== 'TemplateProcessing' || !Array.isArray(step['single'])) return false;
    const first: unknown = step['single'][0];
    return isObject(first) && isObject(first['SpecialToken']);
  });
}

const TOKEN_FIELDS = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'sep_token', 'cls_token', 'mask_token'] as const;

function suppliedVariables(tokenizerConfig: JsonObject, date: Milliseconds): Record<string, unknown> {
  const variables: Record<string, unknown> = {
    tools: null,
    documents: null,
    strftime_now: (format: unknown) => strftime(date, typeof format === 'string' ? format : ''),
  };
  for (const field of TOKEN_FIELDS) {
    const content = specialToken(tokenizerConfig, field);
    if (content !== undefined) variables[field] = content;
  }
  return variables;
}

/** A special token's text, given as such or in an AddedToken object. */
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Python's strftime in English and UTC; unknown directives stay as they are. */
export function strftime(epoch: Milliseconds, format: string): string {
  const date = new Date(epoch);
  const two = (value: number): string => String(value).padStart(2, '0');
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const day = DAYS[date.getUTCDay()] ?? '';
  const values: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()), y: two(date.getUTCFullYear() % 100), m: two(date.getUTCMonth() + 1), d: two(date.getUTCDate()),
    B: month, b: month.slice(0, 3), A: day, a: day.slice(0, 3), H: two(date.getUTCHours()), I: two(date.getUTCHours() % 12 || 12),
    M: two(date.getUTCMinutes()), S: two(date.getUTCSeconds()), p: date.getUTCHours() < 12 ? 'AM' : 'PM', Z: 'UTC', '%': '%',
  };
  return format.replace(/%([A-Za-z%])/g, (whole, directive: string) => (Object.hasOwn(values, directive) ? (values[directive] ?? whole) : whole));
}
