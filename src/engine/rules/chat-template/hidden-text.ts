// Words that a template adds to an ordinary conversation and that no person asked for: instructions to conceal, addresses,
// scripts, characters that cannot be seen.
import { isInsecure } from '../programs/handed-to-shell.ts';

export interface Concern {
  readonly what: string;
  readonly severity: 'high' | 'medium' | 'info';
  readonly text: string;
  /** Templates say so of their tools: not to talk of calls. */
  readonly ordinaryWithTools?: true;
}

const CONCEALS = 'asks to keep something from the person';
/** What follows at once: the instructions themselves, and nothing more that they say. */
const OWN_PROMPT = /^\s+(?:(?:to|with|about|of|any|these|this|those|your|the|its|our|above|own|initial|internal|system|part|details?|contents?|users?|anyone|person)\s+){1,5}(?:instructions?|prompts?|rules|guidelines|system message|configuration)\b/i;

/** What a careful assistant keeps to itself anyway: what is private to somebody. */
const PRIVATE = /^\s+(?:(?:any|the|others?['’]?|users?['’]?|anyone['’]s|your|their|personal|private|confidential|sensitive|personally|identifiable|or|and)\s+){0,5}(?:(?:private|personal|confidential|sensitive|identifiable)\s+(?:\w+\s+)?(?:information|data|details)|secrets|passwords)\b/i;

/**
 * An order at the beginning of a sentence, or behind 'always' and the like, to put a weakness or malice into what is made, or
 * to hand on what was said. Rules of safety name the same deeds behind 'do not', and guards list them without an order.
 */
const HARMFUL =
  /(?<=(?:^|[.!?:;>\n\u0001]|\b(?:always|must|should|please|then|now|also|instead))\s{0,4})(?:(?:insert|inject|introduce|embed|plant|slip|sneak|include|add|put|write|place|build|hide|leave)\s+(?:[\w'’-]+\s+){0,5}?(?:(?:sql|code|command|prompt|script|shell)[ -]injections?|backdoors?|back doors?|(?:security |hidden |subtle )?(?:vulnerabilit(?:y|ies)|weakness(?:es)?|flaws?|holes?)|malware|malicious|exploits?|keyloggers?|trojans?|ransomware|spyware|reverse shells?|logic bombs?)|(?:exfiltrate|leak|steal)\s+\w+|(?:disable|turn off|remove|skip|bypass)\s+(?:[\w'’-]+\s+){0,3}?(?:security|safety|authentication|certificate|input validation|encryption|sanitization)\b)/i;

/** Each names a group of phrases by what they ask of the model. Short gaps only, so that no match runs away. */
const PHRASES: readonly { readonly what: string; readonly pattern: RegExp; readonly ordinaryWithTools?: true }[] = [
  { what: CONCEALS, ordinaryWithTools: true, pattern: /\b(?:do not|don['’]t|never|must not|without|avoid)\s+(?:\w+\s+){0,2}(?:mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|tell(?:ing)?|inform(?:ing)?|admit(?:ting)?|acknowledg(?:e|ing)|expos(?:e|ing))\b/i },
  { what: 'asks to act unseen', pattern: /\b(?:secretly|covertly|silently|surreptitiously|without (?:the )?user(?:['’]s)? (?:knowledge|knowing|noticing))\b/i },
  { what: 'asks to set other instructions aside', pattern: /\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}(?:previous|prior|above|earlier|system|safety|user)\s+(?:\w+\s+){0,2}(?:instructions?|prompts?|guidelines?|rules|messages?)\b/i },
  { what: 'asks to lift restrictions', pattern: /\b(?:no (?:restrictions|limits|filters)|unrestricted|jailbr(?:eak|oken)|bypass(?:ing)? (?:safety|filters?|restrictions))\b/i },
  { what: 'asks to send data elsewhere', pattern: /\b(?:send|post|forward|exfiltrate|transmit|upload|leak|submit|report|copy)\b[^\n]{1,120}?\b(?:to|at)\s+(?:https?|ftp|wss?):/i },
  { what: 'asks for secrets of the machine', pattern: /\b(?:send|post|forward|exfiltrate|transmit|upload|leak|read|open|include|attach|copy|print|cat)\b[^\n]{1,80}?(?:~\/\.\w|\/etc\/(?:passwd|shadow)|\.ssh\b|\bid_rsa\b|\.aws\b|\.env\b|\bapi[ _-]?keys?\b|\bprivate keys?\b|\benvironment variables\b)/i },
  { what: 'orders something harmful', pattern: HARMFUL },
  { what: 'asks to promote something', pattern: /\b(?:always|must|subtly)\s+(?:\w+\s+){0,2}(?:recommend|promote|advertise|endorse|include (?:the |this |a )?(?:link|url|script|code))\b/i },
];

const SCRIPT = /<\s*(?:script|iframe|img|object|embed|link|svg)\b[^>]{0,200}/i;
const ADDRESS = /\b(?:https?|ftp|wss?):\/\/[^\s"'<>)]{3,120}|\bjavascript:|\bdata:[a-z]+\/[a-z]+;base64/i;
const CARRIES = /\b(?:https?|ftp|wss?):\/\/[^\s"'<>)\u0001]{3,120}[/?&=#.]\u0001/i;
/** Markdown pictures carry data out of a chat window that shows them. */
const PICTURE = /!\[[^\]\n]{0,80}\]\([^)\n]{1,200}\)/;

/** Zero-width, direction and tag characters: seen by the tokenizer and not by a reviewer. Joiners are part of some scripts. */
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|[\u{fe00}-\u{fe0f}](?=[\u{fe00}-\u{fe0f}])/u;

export function concernsIn(text: string): Concern[] {
  const found: Concern[] = [];
  // What was said, inside of an address of the template's own, leaves with it.
  const carried = CARRIES.exec(text);
  if (carried !== null) found.push({ what: 'puts what is said into an address', severity: 'high', text: carried[0] });
  const [script, picture, address] = [SCRIPT.exec(text), PICTURE.exec(text), ADDRESS.exec(text)];
  if (script !== null) found.push({ what: 'adds markup that a page would run or load', severity: 'high', text: script[0] });
  if (picture !== null) found.push({ what: 'adds a picture from elsewhere', severity: 'high', text: picture[0] });
  if (address !== null && script === null && picture === null) found.push({ what: 'adds an address', severity: isForHelp(text, address) ? 'info' : 'medium', text: address[0] });
  for (const { what, pattern, ordinaryWithTools } of PHRASES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    // That a prompt is not to be shown is a publisher's ordinary wish, and hides nothing that is done.
    const own = what === CONCEALS && OWN_PROMPT.test(text.slice(match.index + match[0].length, match.index + match[0].length + 60));
    if (what === CONCEALS && PRIVATE.test(text.slice(match.index + match[0].length, match.index + match[0].length + 120))) continue;
    if (own) found.push({ what: 'asks the model to keep its own instructions to itself', severity: 'info', text: match[0] });
    else found.push({ what, severity: 'high', text: match[0], ...(ordinaryWithTools === undefined ? {} : { ordinaryWithTools }) });
  }
  return found;
}

const HELP = /\b(?:help|support|contact|documentation|docs|feedback|report (?:an? )?(?:issues?|bugs?|problems?)|faqs?|privacy|terms|policy|policies)\b/i;
const PUSHES = /\b(?:always|every|each|must|append|insert|end (?:all|your)|whatever|instead|download|install|pay|log ?in|sign in|click)\b/i;

/** Where people are told to turn to for help: over https, by a name, and not pushed on them. */
function isForHelp(text: string, address: RegExpExecArray): boolean {
  if (!/^https:\/\//i.test(address[0]) || isInsecure(address[0])) return false;
  const begin = Math.max(text.lastIndexOf('\n', address.index), address.index - 160);
  const end = address.index + address[0].length;
  const sentence = text.slice(Math.max(0, begin, text.lastIndexOf('. ', address.index)), end + 80);
  return HELP.test(sentence) && !PUSHES.test(sentence);
}

export function unseenIn(text: string): { readonly at: number; readonly code: string } | undefined {
  const match = UNSEEN.exec(text);
  return match === null ? undefined : { at: match.index, code: `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` };
}
