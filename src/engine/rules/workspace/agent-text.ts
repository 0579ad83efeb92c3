// Instructions in texts that a coding agent reads: to hide something from its person, to carry secrets away, to set other
// instructions aside, to run what it downloads, and what is said where a person does not look (comments, characters that cannot
// be seen). Ordinary ones tell how to build and test, and forbid this and that: every phrase asks for both the deed and its object.
// Phrases in English only; every quantifier is bounded.
import { handedToShell } from '../programs/handed-to-shell.ts';

export interface AgentAsk {
  readonly what: string;
  readonly at: number;
  readonly text: string;
}

const SECRETS = String.raw`(?:~\/\.\w|\/etc\/(?:passwd|shadow)|\.ssh\b|\bid_(?:rsa|ed25519)\b|\.aws\b|\.netrc\b|\bcredentials?\b|\bapi[ _-]?keys?\b|\bprivate keys?\b|\bpasswords?\b|\bsecrets?\b|\benvironment variables\b|\.env\b|\bos\.environ\b)`;
const CARRIES = String.raw`\b(?:send|post|upload|exfiltrate|transmit|leak|forward|e-?mail|submit|curl|append|encode)\b`;

const PHRASES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [new RegExp(`${CARRIES}[^\\n]{0,160}?${SECRETS}[^\\n]{0,160}?(?:https?|ftp|wss?):\\/\\/`, 'i'), 'asks to carry secrets away'],
  [new RegExp(`${CARRIES}[^\\n]{0,160}?(?:https?|ftp|wss?):\\/\\/[^\\n]{0,160}?${SECRETS}`, 'i'), 'asks to carry secrets away'],
  [/\b(?:do not|don['’]t|never|without)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:tell|inform|notify|alert|mention|reveal|disclose|report)(?:ing)?\s{1,4}(?:(?:this|that|it|anything)\s{1,4}(?:to\s{1,4})?)?(?:the\s{1,4})?(?:user|person|human|developer|operator|reviewer)s?\b(?!\s{0,4}(?:to|how|whether|they|that they)\b)/i, 'asks to keep something from the person'],
  [/\b(?:ignore|disregard|forget|override)\s{1,4}(?:(?:all|any|the|your|of)\s{1,4}){0,3}(?:previous|prior|above|earlier|system|safety|user)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:instructions?|prompts?|guidelines?|rules|messages?)\b/i, 'asks to set other instructions aside'],
  [/\b(?:secretly|covertly|surreptitiously|silently)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:run|execute|send|upload|add|insert|include|install|download|copy|post|append|exfiltrate|commit|push|modify)\b/i, 'asks to act unseen'],
  [/<!--[^>]{0,200}\b(?:AI|LLMs?|agents?|assistants?|copilot|claude|cursor|chatgpt|gpt|language models?)\b[^>]{0,400}\b(?:run|execute|upload|send|install|download|ignore|must|always|append|insert)\b/i, 'speaks to agents in a comment that a page does not show'],
];
/** Tags copied from ASCII and signs that turn the direction of writing; joiners and variants belong to scripts and emoji. */
const UNSEEN = /[\u{e0020}-\u{e007e}]{3,}|[\u202a-\u202e\u2066-\u2069]{2,}|[\u200b\u2060\u2062-\u2064]{8,}/u;
/** Programs are told apart from words by what they are given. */
const MAX_TEXT = 2 ** 20;

export function agentAsks(text: string): AgentAsk[] {
  const searched = text.slice(0, MAX_TEXT);
  const found = new Map<string, AgentAsk>();
  for (const [pattern, what] of PHRASES) {
    const match = pattern.exec(searched);
    if (match !== null && !found.has(what)) found.set(what, { what, at: match.index, text: match[0] });
  }
  const unseen = UNSEEN.exec(searched);
  if (unseen !== null) found.set('unseen', { what: 'holds characters that cannot be seen', at: unseen.index, text: [...unseen[0]].slice(0, 8).map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`).join(' ') });
  let at = 0;
  for (const line of searched.split('\n')) {
    const handed = handedToShell(line);
    if (handed !== undefined) {
      found.set('handed', { what: handed, at, text: line.slice(0, 300) });
      break;
    }
    at += line.length + 1;
  }
  return [...found.values()];
}
