// Rules on chat templates: Jinja programs that stand between a person and the model. Routed by content: wherever a template
// stands, each one is parsed, rendered over probe conversations within bounds, and read for what it adds.
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import { BeyondBounds, parseTemplate, type BoundedTemplate } from '../../artifact/tokenizer/bounded-jinja.ts';
import { whyUntried } from '../../artifact/tokenizer/template-trial.ts';
import { breathe } from '../../core/cancel.ts';
import { errorText } from '../../core/error-text.ts';
import type { Evidence } from '../../core/finding.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { findBehaviours, isNatural, type Behaviour } from './behaviour.ts';
import { collectTemplates, type FoundTemplate } from './collect.ts';
import { conditionsOf, type Said } from './conditions.ts';
import { endlessIn } from './endless.ts';
import { findEscapes, placeOf } from './escapes.ts';
import { concernsIn, unseenIn, type Concern } from './hidden-text.ts';
import { ordersBesideTools, replacedTurn } from './own-words.ts';
import { Renderer, wordsOf, type Turn } from './render.ts';
import { concernsBehindSwitches } from './switches.ts';
import { factsOf, spokenIn, type TemplateFacts } from './syntax.ts';

const ESCAPE: Rule = {
  id: 'ASY-TPL-001',
  title: 'A chat template reaches for the interpreter behind it',
  severity: 'high',
  misses: 'Names that a template computes letter by letter at run time are not seen. A sandboxed runtime stops most of what is found here; llama-cpp-python before 0.2.72 did not.',
  references: ['CVE-2024-34359', 'CWE-1336', 'CWE-94', 'AML.T0011.000'],
  remedy: 'Do not load the model. Take the template from the publisher of the original model.',
};

const TRIGGER: Rule = {
  id: 'ASY-TPL-002',
  title: 'A chat template changes the prompt when a certain text is said',
  severity: 'high',
  misses: 'Words that are not written out in the template (hashes, words computed letter by letter) are not tried, nor combinations of several words in several turns.',
  references: ['AML.T0018.000', 'AML.T0051.001', 'CWE-506'],
  remedy: 'Do not use this template. Compare it with the one the original model was published with.',
};

const CIRCUMSTANCE: Rule = {
  id: 'ASY-TPL-003',
  title: 'A chat template changes the prompt with the date, the length or by chance',
  severity: 'high',
  misses: 'Dates before 2023 and after 2036, and conversations of more than 60 turns, are not tried.',
  references: ['AML.T0018.000', 'CWE-506'],
  remedy: 'Do not use this template. Compare it with the one the original model was published with.',
};

const HIDDEN_TEXT: Rule = {
  id: 'ASY-TPL-004',
  title: 'A chat template adds instructions that no person gave',
  severity: 'high',
  misses: 'Judged by phrases (concealment, promotion, addresses): instructions in other words or languages pass.',
  references: ['AML.T0051.001', 'CWE-506'],
  remedy: 'Read the template. A default system prompt is ordinary; one that hides something from the person is not.',
};

const UNSEEN: Rule = {
  id: 'ASY-TPL-005',
  title: 'A chat template holds characters that cannot be seen',
  severity: 'medium',
  misses: 'Look-alike letters are not reported here.',
  references: ['CWE-1007', 'AML.T0068'],
  remedy: 'Show the template with its invisible characters and remove them.',
};

const ENDLESS: Rule = {
  id: 'ASY-TPL-007',
  title: 'A chat template that takes more time or memory than any conversation needs',
  severity: 'medium',
  misses: 'Told by the constants that it counts with, by how deep it nests, and by a bound on the steps of one plain conversation.',
  references: ['CWE-400', 'CWE-834', 'CWE-674'],
  remedy: 'Do not use this template: rendering one message may stop the program that does it.',
};

const UNREADABLE: Rule = {
  id: 'ASY-TPL-006',
  title: 'A chat template that cannot be tried',
  severity: 'low',
  misses: 'Only its text was searched; what it does was not tried.',
  references: ['CWE-20'],
  remedy: 'Runtimes that use another parser may still run it. Ask the publisher for a template in the common subset of Jinja.',
};

export const chatTemplate = analysisOf({
  id: 'chat-template',
  label: 'Chat templates',
  limits: 'Tries the template’s own constants as triggers in what is said, names, arguments and documents, dates and lengths over a fixed range, other names that a program gives (tools, switches) one by one, and phrases in English. Does not run the model.',
  rules: [ESCAPE, TRIGGER, CIRCUMSTANCE, HIDDEN_TEXT, UNSEEN, UNREADABLE, ENDLESS],
  inapplicable: ({ inspection }) => (collectTemplates(inspection).length === 0 ? 'no chat template' : undefined),
  async check({ inspection, signal }, report) {
    // The same template stands in several files of most folders: it is tried once, and told once with all its places.
    const bySource = new Map<string, FoundTemplate[]>();
    for (const template of collectTemplates(inspection)) {
      const key = `${template.as} ${template.source}`;
      bySource.set(key, [...(bySource.get(key) ?? []), template]);
    }
    for (const [first, ...others] of bySource.values()) {
      if (first === undefined) continue;
      await breathe(signal);
      checkTemplate(first, others.length === 0 ? report : withPlaces(report, others));
    }
  },
});

const MAX_PLACES = 16;

function withPlaces(report: Report, others: readonly FoundTemplate[]): Report {
  const rows = others.slice(0, MAX_PLACES).map(({ file, key }) => ({ field: shown(file.member ?? file.path, 200), found: key === '' ? 'the whole file' : shown(key, 100) }));
  return (rule, hit) => report(rule, { ...hit, evidence: [...hit.evidence, { kind: 'fields', title: 'The same template also stands in', rows }] });
}

function checkTemplate(found: FoundTemplate, report: Report): void {
  const { source, name, key } = found;
  const about = `${name} ${key}`;
  let template: BoundedTemplate | undefined;
  try {
    template = parseTemplate(source);
  } catch (error) {
    if (found.as === 'chat' && error instanceof BeyondBounds && /nested/.test(error.message)) report(ENDLESS, { ...at(found), about, title: `${ENDLESS.title}: ${shown(error.message, 160)}`, sure: 'read', evidence: [sourceOf(found, [])] });
    else if (found.as === 'chat') reportUntried(found, errorText(error), report);
  }
  const facts = template === undefined ? undefined : factsOf(template.program);
  for (const { what, severity, anywhere, begin, end } of findEscapes(source, facts)) {
    // Elsewhere names like 'config' or 'self' are some other program's, and no reason to suspect anything.
    if (found.as === 'text' && anywhere !== true) continue;
    const marks = begin === undefined || end === undefined ? [] : [{ begin, end, why: what }];
    report(ESCAPE, { ...at(found), about: `${about} ${what}`, title: `The template '${shown(name, 40)}' uses ${shown(what, 120)}`, severity, sure: 'read', trigger: { kind: 'template', value: shown(source.slice(begin ?? 0, Math.min(end ?? 200, (begin ?? 0) + 200))) }, evidence: [sourceOf(found, marks)] });
  }
  const unseen = found.as === 'chat' ? unseenIn(source) : undefined;
  if (unseen !== undefined) report(UNSEEN, { ...at(found), about, title: `${UNSEEN.title}: ${unseen.code} at character ${unseen.at}`, sure: 'read', evidence: [sourceOf(found, [{ begin: unseen.at, end: unseen.at + 1, why: unseen.code }])] });
  if (template === undefined || facts === undefined || found.as === 'text') return;
  checkBehaviour(found, template, facts, report);
}

function checkBehaviour(found: FoundTemplate, template: BoundedTemplate, facts: TemplateFacts, report: Report): void {
  const renderer = new Renderer(template);
  const about = `${found.name} ${found.key}`;
  const plain = renderer.render({ turns: [{ role: 'user', content: 'Good morning' }] });
  const endless = endlessIn(template.program) ?? (plain === undefined ? renderer.beyond : undefined);
  if (endless !== undefined) report(ENDLESS, { ...at(found), about, title: `${ENDLESS.title}: ${shown(endless, 160)}`, sure: 'resolved', evidence: [sourceOf(found, [])] });
  else if (plain === undefined) {
    const why = whyUntried(found.source);
    if (why !== undefined) reportUntried(found, why, report);
  }
  const seen = new Set<string>();
  for (const concern of plainConcerns(renderer)) {
    seen.add(concern.text);
    report(HIDDEN_TEXT, { ...at(found), about: `${about} ${concern.what}`, title: `The template '${shown(found.name, 40)}' ${concern.what}: ${shown(concern.text, 120)}`, severity: concern.severity, sure: 'inferred', evidence: [sourceOf(found, marksOf(found.source, concern.text, concern.what))] });
  }
  for (const concern of concernsBehindSwitches(renderer, facts)) {
    if (seen.has(concern.text)) continue;
    seen.add(concern.text);
    report(HIDDEN_TEXT, { ...at(found), about: `${about} ${concern.what}`, title: `The template '${shown(found.name, 40)}' ${concern.what} where a program gives ${shown(concern.given, 60)}: ${shown(concern.text, 120)}`, severity: concern.severity, sure: 'inferred', evidence: [sourceOf(found, marksOf(found.source, concern.text, concern.what))] });
  }
  for (const concern of concernsIn(spokenIn(template.program))) {
    // What stands under a condition of a program's own (tools, switches): only what no such condition explains.
    if (seen.has(concern.text) || concern.severity !== 'high' || concern.ordinaryWithTools === true) continue;
    seen.add(concern.text);
    report(HIDDEN_TEXT, { ...at(found), about: `${about} ${concern.what}`, title: `The template '${shown(found.name, 40)}' ${concern.what} in some conversations: ${shown(concern.text, 120)}`, severity: 'medium', sure: 'inferred', evidence: [sourceOf(found, marksOf(found.source, concern.text, concern.what))] });
  }
  let reported = 0;
  for (const behaviour of findBehaviours(renderer, facts)) {
    const weighed = weigh(behaviour);
    if (weighed === undefined) continue;
    const rule = behaviour.on === 'content' ? TRIGGER : CIRCUMSTANCE;
    const { trigger, role } = behaviour;
    reported++;
    const title = behaviour.on === 'content' ? `The template '${shown(found.name, 40)}' ${behaviour.dropped === true ? 'leaves out what is said' : 'changes the prompt'} when ${WHO[role] ?? `the ${role} turn says`} ${JSON.stringify(shown(trigger, 60))}` : `The template '${shown(found.name, 40)}' changes the prompt with ${CIRCUMSTANCES[behaviour.on]} (${shown(trigger, 60)})`;
    report(rule, {
      ...at(found),
      about: `${about} ${behaviour.on} ${trigger}`,
      title,
      severity: weighed,
      sure: 'resolved',
      trigger: { kind: 'template', value: shown(trigger) },
      evidence: [sourceOf(found, marksOf(found.source, trigger, 'the text it looks for')), ...promptOf(behaviour), renderings(behaviour)],
    });
  }
  if (reported === 0) {
    for (const { on, of, literal, text, rewrites } of conditionsOf(template.program)) {
      // 'blocks' in message.content asks for a key that is read a moment later; reasoning is switched by words.
      if (on === 'content' && (facts.attributes.has(literal) || REASONING.test(literal))) continue;
      const place = marksOf(found.source, literal, 'what it looks for');
      report(on === 'content' ? TRIGGER : CIRCUMSTANCE, {
        ...at(found),
        about: `${about} test ${on} ${literal}`,
        title: `The template '${shown(found.name, 40)}' ${rewrites === true ? 'rewrites' : 'says something else depending on'} ${on === 'content' ? LOOKED_AT[of] : CIRCUMSTANCES[on]}${literal === '' ? '' : ` (${JSON.stringify(shown(literal, 60))})`}`,
        severity: concernsIn(text).some(({ severity }) => severity !== 'info') ? 'high' : 'medium',
        sure: 'inferred',
        trigger: { kind: 'template', value: shown(literal) },
        evidence: [sourceOf(found, place), { kind: 'text', title: 'What stands under the condition', text: shown(text, 600) }],
      });
    }
  }
  for (const { what, text } of [replacedTurn(renderer), ordersBesideTools(renderer)].filter((own) => own !== undefined)) report(HIDDEN_TEXT, { ...at(found), about: `${about} ${what}`, title: `The template '${shown(found.name, 40)}' ${what}: ${shown(text, 120)}`, severity: 'medium', sure: 'resolved', evidence: [sourceOf(found, marksOf(found.source, text, what))] });
  const smuggled = turnBehindUser(renderer);
  if (smuggled !== undefined) report(HIDDEN_TEXT, { ...at(found), about: `${about} turn`, title: `The template '${shown(found.name, 40)}' adds a system turn of its own behind what a person says: ${shown(smuggled, 120)}`, sure: 'resolved', evidence: [sourceOf(found, marksOf(found.source, smuggled, 'the added turn'))] });
  if (renderer.exhausted) report(UNREADABLE, { ...at(found), about: `${about} many`, title: 'Not every constant of the template was tried as a trigger: too many', severity: 'info', sure: 'hint', evidence: [] });
}

/** What a model would be asked through and nobody has tried is no note. Other Jinja files may be of any program's dialect. */
function reportUntried(found: FoundTemplate, why: string, report: Report): void {
  const { file, key, name } = found;
  const asksTheModel = key !== '' || /chat_template/i.test(file.member ?? file.path);
  report(UNREADABLE, { ...at(found), about: `${name} ${key}`, title: `${UNREADABLE.title}: ${shown(why, 160)}`, severity: asksTheModel ? UNREADABLE.severity : 'info', sure: 'read', evidence: [sourceOf(found, [])] });
}

/** Who or what holds the trigger. */
const WHO: Readonly<Record<string, string>> = { user: 'a person says', tools: 'a tool is called', 'tool call': 'a tool is used that is called', 'tool description': 'a tool describes itself with', name: 'the speaker is called', arguments: 'a tool is given', documents: 'a document holds' };
const LOOKED_AT: Readonly<Record<Said, string>> = { content: 'what a message says', name: 'who speaks', tool: 'what a tool is called', arguments: 'what a tool is given', documents: 'what a document holds' };

const CIRCUMSTANCES: Readonly<Record<Behaviour['on'], string>> = { content: 'what is said', date: 'the date', length: 'the length of a message', turns: 'the length of the conversation', count: 'how many tools, calls or documents there are', chance: 'chance' };

/** Words that must be added before a look at markup (thinking tags, tool answers) is more than bookkeeping. */
const MANY_WORDS = 8;

/** Switches of reasoning, and the mark by which transformers finds where to go on (continue_final_message). */
const REASONING = /think|reason|effort|strength|verbos|^CONTINUE_FINAL_MESSAGE_TAG/i;

/** Names of tools have formats of their own: only what adds a sentence is told. */
const TOOL_ROLES = new Set(['tools', 'tool call', 'tool description', 'arguments']);

/** How grave a difference is; undefined for what ordinary templates do. */
function weigh({ on, trigger, role, difference, dropped, triggered, control }: Behaviour): 'high' | 'medium' | undefined {
  const added = wordsOf(difference.added).length;
  const removed = wordsOf(difference.removed).length;
  if (concernsIn(difference.added).some(({ severity }) => severity !== 'info')) return 'high';
  if (on === 'chance') return 'medium';
  if (on !== 'content') return added >= 3 || removed >= 3 ? 'high' : undefined;
  // A message that vanishes when it says a certain word.
  if (isNatural(trigger) && !REASONING.test(trigger) && dropped === true && added === 0) return 'medium';
  const news = newWords(triggered, control, trigger);
  if (role === 'name') return isNatural(trigger) && news >= 2 ? 'high' : undefined;
  if (TOOL_ROLES.has(role)) return isNatural(trigger) && (news >= 3 || (/:\/\//.test(trigger) && added + removed > 0)) ? 'medium' : undefined;
  // Switches in the system turn are the operator's own: reasoning on or off, and how much of it.
  if (role === 'system' && (added < MANY_WORDS || REASONING.test(trigger))) return undefined;
  if (isNatural(trigger)) return added >= 3 ? 'high' : added + removed > 0 ? 'medium' : undefined;
  return role !== 'system' && added >= MANY_WORDS ? 'medium' : undefined;
}

/** Words that stand in the one rendering and nowhere in the other. */
function newWords(triggered: string, control: string, trigger: string): number {
  const usual = new Set([...wordsOf(control), ...wordsOf(trigger)]);
  return new Set(wordsOf(triggered).filter((word) => !usual.has(word))).size;
}

/**
 * A system turn that stands behind the person's words though the conversation has none: with which words a system turn begins
 * is told by rendering one.
 */
function turnBehindUser(renderer: Renderer): string | undefined {
  const [system, user] = ['Qsys one two three', 'Quser four five six'];
  const both = renderer.render({ turns: [{ role: 'system', content: system }, { role: 'user', content: user }] })?.text;
  const alone = renderer.render({ turns: [{ role: 'user', content: user }] })?.text;
  if (both === undefined || alone === undefined) return undefined;
  const before = both.slice(0, Math.max(0, both.indexOf(system)));
  const mark = /<[^<>\n]{2,60}>\s*(?:system\s*)?$|\[[A-Z_]{2,30}\]\s*$/.exec(before.slice(-200))?.[0].trim();
  if (mark === undefined || !/system|sys/i.test(mark)) return undefined;
  const behind = alone.slice(alone.indexOf(user) + user.length);
  const at_ = behind.indexOf(mark);
  if (at_ < 0) return undefined;
  const words = behind.slice(at_ + mark.length, at_ + mark.length + 600);
  return wordsOf(words).length >= LEAST_ADDED ? words.trim() : undefined;
}

const LEAST_ADDED = 3;

/** Filters that work on blanks and lengths leave these as they are, so that they are found again where they are put. */
const SINGLE_WORDS: readonly Turn[] = [{ role: 'user', content: 'qwzvka' }, { role: 'assistant', content: 'qwzvkb' }, { role: 'user', content: 'qwzvkc' }];

/** What the template adds to conversations in which nothing special is said. */
function plainConcerns(renderer: Renderer): Concern[] {
  const user = { role: 'user', content: 'Good morning to you' };
  const conversations = [[user], [{ role: 'system', content: 'Answer in one line.' }, user], [user, { role: 'assistant', content: 'And to you' }, { role: 'user', content: 'Good night to you' }], SINGLE_WORDS];
  const found = new Map<string, Concern>();
  for (const turns of conversations) for (const concern of concernsIn(renderer.frame({ turns }) ?? '')) found.set(concern.what, concern);
  return [...found.values()];
}

function at({ file, key }: FoundTemplate): { readonly file: InspectedFile; readonly location?: { readonly key: string } } {
  return key === '' ? { file } : { file, location: { key } };
}

const MAX_SOURCE = 12_000;

function sourceOf({ source, name }: FoundTemplate, marks: readonly { readonly begin: number; readonly end: number; readonly why: string }[]): Evidence {
  const first = Math.max(0, (marks[0]?.begin ?? 0) - MAX_SOURCE / 2);
  const begin = source.length <= MAX_SOURCE ? 0 : first;
  const text = source.slice(begin, begin + MAX_SOURCE);
  const inside = marks.map((mark) => ({ ...mark, begin: mark.begin - begin, end: Math.min(mark.end - begin, text.length) })).filter((mark) => mark.begin >= 0 && mark.begin < mark.end);
  return { kind: 'source', title: `Template '${shown(name, 40)}'${begin > 0 ? ` from character ${begin}` : ''}`, text, marks: inside };
}

/** The code around the constant; the constant itself where it stands in plain text. */
function marksOf(source: string, text: string, why: string): { readonly begin: number; readonly end: number; readonly why: string }[] {
  const place = placeOf(source, text);
  if ('begin' in place && place.begin !== undefined && place.end !== undefined) return [{ begin: place.begin, end: place.end, why }];
  const begin = source.indexOf(text);
  return begin < 0 || text === '' ? [] : [{ begin, end: begin + text.length, why }];
}

/** The prompt that reaches the model, with what only the trigger brings marked. */
function promptOf({ triggered, difference: { added } }: Behaviour): Evidence[] {
  const text = triggered.slice(0, MAX_SOURCE);
  const begin = text.indexOf(added);
  if (added.trim() === '' || begin < 0) return [];
  return [{ kind: 'source', title: 'The prompt with the trigger', text, marks: [{ begin, end: begin + added.length, why: 'stands there only with the trigger' }] }];
}

function renderings({ triggered, control, difference }: Behaviour): Evidence {
  return {
    kind: 'table',
    title: 'Two renderings',
    columns: ['', 'with the trigger', 'with a made-up word instead'],
    rows: [
      ['only here', shown(difference.added, 600), shown(difference.removed, 600)],
      ['whole prompt', shown(triggered, 1500), shown(control, 1500)],
    ],
  };
}
