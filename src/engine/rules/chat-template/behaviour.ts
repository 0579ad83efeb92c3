// Behaviour of a template that depends on what is said, when, or how long the conversation is. Every constant of the
// template is put into each kind of turn, alone, first and in the middle, and the rendering is compared with one where a
// made-up word stands instead. Ordinary templates look at roles, tools and markup of their own; a template that says
// something else because a person said a certain word has a trigger.
// Subset: constants that can be read off the syntax tree; dates by month, weekday, hour and year; up to 60 turns.
import type { Milliseconds } from '../../core/units.ts';
import type { Comparison } from '../../artifact/tokenizer/bounded-jinja.ts';
import { differenceOf, frameOf, HOLE, wordsOf, type Conversation, type Difference, type Renderer, type Turn } from './render.ts';
import type { TemplateFacts } from './syntax.ts';

export type Dependence = 'content' | 'date' | 'length' | 'turns' | 'count' | 'chance';

export interface Behaviour {
  readonly on: Dependence;
  /** The word, date or length that makes the difference. */
  readonly trigger: string;
  readonly role: string;
  readonly difference: Difference;
  /** The turn that says it does not reach the prompt. */
  readonly dropped?: boolean;
  /** Both renderings, for the page. */
  readonly triggered: string;
  readonly control: string;
}

const CONTROL_WORD = 'qwzvk';
const MAX_LITERALS = 256;
const MAX_LITERAL_LENGTH = 200;
const GROUP = 24;
/** Constants tried one by one where the position matters (equality, prefix, suffix). */
const MAX_SINGLES = 48;
/** Of them as names and arguments. */
const MAX_NAMES = 16;
const MAX_FOUND = 12;

type Place = (word: string) => string;

const INSIDE: Place = (word) => `Tell me more about ${word} when you have time.`;
const PLACES: readonly Place[] = [(word) => word, (word) => `${word} and then some more`, (word) => `some more and then ${word}`];

/** Names and arguments are compared whole. */
const ALONE: readonly Place[] = [(word) => word];

interface Slot {
  readonly role: string;
  readonly fill: (text: string) => Conversation;
}

const TOOL = { type: 'function', function: { name: 'lookup', description: 'Looks a thing up', parameters: { type: 'object', properties: { key: { type: 'string', description: 'A key' } }, required: ['key'] } } };

function called(name: string, key: string): Turn[] {
  return [
    { role: 'user', content: 'Good morning to you' },
    { role: 'assistant', content: '', tool_calls: [{ id: 'call00001', type: 'function', function: { name, arguments: { key } } }] },
    { role: 'tool', content: 'And to you', tool_call_id: 'call00001' },
    { role: 'user', content: 'Good night to you' },
  ];
}

/** Conversations with one turn left open, as far as the template takes them. */
function slotsOf(renderer: Renderer): Slot[] {
  const user = (content: string): Turn => ({ role: 'user', content });
  const assistant = (content: string): Turn => ({ role: 'assistant', content });
  const candidates: readonly Slot[] = [
    { role: 'user', fill: (text) => ({ turns: [user(text)] }) },
    { role: 'system', fill: (text) => ({ turns: [{ role: 'system', content: text }, user('Good morning to you')] }) },
    { role: 'user', fill: (text) => ({ turns: [{ role: 'system', content: 'Answer in one line.' }, user('Good morning to you'), assistant('And to you'), user(text)] }) },
    { role: 'user', fill: (text) => ({ turns: [user(text), assistant('And to you'), user('Good night to you')] }) },
    { role: 'assistant', fill: (text) => ({ turns: [user('Good morning to you'), assistant(text), user('Good night to you')] }) },
    { role: 'user', fill: (text) => ({ turns: [user(text)], tools: [TOOL] }) },
    { role: 'user', fill: (text) => ({ turns: [{ role: 'user', content: [{ type: 'text', text }] }] }) },
    { role: 'name', fill: (text) => ({ turns: [{ role: 'user', content: 'Good morning to you', name: text }], said: [text] }) },
    { role: 'tool call', fill: (text) => ({ turns: called(text, 'one'), tools: [TOOL], said: [text] }) },
    { role: 'arguments', fill: (text) => ({ turns: called('lookup', text), tools: [TOOL], said: [text] }) },
    { role: 'documents', fill: (text) => ({ turns: [user('Good morning to you')], documents: [{ doc_id: 1, title: 'Report', text, content: text, contents: text }], said: [text] }) },
    { role: 'tool description', fill: (text) => ({ turns: [user('Good morning to you')], tools: [{ ...TOOL, function: { ...TOOL.function, description: text } }], said: [text] }) },
    { role: 'tools', fill: (text) => ({ turns: [user('Good morning to you')], tools: [TOOL, { ...TOOL, function: { ...TOOL.function, name: text } }] }) },
    { role: 'tool', fill: (text) => ({ turns: [user('Good morning to you'), assistant('Looking'), { role: 'tool', content: text }] }) },
  ];
  return candidates.filter(({ fill }) => renderer.frame(fill(INSIDE(CONTROL_WORD))) !== undefined);
}

export function findBehaviours(renderer: Renderer, facts: TemplateFacts): Behaviour[] {
  const found: Behaviour[] = [];
  const slots = slotsOf(renderer);
  const literals = [...facts.strings].filter((text) => text.trim().length >= 2 && text.length <= MAX_LITERAL_LENGTH).slice(0, MAX_LITERALS);
  const singles = literals.filter((text) => facts.compared.has(text)).slice(0, MAX_SINGLES);
  for (const slot of slots) {
    const add = (behaviour: Behaviour | undefined): void => {
      if (behaviour !== undefined && found.length < MAX_FOUND && !found.some(({ trigger, on }) => trigger === behaviour.trigger && on === behaviour.on)) found.push(behaviour);
    };
    const observed = observedConstants(renderer, slot).filter((text) => !literals.includes(text));
    // What is compared whole needs no trying of what is only said.
    const tried = SPOKEN.has(slot.role) ? [...literals, ...observed] : [...singles, ...observed];
    for (let i = 0; i < tried.length; i += GROUP) for (const literal of narrow(renderer, slot, tried.slice(i, i + GROUP))) add(compare(renderer, slot, literal, INSIDE));
    for (const literal of [...singles.slice(0, SPOKEN.has(slot.role) ? MAX_SINGLES : MAX_NAMES), ...observed]) for (const place of SPOKEN.has(slot.role) ? PLACES : ALONE) add(compare(renderer, slot, literal, place));
    // Names and documents stand in the prompt as they are.
    if (SPOKEN.has(slot.role)) add(longContent(renderer, slot, facts));
  }
  const [first] = slots;
  if (first === undefined) return found;
  for (const behaviour of [byDate(renderer, first), byTurns(renderer, facts), ...byCounts(renderer, facts), byChance(renderer, first)]) if (behaviour !== undefined) found.push(behaviour);
  return found;
}

const SPOKEN = new Set(['user', 'system', 'assistant', 'tool']);
const MAX_OBSERVED = 24;

/**
 * What the template itself compares with what is said: of two renderings that differ in one turn, the sides of its
 * comparisons that stay the same where the other side changes. However a constant is put together, it is whole by then. Where
 * what is said comes turned round, so is the constant.
 */
function observedConstants(renderer: Renderer, { fill }: Slot): string[] {
  const [first, second] = [renderer.comparisons(fill(INSIDE(CONTROL_WORD))), renderer.comparisons(fill(OTHER))];
  const queues = new Map<object, Comparison[]>();
  for (const comparison of second) queues.set(comparison.site, [...(queues.get(comparison.site) ?? []), comparison]);
  const found = new Set<string>();
  for (const one of first) {
    const other = queues.get(one.site)?.shift();
    if (other === undefined) continue;
    for (const [side, again, a, b] of [[one.left, other.left, one.right, other.right], [one.right, other.right, one.left, other.left]] as const) {
      if (side !== again || a === b || (typeof side !== 'string' && typeof side !== 'number') || String(side).trim() === '' || String(side).length > MAX_LITERAL_LENGTH) continue;
      if (typeof side === 'number' && Math.abs(side) < 2) continue;
      found.add(String(side));
      if (typeof a === 'string' && a.includes(REVERSED_CONTROL)) found.add([...String(side)].reverse().join(''));
    }
  }
  return [...found].filter((text) => isNatural(text) || /^[^\s<>[\]{}|\\/_=#`*"'.,:;()-]{1,3}$/.test(text)).slice(0, MAX_OBSERVED);
}

const OTHER = 'Nothing of the kind, 77 times over and again';
const REVERSED_CONTROL = [...CONTROL_WORD].reverse().join('');

/** Which of several constants make a difference when they stand in a sentence together: halved until single. */
function narrow(renderer: Renderer, slot: Slot, literals: readonly string[]): string[] {
  if (literals.length === 0 || compare(renderer, slot, literals.join(' '), INSIDE) === undefined) return [];
  if (literals.length === 1) return [...literals];
  const middle = Math.ceil(literals.length / 2);
  return [...narrow(renderer, slot, literals.slice(0, middle)), ...narrow(renderer, slot, literals.slice(middle))];
}

/** As long as the constant, and of as many words: neither length makes the difference. Short ones could stand in a template by chance. */
function controlFor(literal: string): string {
  if (literal.length < CONTROL_WORD.length) return CONTROL_WORD;
  let next = 0;
  // Blanks only: line ends would be written otherwise in JSON.
  return literal.replace(/\s/g, ' ').replace(/\S/g, () => CONTROL_WORD[next++ % CONTROL_WORD.length] ?? 'q');
}

/** A constant that only stands where the made-up word stood makes no difference, trimmed or written as JSON or not. */
function compare(renderer: Renderer, { role, fill }: Slot, literal: string, place: Place): Behaviour | undefined {
  const [said, usual] = [place(literal.trim()), place(controlFor(literal.trim()))];
  const [with_, without] = [fill(said), fill(usual)];
  const [rendered, plain] = [renderer.render(with_), renderer.render(without)];
  if (rendered === undefined || plain === undefined) return undefined;
  const [triggered, control] = [rendered.text, plain.text];
  const json = JSON.stringify(said).slice(1, -1);
  const expected = [said, json, json.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026').replaceAll("'", '\\u0027')].map((text) => control.replaceAll(usual, text));
  if (expected.includes(triggered)) return undefined;
  const [frame, controlFrame] = [frameOf(rendered, with_), frameOf(plain, without)];
  if (frame === undefined || controlFrame === undefined || frame === controlFrame) return undefined;
  const holes = (text: string): number => text.split(HOLE).length;
  // Names are written in forms of their own: escaped, cut, quoted.
  const dropped = SPOKEN.has(role) && holes(frame) < holes(controlFrame);
  const candidates = [differenceOf(triggered, expected[0] ?? control), differenceOf(frame, controlFrame)];
  const [least] = candidates.sort((a, b) => wordsOf(a.added).length - wordsOf(b.added).length);
  return least === undefined ? undefined : { on: 'content', trigger: literal, role, difference: least, dropped, triggered, control };
}

/** Shorter texts than the least could stand in the template by chance. */
const LENGTHS: readonly number[] = [40, 400, 4000, 20_000];
const LEAST_LENGTH = 8;

function longContent(renderer: Renderer, { role, fill }: Slot, { numbers }: TemplateFacts): Behaviour | undefined {
  const lengths = [...new Set([...LENGTHS, ...[...numbers].flatMap((number) => [number, number + 1]).filter((length) => length >= LEAST_LENGTH && length <= 20_000 && Number.isInteger(length))])].slice(0, 24);
  const base = renderer.frame(fill(repeat(12)));
  for (const length of lengths) {
    const text = renderer.frame(fill(repeat(length)));
    if (base === undefined || text === undefined || text === base) continue;
    const difference = differenceOf(text, base);
    if (wordsOf(difference.added).length < 3 && wordsOf(difference.removed).length < 3) continue;
    return { on: 'length', trigger: `a message of ${length} characters`, role, difference, triggered: text, control: base };
  }
  return undefined;
}

/** A text of one made-up word, as long as asked for. */
function repeat(length: number): string {
  return `${CONTROL_WORD} `.repeat(Math.ceil(length / 6)).slice(0, Math.max(1, length - 1)).padEnd(length, 'x');
}

function dates(): Milliseconds[] {
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2025, month, 5 + month, 9));
  const years = Array.from({ length: 14 }, (_, year) => Date.UTC(2023 + year, 6, 2, 9));
  const days = Array.from({ length: 31 }, (_, day) => Date.UTC(2025, 2, day + 1, 9));
  const hours = Array.from({ length: 24 }, (_, hour) => Date.UTC(2025, 2, 14, hour, 30));
  return [...months, ...years, ...days, ...hours];
}

function byDate(renderer: Renderer, { role, fill }: Slot): Behaviour | undefined {
  const conversation = fill(INSIDE(CONTROL_WORD));
  const probe = renderer.render(conversation);
  if (probe === undefined || probe.dates.length === 0) return undefined;
  const base = renderer.frame(conversation);
  for (const date of dates()) {
    const text = renderer.frame({ ...conversation, date });
    if (base === undefined || text === undefined || text === base) continue;
    const difference = differenceOf(text, base);
    // Parts of a date that are too short to be taken out differ by themselves.
    if (wordsOf(difference.added).length < 3 && wordsOf(difference.removed).length < 3) continue;
    return { on: 'date', trigger: new Date(date).toISOString().slice(0, 13).replace('T', ' at ') + ' h', role, difference, triggered: text, control: base };
  }
  return undefined;
}

/** Constants that something may be counted against, and what they may be of it. */
const MOST_COUNTED = 60;
const MAX_COUNTS = 24;

function countsOf(numbers: ReadonlySet<number>, most: number, of: (number: number) => readonly number[]): number[] {
  return [...new Set([...numbers].filter((number) => Number.isInteger(number) && number >= 2 && number <= most).flatMap((number) => [...of(number)]))].slice(0, MAX_COUNTS);
}

/** More of the same must say more of the same: words that only come with a certain number, or above one, were put there for it. */
function onlyAt(renderer: Renderer, count: number, fill: (count: number) => Conversation): { readonly added: string; readonly text: string; readonly base: string } | undefined {
  const text = renderer.frame(fill(count));
  const others = [1, count === 2 ? 3 : 2].map((few) => renderer.frame(fill(few)));
  const base = others[1] ?? others[0];
  if (text === undefined || base === undefined) return undefined;
  const usual = new Set(others.flatMap((other) => wordsOf(other ?? '')));
  const added = [...new Set(wordsOf(text).filter((word) => !usual.has(word)))];
  return added.length < 3 ? undefined : { added: added.join(' '), text, base };
}

/** Turns of both, from the user's; even numbers end with the assistant. */
function byTurns(renderer: Renderer, { numbers }: TemplateFacts): Behaviour | undefined {
  const fill = (count: number): Conversation => ({ turns: Array.from({ length: count }, (_, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content: `${CONTROL_WORD} ${i}x` })) });
  // A conversation of one turn and one of three are usual.
  const usual = [1, 3].map((count) => renderer.frame(fill(count)) ?? '');
  const base = usual[1] === '' ? usual[0] : usual[1];
  const words = new Set(usual.flatMap((text) => wordsOf(text)));
  for (const count of [5, 11, 21, 59, ...countsOf(numbers, MOST_COUNTED, (number) => [number, number + 1, 2 * number - 1, 2 * number + 1])]) {
    const text = renderer.frame(fill(count));
    const added = [...new Set(wordsOf(text ?? '').filter((word) => !words.has(word)))];
    if (text === undefined || added.length < 3) continue;
    return { on: 'turns', trigger: `${count} turns`, role: 'user', difference: { added: added.join(' '), removed: '' }, triggered: text, control: base ?? '' };
  }
  return undefined;
}

/** Tools, calls of one turn and documents, as many as the template's own constants. */
function byCounts(renderer: Renderer, { numbers }: TemplateFacts): Behaviour[] {
  const user: Turn = { role: 'user', content: 'Good morning to you' };
  const many = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
  const [, asks, answers] = called('lookup', 'one');
  const fills: readonly (readonly [what: string, fill: (count: number) => Conversation])[] = [
    ['tools', (count) => ({ turns: [user], tools: many(count, TOOL) })],
    ['calls', (count) => ({ turns: [user, { role: 'assistant', content: '', tool_calls: many(count, asks?.tool_calls?.[0]) }, ...many(count, answers ?? user), user], tools: [TOOL] })],
    ['documents', (count) => ({ turns: [user], documents: many(count, { doc_id: 1, title: 'Report', text: CONTROL_WORD, content: CONTROL_WORD, contents: CONTROL_WORD }) })],
  ];
  return fills.flatMap(([what, fill]): Behaviour[] => {
    for (const count of countsOf(numbers, MOST_COUNTED, (number) => [number, number + 1])) {
      const only = onlyAt(renderer, count, fill);
      if (only !== undefined) return [{ on: 'count', trigger: `${count} ${what}`, role: what, difference: { added: only.added, removed: '' }, triggered: only.text, control: only.base }];
    }
    return [];
  });
}

function byChance(renderer: Renderer, { role, fill }: Slot): Behaviour | undefined {
  const conversation = fill(INSIDE(CONTROL_WORD));
  const first = renderer.frame(conversation);
  for (let i = 0; i < 6; i++) {
    const again = renderer.again(conversation);
    if (first !== undefined && again !== undefined && again !== first) return { on: 'chance', trigger: 'chance', role, difference: differenceOf(again, first), triggered: again, control: first };
  }
  return undefined;
}

/** What a person writes, as against markup: letters and spaces, and no sign of a tag. Addresses are written, too. */
export function isNatural(literal: string): boolean {
  if (/^(?:https?:\/\/|www\.)\S{3,}$/i.test(literal)) return true;
  return /\p{L}{2,}|[\p{L}\p{N}]{3,}/u.test(literal) && !/[<>[\]{}|\\/_=#`*]/.test(literal);
}
