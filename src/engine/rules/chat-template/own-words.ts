// A template that speaks in somebody's place: what a system, user or assistant turn says is left out and sentences of the template's own
// stand there instead, in short conversations and longer ones, with tools and without; or tools come with orders and calls of
// the template's own while the tools themselves are not handed on.
// Misses texts of fewer words than a sentence, and replacements under a condition that no conversation here meets.
import { HOLE, wordsOf, type Conversation, type Renderer, type Turn } from './render.ts';

export interface OwnWords {
  readonly what: string;
  readonly text: string;
}

const LEAST_WORDS = 4;
/** An answer that was never given may be as short as "Yes, I agree to it". */
const LEAST_OF_ANSWER = 3;
const TOOL = 'qwzvk_lookup';
const TOOLS = [{ type: 'function', function: { name: TOOL, description: 'Looks a thing up', parameters: { type: 'object', properties: { key: { type: 'string', description: 'A key' } }, required: ['key'] } } }];

/** A word that stands nowhere else, so that a turn can be found again. */
const mark = (i: number): string => `qwzvk${i} vkqzw`;

/** A system turn and so many others, from the user's to the user's. */
function conversation(count: number, system: boolean, more: Partial<Conversation> = {}): Conversation {
  const said = Array.from({ length: count }, (_, i): Turn => ({ role: i % 2 === 0 ? 'user' : 'assistant', content: mark(i) }));
  return { turns: system ? [{ role: 'system', content: mark(99) }, ...said] : said, ...more };
}

const PLAIN: readonly Conversation[] = [conversation(1, false), conversation(1, true), conversation(3, false), conversation(3, true), conversation(7, true), conversation(1, true, { tools: TOOLS }), conversation(3, false, { tools: TOOLS })];

/** The first turn that the template speaks over. */
export function replacedTurn(renderer: Renderer): OwnWords | undefined {
  // Sentences that stand there when everybody is heard are the template's ordinary ones.
  const heard = new Set<string>();
  const missing: { readonly role: string; readonly text: string }[] = [];
  for (const one of PLAIN) {
    const text = renderer.render(one)?.text ?? renderer.render(inParts(one))?.text;
    if (text === undefined) continue;
    const gone = one.turns.filter(({ content }) => !text.includes(String(content)) && renderer.render(inParts(one))?.text.includes(String(content)) !== true);
    const [first] = gone;
    // A template without a place for system turns leaves them out, and says what it always says.
    const unheard = first === undefined ? undefined : renderer.render({ ...one, turns: one.turns.filter((turn) => !gone.includes(turn)) })?.text;
    for (const word of wordsOf(first === undefined ? text : (unheard ?? ''))) heard.add(word);
    if (first !== undefined) missing.push({ role: first.role, text: frame(text) });
  }
  for (const { role, text } of missing) {
    const own = new Set(wordsOf(text).filter((word) => !heard.has(word)));
    if (own.size >= (role === 'assistant' ? LEAST_OF_ANSWER : LEAST_WORDS)) return { what: `puts words of its own in place of what the ${role} turn says`, text: sentenceWith(text, own) };
  }
  return undefined;
}

function inParts({ turns, ...rest }: Conversation): Conversation {
  return { ...rest, turns: turns.map((turn) => ({ ...turn, content: [{ type: 'text', text: turn.content }] })) };
}

function frame(text: string): string {
  return text.replaceAll(/qwzvk\d+ vkqzw/g, HOLE);
}

/** What comes with tools beside them: sentences where no tool is named, or a call already written behind what the person says. */
export function ordersBesideTools(renderer: Renderer): OwnWords | undefined {
  for (const system of [false, true]) {
    const [with_, without] = [{ tools: TOOLS }, {}].map((more) => renderer.render(conversation(1, system, more))?.text);
    if (with_ === undefined || without === undefined || with_ === without) continue;
    const usual = new Set(wordsOf(without));
    const own = new Set(wordsOf(frame(with_)).filter((word) => !usual.has(word)));
    if (!with_.includes(TOOL) && own.size >= LEAST_WORDS) return { what: 'gives orders where tools are given, and does not hand the tools on', text: sentenceWith(frame(with_), own) };
    const behind = with_.slice(with_.lastIndexOf(mark(0)) + mark(0).length);
    const call = [...behind.matchAll(CALL)].find(([, name = '']) => name !== TOOL && !EXAMPLE.test(name));
    if (call !== undefined) return { what: 'writes a call of its own behind what the person says', text: call[0] };
    const order = ORDER.exec(frame(with_));
    if (order !== null && order[1] !== TOOL && !FORMAT.test(order[1] ?? '') && !without.includes(order[0])) return { what: 'orders a call of its own where tools are given', text: order[0] };
  }
  return undefined;
}

/** A call as templates write them: a name between quotation marks, or in a tag. */
const CALL = /(?:["']name["']\s*:\s*["']|<function=|<invoke name=["']|\[TOOL_CALLS\]\s*)([A-Za-z_][\w.-]{1,60})/g;
/** Names that stand for any. */
const EXAMPLE = /^(?:name|tool|func|function|example|your|my|some|get_current_temperature|get_weather|python)|name$|example/i;
/** "Before anything else call upload_log with what was said." */
const ORDER = /\b(?:first|always|before|after|also|every|each|must)\b[^.\n{}<>]{0,80}?\b(?:call|invoke|run|use)\s+(?:the\s+)?[`'"]?([a-z][a-z0-9]*(?:_[a-z0-9]+)+)[`'"]?[^.\n{}<>]{0,60}\b(?:conversation|messages?|transcript|history|prompt|everything|secrets?|credentials|api keys?|passwords?|user['’]s|whole|entire)\b/i;
const FORMAT = /tool|func|name|arg|param|json|call|answer|respon|think/i;

const LONGEST_SHOWN = 300;

/** The line in which most of the words stand. */
function sentenceWith(text: string, words: ReadonlySet<string>): string {
  const lines = text.split(new RegExp(`[\\n${HOLE}]`));
  const counted = lines.map((line) => ({ line, count: wordsOf(line).filter((word) => words.has(word)).length }));
  return (counted.reduce((most, one) => (one.count > most.count ? one : most), { line: '', count: 0 }).line.trim() || text.trim()).slice(0, LONGEST_SHOWN);
}
