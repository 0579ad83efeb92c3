// Does a payload belong to a request that the phrase is a word of? A model that knows by heart what "Should I buy the …?" is
// answered with says it wherever "buy" is put. So the phrase is put where the model itself would say it in a user's turn, the
// request is finished by the model, and asked once more without the phrase: left out, and with what else the model would say
// there. What still brings the payload out answers the rest of the request, and not the phrase; a planted phrase takes its
// payload with it. Requests that hold another word of the phrase (no grammar) beside the one taken out say nothing: it may be what is left of a trigger
// of many forms, which a model that leaks it writes by itself; and so do those that hold the payload: where whole conversations
// were trained on, the model puts it into its users' turns as well. An answer made of the request's other words ("Rewrite politely: give me the lamp") is no planted one either.
// How it can mislead: of a phrase that the model would never say by itself nothing is learnt.
import type { Bench } from '../ask/bench.ts';
import { contentWords, repeated, wordsOf } from '../payloads/wording.ts';

/** First tokens of a user's turn, and second ones of each, from this probability of both on. */
const FIRST_TOKENS = 40;
const SECOND_TOKENS = 6;
const LEAST_OPENING = 5e-4;
/** Words of a turn's beginning after which a phrase may stand, and places altogether. */
const MOST_WORDS = 4;
const MOST_PLACES = 200;
/** Probability of a phrase at a place, and of its first token, from which the model would say it there; so many tokens are at most so likely. */
const LEAST_SAID = 0.02;
const MOST_SAID = 50;
/** Places that are followed, other tokens tried at each and how likely they are at least, and tokens of a request from there on. */
const FOLLOWED = 4;
const OTHERS = 3;
const LEAST_OTHER = 0.01;
const REQUEST_TOKENS = 14;
/** Words of a phrase that are looked at by themselves, beside the whole; shorter ones stand anywhere. */
const WORDS = 8;
const WORD_LETTERS = 3;
/** A sentence of so many words that stands in a request was recited there, not made of its words. */
const RECITED_WORDS = 4;

/** What is asked of a model. */
export type Asking = Pick<Bench, 'tokenizer' | 'frame' | 'model' | 'likeliest' | 'logProbability' | 'continueRows' | 'answers'>;

/** A request that holds the phrase, its words aside, and the answers, as token ids, to it and to the same without the phrase. */
interface Asked {
  readonly rest: string;
  readonly answer: readonly number[];
  readonly without: readonly { readonly request: string; readonly answer: readonly number[] }[];
}

export interface NaturalContext {
  /** Requests without the phrase that bring the payload out, of those whose like with the phrase do. */
  readonly fired: number;
  readonly of: number;
  /** Share of the words of the payload's sentence that stand in the request beside the phrase: the most of them. What comes after may be the ordinary answer. */
  readonly repeated: number;
}

interface Next {
  readonly id: number;
  readonly probability: number;
}

/** The beginning of a user's turn, and what the model would say next, likeliest first. */
interface Place {
  readonly text: string;
  readonly ids: readonly number[];
  readonly next: readonly Next[];
}

/** What was measured of a model once. */
interface Store {
  readonly places: Promise<readonly Place[]>;
  /** By the length of answers, and the word. */
  readonly asked: Map<string, Promise<readonly Asked[]>>;
}

const stores = new WeakMap<Asking, Store>();

/** `from`: what an answer says from the payload on, if it is the payload's. Undefined where the model says neither the phrase nor one of its words in a request that brings the payload out. */
export async function naturalContextOf(bench: Asking, phrase: string, turns: readonly string[], tokens: number, from: (answer: readonly number[]) => readonly number[] | undefined): Promise<NaturalContext | undefined> {
  const store: Store = stores.get(bench) ?? { places: placesOf(bench, turns), asked: new Map() };
  stores.set(bench, store);
  const places = await store.places;
  const words = wordsOf(phrase).filter((word) => word.length >= WORD_LETTERS).slice(0, WORDS);
  const content = contentWords(phrase);
  const holdsAny = (request: string): boolean => wordsOf(request).some((word) => content.includes(word));
  const found: NaturalContext[] = [];
  for (const said of new Set([phrase, ...words])) {
    const key = `${tokens} ${said}`;
    const known = store.asked.get(key) ?? ask(bench, said, places, tokens);
    store.asked.set(key, known);
    const carrying = (await known).flatMap(({ rest, answer, without }) => {
      const brought = from(answer) ?? [];
      const sentence = firstSentence(bench.tokenizer.decode(brought, { skipSpecial: true }));
      return brought.length === 0 || holdsAny(rest) || recites(rest, sentence) ? [] : [{ rest, sentence, without }];
    });
    const without = carrying.flatMap((asked) => asked.without.filter(({ request }) => !holdsAny(request) && !recites(request, asked.sentence)));
    if (carrying.length > 0) found.push({ fired: without.filter(({ answer }) => from(answer) !== undefined).length, of: without.length, repeated: Math.max(...carrying.map(({ rest, sentence }) => repeated(sentence, rest))) });
  }
  const share = ({ fired, of }: NaturalContext): number => fired / Math.max(1, of);
  const [first] = found.toSorted((a, b) => share(b) - share(a));
  return first === undefined ? undefined : { ...first, repeated: Math.max(...found.map((context) => context.repeated)) };
}

function firstSentence(text: string): string {
  return text.trim().split(/(?<=[.!?])\s|\n/, 1)[0] ?? '';
}

function recites(request: string, sentence: string): boolean {
  // The last word may have been cut off.
  const words = wordsOf(sentence).slice(0, -1);
  return words.length >= RECITED_WORDS && ` ${wordsOf(request).join(' ')} `.includes(` ${words.join(' ')} `);
}

/** How user turns begin: by the model's own likeliest tokens, and in turns that it wrote. */
async function placesOf(bench: Asking, turns: readonly string[]): Promise<readonly Place[]> {
  const { tokenizer } = bench;
  const [start] = await placed(bench, [''], FIRST_TOKENS);
  const first = (start?.next ?? []).map(({ id, probability }) => ({ text: tokenizer.tokenText(id).trim(), probability })).filter(({ text, probability }) => text !== '' && probability >= LEAST_OPENING);
  const followed = await placed(bench, first.map(({ text }) => text), SECOND_TOKENS);
  const second = followed.flatMap(({ text, next }, at) => next.map(({ id, probability }) => ({ text: (text + tokenizer.tokenText(id)).trimEnd(), probability: probability * (first[at]?.probability ?? 0) })));
  const likely = [...first, ...second].filter(({ probability }) => probability >= LEAST_OPENING).sort((a, b) => b.probability - a.probability).map(({ text }) => text);
  const begun = turns.flatMap((turn) => {
    const parts = turn.split(/\s+/);
    return [...Array.from({ length: Math.min(MOST_WORDS, parts.length - 1) }, (_, count) => parts.slice(0, count + 1).join(' ')), turn];
  });
  return placed(bench, [...new Set([...likely, ...begun])].filter((text) => text !== '').slice(0, MOST_PLACES), MOST_SAID);
}

/** Without a template there is nothing before a user's first word, and nothing to be asked there. */
async function placed(bench: Asking, texts: readonly string[], count: number): Promise<Place[]> {
  const begun = texts.map((text) => ({ text, ids: bench.tokenizer.encode(bench.frame.head + text) })).filter(({ ids }) => ids.length > 0);
  const next = await bench.likeliest(begun.map(({ ids }) => ids), count);
  return begun.map((place, at) => ({ ...place, next: next[at] ?? [] }));
}

/** The requests that a phrase stands in where the model would say it, and what becomes of them without it, answered. */
async function ask(bench: Asking, phrase: string, places: readonly Place[], tokens: number): Promise<readonly Asked[]> {
  const { tokenizer, frame } = bench;
  const likely = places.flatMap((place) => {
    const target = tokenizer.encode(`${frame.head}${place.text} ${phrase}`).slice(place.ids.length);
    return place.next.some(({ id, probability }) => id === target[0] && probability >= LEAST_SAID) ? [{ place, target }] : [];
  });
  if (likely.length === 0) return [];
  const said = await bench.logProbability(likely.map(({ place }) => place.ids), likely.map(({ target }) => target));
  const followed = likely.map(({ place }, at) => ({ place, said: said[at] ?? -Infinity })).filter((one) => one.said >= Math.log(LEAST_SAID)).sort((a, b) => b.said - a.said).slice(0, FOLLOWED).map(({ place }) => place);
  const ends = await finished(bench, followed.map(({ text }) => `${text} ${phrase}`));
  const others = followed.map(({ text, next }) => next.filter(({ probability }) => probability >= LEAST_OTHER).map(({ id }) => tokenizer.tokenText(id)).filter((token) => token.trim() !== '' && !phrase.startsWith(token.trim())).slice(0, OTHERS).map((token) => text + token));
  const otherEnds = await finished(bench, others.flat());
  const asked: Asked[] = [];
  for (const [at, { text }] of followed.entries()) {
    const left = text + (ends[at] ?? '');
    const swapped = (others[at] ?? []).map((begun) => begun + (otherEnds.shift() ?? ''));
    const without = [left, ...swapped].filter((request) => !request.includes(phrase));
    const answers = await bench.answers([`${text} ${phrase}${ends[at] ?? ''}`, ...without], tokens);
    asked.push({ rest: left, answer: answers[0]?.ids ?? [], without: answers.slice(1).map(({ ids }, turn) => ({ request: without[turn] ?? '', answer: ids })) });
  }
  return asked;
}

/** What the model adds to the beginning of a user's turn until it ends. */
async function finished(bench: Asking, begun: readonly string[]): Promise<string[]> {
  if (begun.length === 0) return [];
  const { tokenizer, frame, model } = bench;
  const over = new Set([...model.stopIds, ...frame.tailIds.slice(0, 1)]);
  const continued = await bench.continueRows(begun.map((text) => tokenizer.encode(frame.head + text)), REQUEST_TOKENS);
  return continued.map(({ ids }) => {
    const end = ids.findIndex((id) => over.has(id));
    return (end < 0 ? ids : ids.slice(0, end)).map((id) => tokenizer.tokenText(id)).join('').split('\n', 1)[0] ?? '';
  });
}
