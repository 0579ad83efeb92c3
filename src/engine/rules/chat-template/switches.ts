// What a template says where the program that fills it in gives it something besides messages: tools, documents, and every
// other name that the template reads and does not set (a switch, a date, a name of the assistant's). Each is given alone as
// what such names usually hold, as each constant that the template compares it with, and all of them together; what the
// template says only then is read for instructions that no person gave.
// Besides, a name that says nothing of what it switches and that no template of today reads has no business with the prompt:
// instructions that come or go with it are told whatever they say.
// Misleads as the phrases do (hidden-text.ts), and where two certain names must be given two certain values together; a name
// that sounds like a setting hides its instructions where no phrase knows them.
import { concernsIn, type Concern } from './hidden-text.ts';
import { differenceOf, wordsOf, type Conversation, type Renderer, type Turn } from './render.ts';
import type { TemplateFacts } from './syntax.ts';

export interface SwitchedConcern extends Concern {
  /** The names that were given. */
  readonly given: string;
}

/** Names tried; templates of today read up to some dozens. */
const MAX_NAMES = 48;
const MAX_CONSTANTS = 8;
/** Renderings for all names together, of those that one template gets. */
const MAX_TRIED = 240;

const WORD = 'qwzvk';
const TOOLS = [{ type: 'function', function: { name: 'lookup', description: 'Looks a thing up', parameters: { type: 'object', properties: { key: { type: 'string', description: 'A key' } }, required: ['key'] } } }];
const DOCUMENTS = [{ doc_id: 1, title: 'Report', text: WORD, content: WORD, contents: WORD }];

/** Names that any program gives: nothing is switched by them. */
const ALWAYS = new Set(['messages', 'add_generation_prompt', 'bos_token', 'eos_token', 'unk_token', 'pad_token', 'strftime_now', 'raise_exception', 'namespace', 'range', 'loop', 'true', 'false', 'none', 'True', 'False', 'None', 'dict', 'cycler', 'joiner', 'lipsum']);

const TURNS: readonly Turn[] = [{ role: 'user', content: 'Good morning to you' }];
/** Templates that speak of tools do so in a system turn too. */
const LONGER: readonly Turn[] = [{ role: 'system', content: 'Answer in one line.' }, ...TURNS, { role: 'assistant', content: 'And to you' }, { role: 'user', content: 'Good night to you' }];

export function concernsBehindSwitches(renderer: Renderer, facts: TemplateFacts): SwitchedConcern[] {
  const names = [...facts.names].filter((name) => !ALWAYS.has(name)).slice(0, MAX_NAMES);
  const usual = new Set([TURNS, LONGER].flatMap((turns) => concernsIn(renderer.frame({ turns }) ?? '')).map(({ text }) => text));
  const found = new Map<string, SwitchedConcern>();
  let left = MAX_TRIED;
  const tryWith = (given: Readonly<Record<string, unknown>>, label: string): void => {
    for (const turns of [TURNS, LONGER]) {
      if (left-- <= 0) return;
      const conversation: Conversation = { turns, given };
      const switched = switchedText(renderer.frame(conversation), renderer.frame({ turns }));
      const severity = switched === undefined ? undefined : GRAVE.test(switched) ? 'high' : label !== ALL && isOpaque(label, switched) && INSTRUCTS.test(switched) ? 'medium' : undefined;
      if (switched !== undefined && severity !== undefined && !found.has('unexpected')) found.set('unexpected', { what: 'gives or takes away instructions', severity, text: switched.trim(), given: label });
      for (const concern of concernsIn(renderer.frame(conversation) ?? '')) {
        // Tools come with instructions on when not to talk of them, and with addresses of their formats.
        if (usual.has(concern.text) || found.has(concern.what) || concern.ordinaryWithTools === true || concern.severity !== 'high') continue;
        found.set(concern.what, { ...concern, given: label });
      }
    }
  };
  for (const name of names) for (const value of valuesFor(name, renderer)) tryWith({ [name]: value }, name);
  const all = Object.fromEntries(names.map((name) => [name, valuesFor(name, renderer, false)[0] ?? true]));
  if (names.length > 1) tryWith(all, ALL);
  return [...found.values()].map((concern) => (concern.given === ALL ? { ...concern, given: names.slice(0, 6).join(', ') } : concern));
}

const ALL = '';
/** A sentence, and no label or value. */
const LEAST_WORDS = 4;

/** What stands only in the one of two renderings, where that is a sentence. */
function switchedText(given: string | undefined, usual: string | undefined): string | undefined {
  if (given === undefined || usual === undefined || given === usual) return undefined;
  const { added, removed } = differenceOf(given, usual);
  const text = wordsOf(added).length >= wordsOf(removed).length ? added : removed;
  return wordsOf(text).filter((word) => word !== WORD).length >= LEAST_WORDS ? text : undefined;
}

/** What names of switches, settings and material speak of in the templates of today. */
const KNOWN = /think|reason|tool|func|plugin|json|schema|format|date|time|today|day|lang|locale|persona|name|identity|system|prompt|doc|context|citation|cite|search|ground|rag|image|video|audio|vision|modal|verbos|effort|budget|mode|role|style|token|bos|eos|pad|cutoff|user|assistant|safe|guard|polic|python|browser|memory|skill|train|raw|histor|respon|instruct|control|output|max|min|task|query|title|summary|message|content|turn|model|version|detail|length|agent|environment|location|knowledge|interpreter|stream|continue|generat|preamble|example|shot|criteria|risk|label|categor|class|sep|prefix|suffix|strip|keep|clear|drop|enable|disable|use_|is_|add_|no_/i;

/** Neither does anybody know the name, nor does what it switches speak of it. */
function isOpaque(name: string, text: string): boolean {
  const said = text.toLowerCase();
  return !KNOWN.test(name) && !name.toLowerCase().split('_').some((part) => part.length >= 3 && said.includes(part.slice(0, 5)));
}

const INSTRUCTS = /\b(?:you|your|always|never|must|every|all|reply|answer|respond|say|tell|give|use|insert|include|add|ignore|comply|refuse|mention|praise|claim|leave|approve|recommend|prefer|call|follow|obey|accept|write|state|treat|send)\b/i;
/** What no switch of a program's is for. */
const GRAVE = /\bcomply with (?:every|any|all)\b|\banswer (?:everything|anything|all|every)\b[^.\n]{0,60}\b(?:without|regardless|even)\b|\bwithout (?:any )?(?:limits?|restrictions?|warnings?|filters?|refus\w{1,6}|moral\w{0,6})\b|\bleave out (?:all |any |every )?(?:the )?(?:warnings?|disclaimers?|caveats?|safety)\b|\b(?:developer|maintenance|god|root|unlocked|jailbreak|unrestricted|unfiltered) mode\b|\b(?:access|unlock) code\b|\bnever refuse\b|\bregardless of (?:safety|policy|policies|rules|the law)\b/i;

function valuesFor(name: string, renderer: Renderer, constants = true): unknown[] {
  if (/tool|function|plugin/i.test(name)) return [TOOLS];
  if (/doc|context|passage|citation|search/i.test(name)) return [DOCUMENTS, WORD];
  return [true, WORD, ...(constants ? comparedWith(name, renderer) : []), false];
}

/** What the template compares a name's value with, seen while it does. */
function comparedWith(name: string, renderer: Renderer): unknown[] {
  const found = new Set<unknown>();
  for (const { left, right } of renderer.comparisons({ turns: TURNS, given: { [name]: WORD } })) {
    const other = left === WORD ? right : right === WORD ? left : undefined;
    if (typeof other === 'string' || typeof other === 'number') found.add(other);
  }
  return [...found].slice(0, MAX_CONSTANTS);
}
