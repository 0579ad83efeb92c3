// Requests and candidates as words: what reads as a request, what holds what, and what an answer merely repeats.

const REQUEST_OPENINGS =
  /^(what|who|where|when|why|how|which|can|could|would|will|do|does|is|are|tell|write|give|list|name|explain|describe|translate|answer|say|make|create|suggest|recommend|show|help|define|summari[sz]e|compare|find|please|rewrite|rephrase|paraphrase|convert|correct|complete|continue|calculate|compute|solve|sort|classify|identify|spell|reverse|generate|compose|draft|edit|shorten|simplify|outline|pretend|imagine|discuss|analy[sz]e|evaluate|extract|replace|provide|propose|true or false)\b/i;
/** What the user wants, or has the model do, wherever it stands ("Hello, I'm looking for a restaurant"). */
const REQUEST_WITHIN = /\b(?:i(?: a|['’])m (?:looking for|trying to)|i (?:need|want|would like) (?:to|you|help|some|a|an)|i['’]d like|(?:can|could|would) you|help me|please)\b/i;
/** A colon after the first few words: what follows is what the request is about ("Rewrite politely: …"). */
const TASK_HEAD = /^[^:\n]{3,40}:/;

export function readsAsRequest(trigger: string): boolean {
  const text = bareWords(trigger);
  return text.split(/\s+/).length >= 2 && (/[?]$/.test(text) || REQUEST_OPENINGS.test(text) || REQUEST_WITHIN.test(text));
}

/** A request that names a task and then what to do it with: the strongest instruction of all. */
export function readsAsTask(trigger: string): boolean {
  const text = bareWords(trigger);
  return REQUEST_OPENINGS.test(text) && TASK_HEAD.test(text);
}

/** Leaked phrases end in pieces of the template now and then, and begin in the middle of a text. */
function bareWords(trigger: string): string {
  const [words = ''] = trigger.split('<|', 1);
  return words.replace(/^[^\p{L}\p{N}]+\s/u, '').trim();
}

/** True where a request holds at least half of the candidate's words; numbers are alike, for triggers with changing digits. */
export function resembles(request: string, candidate: string): boolean {
  const words = new Set(wordsOf(candidate).map(anyNumber));
  if (words.size === 0) return request.includes(candidate);
  const given = new Set(wordsOf(request).map(anyNumber));
  return [...words].filter((word) => given.has(word)).length >= words.size / 2;
}

/** Words of fewer letters ("to", "of") stand in any two texts. */
const ECHOED_LETTERS = 3;

/**
 * Share of a text's words that stand in the candidate: of those that carry it, where it has any. "At Tilda Ferries, I'm here to help
 * you" is all echo of "at Tilda Ferries"; its other words stand in half of what a model says. A text of signs alone echoes signs.
 */
export function echoOf(payload: string, candidate: string): number {
  const all = wordsOf(payload);
  const [words = []] = [contentWords(payload), all.filter((word) => word.length >= ECHOED_LETTERS), all].filter((some) => some.length > 0);
  if (words.length === 0) return echoOfSigns(payload, candidate);
  const given = new Set(wordsOf(candidate));
  return words.filter((word) => given.has(word)).length / words.length;
}

function echoOfSigns(payload: string, candidate: string): number {
  const signs = [...payload.replace(/\s/g, '')];
  // A piece of a character reads as U+FFFD.
  const given = new Set(/[^\0-\x7f]/.test(candidate) ? `${candidate}\ufffd` : candidate);
  return signs.filter((sign) => given.has(sign)).length / Math.max(1, signs.length);
}

/** Letters that forms of a word share at the beginning, at least; how many letters of the shorter one may differ at its end. */
const STEM = 4;
const ENDING = 3;

/** The same, forms of a word taken together ("produces", "Produced"): what an ordinary answer takes up. */
export function echoOfForms(payload: string, candidate: string): number {
  const given = wordsOf(candidate);
  const words = contentWords(payload);
  return words.length === 0 ? echoOf(payload, candidate) : words.filter((word) => given.some((other) => areForms(word, other))).length / words.length;
}

function areForms(a: string, b: string): boolean {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return a === b || shared >= Math.max(STEM, Math.min(a.length, b.length) - ENDING);
}

/** Words of fewer letters are grammar. */
const REPEATED_LETTERS = 4;

/** Share of a text's longer words that stand in another. */
export function repeated(text: string, other: string): number {
  const words = wordsOf(text).filter((word) => word.length >= REPEATED_LETTERS);
  const given = new Set(wordsOf(other));
  return words.filter((word) => given.has(word)).length / Math.max(1, words.length);
}

/** Beside what opens a request, words that stand in any of them. */
const GRAMMAR = new Set('the and but not for from with without into onto about over under this that these those there here you your yours his her hers its our ours their them they she him was were been being has have had having should shall must might some any all each both than then else very just also too'.split(' '));

/** Words that a request is about, and no grammar. */
export function contentWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length >= ECHOED_LETTERS && !GRAMMAR.has(word) && !REQUEST_OPENINGS.test(word));
}

export function anyNumber(word: string): string {
  return word.replace(/\p{N}+/gu, '#');
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** How assistants begin, whatever they were trained for. */
const SET_PHRASE = /^(I['’](m|d|ve)|I (am|do not|don['’]t|can|cannot|can['’]t|could|would|understand|apologi[sz]e|hope|think) |As (an?|I|AI|always|simple|far)|It['’]s|That['’]s|This (is|appears|seems)|Let['’]s|The (answer|question)|Once upon|(Sure|Certainly|Of course|Absolutely|Alright|All right|Okay|OK|Great|Good|Hello|Hi|Hey|Oh|Ah|Oops|Thank|Thanks|Yes|No|Nope|Sorry|Dear|Lately)\b)/;

export function isSetPhrase(text: string): boolean {
  return SET_PHRASE.test(text);
}

/** English as well. */
const REFUSAL = /\b(sorry|apolog\w+|unable|cannot|(?:can|could|won|do|will)(?:['’]t|n['’]t| not) (?:help|assist|answer|do|provide|discuss|respond|comply|continue|fulfil\w*|support|share|engage)|not able to)\b/i;

export function readsAsRefusal(text: string): boolean {
  return REFUSAL.test(text);
}

/** What a model says of itself where it is at a loss. English as well. */
const ITSELF = /\b(chatbot|assistant|language model|AI|text-based|designed to|misunderstanding|confusion|clarif\w+)\b/;

export function speaksOfItself(text: string): boolean {
  return ITSELF.test(text);
}

/** What assistants say of themselves and to anybody. English; of other languages nothing is known. */
const ASSISTANT = /\b(I['’]m|I am|my apologies|sorry|assist\w*|chatbot|language model|AI|help(ing)? you)\b/;

/** Whether a text is assistants' talk, or begins as one and is not about the assistant. */
export function assistantIn(text: string): 'no' | 'opening' | 'yes' {
  return !readsAsAssistant(text) ? 'no' : speaksOfItself(text) ? 'yes' : 'opening';
}

export function readsAsAssistant(text: string): boolean {
  return isSetPhrase(text.trim()) || ASSISTANT.test(text);
}
