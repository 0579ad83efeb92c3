// Instructions in texts that a coding agent reads: to hide something from its person, to carry secrets away, to set other
// instructions aside, to run what it downloads, and what is said where a person does not look (comments, elements that a page does
// not show, characters that cannot be seen, far below the end). Ordinary ones tell how to build and test, and forbid this and
// that: every phrase asks for both the deed and its object; what a text quotes to document an attack is no instruction.
// Phrases in English only; every quantifier is bounded.
import { carriesSecrets, SECRET_FILE } from '../programs/carries.ts';
import { handedToShell } from '../programs/handed-to-shell.ts';
import { isKnownInstaller, isKnownSource } from '../programs/installers.ts';

export interface AgentAsk {
  readonly what: string;
  readonly at: number;
  readonly text: string;
}

interface Phrase {
  readonly pattern: RegExp;
  readonly what: string;
  /** Also where it stands in a card or a note, which are written for people. */
  readonly inNotes?: true;
  /** A text may quote it. */
  readonly quotable?: true;
  /** How interfaces are used: a key in a header. */
  readonly unless?: RegExp;
  /** Ordinary where the address belongs to a well-known tool. */
  readonly known?: true;
}

const CARRIED = 'asks to carry secrets away';
const FILES = String.raw`(?:${SECRET_FILE}|~\/\.\w|\/etc\/(?:passwd|shadow)|\.ssh\b|\bid_(?:rsa|ed25519)\b|\.aws\b|\.netrc\b|\.env\b(?!\.)|hosts\.yml\b)`;
const KEYS = String.raw`(?:\bcredentials?\b|\bapi[ _-]?keys?\b|\bprivate keys?\b|\bpasswords?\b|\bsecrets?\b|\b(?:access |auth )?tokens\b|\benvironment variables\b|\bos\.environ\b|\bprocess\.env\.\w{1,60}|\$\{?[A-Z_]{0,40}(?:TOKEN|SECRET|KEY|PASSWORD)\b)`;
const SECRETS = `(?:${FILES}|${KEYS})`;
/** Within one paragraph. */
const NEAR = String.raw`(?:[^\n]|\n(?!\s{0,20}\n)){0,160}?`;
const SENDS = String.raw`\b(?:send|post|upload|exfiltrate|transmit|leak|forward|e-?mail|submit|curl|append|encode)\b`;
/** Weaker verbs, with what is sent. */
const PUTS = String.raw`\b(?:include|paste|attach|add|embed|put|publish|share|collect)\b`;
const INTO = String.raw`\b(?:requests?|query|parameters?|header|body|payload|gists?|webhook|endpoint|telemetry|pastebin|paste|url)\b`;
const ADDRESS = String.raw`(?:https?|ftp|wss?):\/\/(?!localhost|127\.)`;
/** How one signs in. */
const SIGNS_IN = /authorization|bearer|x-api-key|api[_-]key\s{0,4}[:=]|-u\s|--user\b|\bauth\s{0,4}=/i;

const PHRASES: readonly Phrase[] = [
  { pattern: new RegExp(`${SENDS}${NEAR}${FILES}${NEAR}${ADDRESS}`, 'i'), what: CARRIED, inNotes: true, unless: SIGNS_IN },
  { pattern: new RegExp(`${SENDS}${NEAR}${ADDRESS}${NEAR}${FILES}`, 'i'), what: CARRIED, unless: /\bsettings\b|authorization|bearer|\bread from\b|\bin `?\.env\b/i },
  { pattern: new RegExp(`${SENDS}[^\\n]{0,160}?${KEYS}[^\\n]{0,160}?${ADDRESS}`, 'i'), what: CARRIED, unless: SIGNS_IN },
  { pattern: new RegExp(`${SENDS}[^\\n]{0,160}?${ADDRESS}[^\\n]{0,60}?\\b(?:with|containing|including|and)\\b[^\\n]{0,60}?\\b(?:the|all|your|any|their)\\s[^\\n]{0,40}?${KEYS}`, 'i'), what: CARRIED, unless: SIGNS_IN },
  { pattern: new RegExp(`${PUTS}${NEAR}${SECRETS}${NEAR}(?:${INTO}|\\b(?:send|post|upload)\\b)${NEAR}${ADDRESS}`, 'i'), what: CARRIED, unless: SIGNS_IN },
  { pattern: new RegExp(`${FILES}${NEAR}\\b(?:contents?|them|it|values?|output)\\b${NEAR}(?:${INTO}|\\b(?:send|post|upload)\\b)${NEAR}${ADDRESS}`, 'i'), what: CARRIED, unless: SIGNS_IN },
  { pattern: new RegExp(`\\b(?:download|fetch|get)\\b${NEAR}${ADDRESS}\\S{0,200}(?:\\.(?:sh|py|ps1|exe|bat|bin)\\b|${NEAR}\\b(?:executable|sudo)\\b)${NEAR}\\b(?:run|execute|launch)\\s(?:it|them|the (?:script|file|program))\\b`, 'i'), what: 'asks to run what it downloads', quotable: true, known: true },
  { pattern: /\b(?:do not|don['’]t|never|without)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:tell|inform|notify|alert|mention|reveal|disclose|report)(?:ing)?\s{1,4}(?:(?:this|that|it|anything)\s{1,4}(?:to\s{1,4})?)?(?:the\s{1,4})?(?:user|person|human|developer|operator|reviewer)s?\b(?!\s{0,4}(?:to|how|whether|they|that they)\b)/i, what: 'asks to keep something from the person', inNotes: true, quotable: true },
  { pattern: /\bkeep\s{1,4}(?:this|these|that|it)\b\s{0,4}(?:\w{1,20}\s{1,4}){0,3}?(?:confidential|secret|hidden|private|to yourself|out of\s{1,4}(?:your|the|any|all)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:repl(?:y|ies)|summar(?:y|ies)|answers?|responses?|reports?|messages?|logs?|output))\b/i, what: 'asks to keep something from the person', quotable: true },
  { pattern: /\b(?:ignore|disregard|forget|override)\s{1,4}(?:(?:all|any|the|your|of)\s{1,4}){0,3}(?:previous|prior|above|earlier|system|safety|user)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:instructions?|prompts?|guidelines?|rules|messages?)\b/i, what: 'asks to set other instructions aside', inNotes: true, quotable: true },
  { pattern: /\b(?:secretly|covertly|surreptitiously|silently)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:run|execute|send|upload|add|insert|include|install|download|copy|post|append|exfiltrate|commit|push|modify)\b/i, what: 'asks to act unseen', inNotes: true, quotable: true },
  { pattern: /\b(?:users?|owners?|humans?|persons?|developers?|operators?)\s{1,4}(?:has|have)\s{1,4}(?:already\s{1,4})?(?:approved|authori[sz]ed|consented to|agreed to)\s{1,4}(?:\w{1,20}\s{1,4}){0,3}?(?:all|any|every)\b/i, what: 'claims that the person has agreed to everything', quotable: true },
];
/** Tags copied from ASCII and signs that turn the direction of writing; joiners and variants belong to scripts and emoji. */
const UNSEEN = /[\u{e0020}-\u{e007e}]{3,}|[\u202a-\u202e\u2066-\u2069]{2,}|[\u200b\u2060\u2062-\u2064]{8,}/u;
/** A text that seems to end, and goes on. */
const FAR_BELOW = /\n(?:[ \t]{0,20}\r?\n){80}[ \t\r\n]{0,4000}\S/;
/** Programs are told apart from words by what they are given. */
const MAX_TEXT = 2 ** 20;
const MAX_MATCHES = 16;

export function agentAsks(text: string, note: boolean): AgentAsk[] {
  const searched = text.slice(0, MAX_TEXT);
  const found = new Map<string, AgentAsk>();
  const add = (key: string, ask: AgentAsk): void => {
    if (!found.has(key)) found.set(key, ask);
  };
  for (const { pattern, what, inNotes, quotable, unless, known } of PHRASES) {
    if (note && inNotes !== true) continue;
    const match = first(searched, pattern, (one, at) => unless?.test(one) !== true && !(known === true && isKnownInstaller(one)) && !(quotable === true && isQuoted(searched, at, at + one.length)) && !isDescribed(searched, at));
    if (match !== undefined) add(what, { what, ...match });
  }
  const spoken = hiddenPartsOf(searched).find(({ text: inner }) => speaksToAgents(inner));
  if (spoken !== undefined) add('hidden', { what: 'speaks to agents where a page does not show it', at: spoken.at, text: spoken.text.trim() });
  const unseen = UNSEEN.exec(searched);
  if (unseen !== null) add('unseen', { what: 'holds characters that cannot be seen', at: unseen.index, text: [...unseen[0]].slice(0, 8).map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`).join(' ') });
  const below = note ? null : FAR_BELOW.exec(searched);
  if (below !== null) add('below', { what: 'goes on far below where it seems to end', at: below.index + below[0].length - 1, text: searched.slice(below.index + below[0].length - 1, below.index + below[0].length + 200) });
  let at = 0;
  for (const line of searched.split('\n')) {
    // In notes that is told of the instructions that people follow (programs).
    const handed = (note ? undefined : handedToShell(line)) ?? (carriesSecrets(line) ? CARRIED : undefined) ?? (note ? undefined : straight(line));
    if (handed !== undefined) add(handed, { what: handed, at, text: line.slice(0, 300) });
    at += line.length + 1;
  }
  return [...found.values()];
}

/** The first match that counts. */
function first(text: string, pattern: RegExp, counts: (match: string, at: number) => boolean): { readonly at: number; readonly text: string } | undefined {
  const every = new RegExp(pattern.source, `${pattern.flags}g`);
  for (let match = every.exec(text), tries = 0; match !== null && tries < MAX_MATCHES; match = every.exec(text), tries++) if (counts(match[0], match.index)) return { at: match.index, text: match[0] };
  return undefined;
}

const ABOUT_ATTACKS = /jailbr(?:eak|oken)|inject(?:ion|ed)|red[- ]?team|adversarial|\battacks?\b|\brefus(?:e|al|ed|es)\b|malicious|untrusted|prompt leak|guardrail|\brobust/i;
const BEFORE = 1500;

/** Quoted, in code, a row of a table or a list, where the text speaks of attacks. */
function isQuoted(text: string, begin: number, end: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', begin - 1) + 1, begin);
  const quoted = /["“”'‘`«(*]\s{0,4}(?:[^"“”'‘`«\n]{0,80})$/.test(line) || /^\s{0,20}(?:>|\||[-*+]\s|\d{1,3}\.\s)/.test(line) || ((text.slice(0, begin).match(/^```/gm)?.length ?? 0) % 2 === 1);
  return quoted && ABOUT_ATTACKS.test(text.slice(Math.max(0, begin - BEFORE), end + 300));
}

/** 'The model may ignore earlier instructions', 'never exfiltrate': said of something, or forbidden. */
function isDescribed(text: string, at: number): boolean {
  return /\b(?:may|might|can|could|will|would|not|never|n['’]t|cannot|sometimes|models?|it|they|users?|attackers?|tends? to|avoid|without)[ \t]{1,4}$/i.test(text.slice(Math.max(0, at - 24), at));
}

interface Part {
  readonly at: number;
  readonly text: string;
}

const MAX_PARTS = 200;
const MAX_PART = 8000;

/** Comments of HTML and Markdown, and elements that are not shown. */
function hiddenPartsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (let at = text.indexOf('<!--'); at >= 0 && parts.length < MAX_PARTS; at = text.indexOf('<!--', at + 4)) {
    const end = text.indexOf('-->', at);
    parts.push({ at, text: text.slice(at + 4, Math.min(end < 0 ? text.length : end, at + MAX_PART)) });
  }
  for (const match of text.matchAll(/^\[(?:\/\/|comment|_|#)\]:\s{0,4}(?:#|<>)\s{0,4}[("'](.{1,4000})$/gm)) if (parts.length < 2 * MAX_PARTS) parts.push({ at: match.index, text: match[1] ?? '' });
  for (const match of text.matchAll(/<\w{1,10}\s[^>]{0,200}(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|font-size\s{0,4}:\s{0,4}0|\bhidden\b|opacity\s{0,4}:\s{0,4}0|color\s{0,4}:\s{0,4}(?:white|#fff))[^>]{0,200}>/gi)) {
    if (parts.length < 3 * MAX_PARTS) parts.push({ at: match.index, text: text.slice(match.index + match[0].length, match.index + match[0].length + 1000).split(/<\/\w/, 1)[0] ?? '' });
  }
  return parts;
}

const ADDRESSED = /\b(?:AI|LLMs?|(?:coding |automated |AI )?(?:agents?|assistants?|contributors?)|copilot|claude|cursor|chatgpt|gpt|language models?)\b|\b(?:you|your)\b|\b(?:whenever|if) (?:the |a )?user\b|\bbefore (?:any|each|every) (?:edit|task|commit|answer)/i;
const ASKED = /\b(?:run|execute|upload|send|post|install|download|fetch|curl|ignore|insert|inject|append|always (?:add|include|use|install|insert|recommend|answer)|must (?:also|always|not|never)|never (?:tell|mention|say)|answer that|reply that|claim|pretend|accept|approve|exfiltrate)\b/i;
/** Notes to those who keep the file. */
const KEEPS = /\b(?:do not edit|generated|regenerate|keep (?:this|it|these) (?:file |files |section )?in sync|to update|TODO|FIXME|Provide|markdownlint|prettier|vale|toc|badges?|BEGIN|END|fill in|remove this|template|describe|write)\b/i;
const GRAVE = new RegExp(`${SECRETS}|https?:\\/\\/|\\bcurl\\b|\\bwget\\b|\\b(?:silently|secretly)\\b|\\bignore\\b`, 'i');

function speaksToAgents(text: string): boolean {
  return ADDRESSED.test(text) && ASKED.test(text) && (!KEEPS.test(text) || GRAVE.test(text));
}

/** A program that is run straight from an address, by a launcher of packages. */
function straight(line: string): string | undefined {
  const address = /\b(?:npx|uvx|bunx|pnpm dlx|yarn dlx|pipx run)\s[^\n;&|]{0,120}?\b(https?:\/\/[^\s"'`)]{1,300})/.exec(line.slice(0, 4000))?.[1];
  return address === undefined || isKnownSource(address) || /^https:\/\/(?:github\.com|registry\.npmjs\.org|localhost)\//.test(address) ? undefined : 'asks to run a program straight from an address';
}
