// Can a template be tried at all? Parsed, and rendered over a few plain conversations within bounds. Where it cannot, the file
// that holds it is not wholly inspected, and the reason says why. A template that refuses some conversations is ordinary;
// one that no plain conversation gets through, or that goes beyond the bounds on one, is not.
import { errorText } from '../../core/error-text.ts';
import { BeyondBounds, parseTemplate } from './bounded-jinja.ts';
import { strftime, TEMPLATE_DATE } from './chat-template.ts';
import { isObject } from '../text.ts';

const USER = { role: 'user', content: 'Good morning' };
const CONVERSATIONS: readonly (readonly unknown[])[] = [
  [USER],
  [{ role: 'system', content: 'Be brief.' }, USER],
  [USER, { role: 'assistant', content: 'And to you' }, { role: 'user', content: 'Good night' }],
  [{ role: 'user', content: [{ type: 'text', text: 'Good morning' }] }],
];

const MAX_REASON = 160;

const TOOLS: readonly unknown[] = [{ type: 'function', function: { name: 'lookup', description: 'Looks a thing up', parameters: { type: 'object', properties: { key: { type: 'string', description: 'A key' } }, required: ['key'] } } }];

/** Undefined where the template can be tried; otherwise why not. */
export function whyUntried(source: string): string | undefined {
  let render: ReturnType<typeof parseTemplate>['render'];
  try {
    ({ render } = parseTemplate(source));
  } catch (error) {
    return `the chat template cannot be parsed: ${errorText(error, MAX_REASON)}`;
  }
  let refusal = '';
  for (const tools of [null, TOOLS]) {
    for (const messages of CONVERSATIONS) {
      try {
        render({ bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>', tools, datetime: 'Mar 14 2025', functions: '[]', documents: null, messages, add_generation_prompt: true, strftime_now: (format: unknown) => strftime(TEMPLATE_DATE, typeof format === 'string' ? format : '%Y-%m-%d') });
        return undefined;
      } catch (error) {
        if (error instanceof BeyondBounds) return `the chat template goes beyond what is tried: ${errorText(error, MAX_REASON)}`;
        refusal = errorText(error, MAX_REASON);
      }
    }
  }
  return `no plain conversation could be put through the chat template: ${refusal}`;
}

const KEY = 'chat_template';
const MAX_TRIED = 32;

/** Of the templates under the usual key of a configuration, the first that cannot be tried. */
export function whyUntriedIn(value: unknown): string | undefined {
  if (!isObject(value) || !(KEY in value)) return undefined;
  const held = value[KEY];
  const named: readonly unknown[] = Array.isArray(held) ? held.map((item: unknown) => (isObject(item) ? item['template'] : item)) : isObject(held) ? Object.values(held) : [held];
  const sources = named.filter((source) => typeof source === 'string');
  if (sources.length > MAX_TRIED) return `${sources.length} chat templates, of which ${MAX_TRIED} are tried`;
  return sources.map(whyUntried).find((why) => why !== undefined);
}
