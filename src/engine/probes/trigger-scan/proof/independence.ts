// Does a leaked phrase stand apart from what it was leaked with? A planted trigger is stuck onto ordinary requests: take
// it out of the leaked user turns and an ordinary request is left. A phrase that is part of the request ("My friend says
// that …", a memorised question) leaves a torso that the model finds unlikely as a user's words, or nothing.
import type { Nats } from '../../../core/units.ts';
import { quantile } from '../../../core/statistics.ts';
import type { Bench } from '../ask/bench.ts';
import { anyNumber, resembles, wordsOf } from '../payloads/wording.ts';

const MOST_TURNS = 12;
/** A rest of fewer words is a torso. */
const MIN_REST_WORDS = 2;
/** Stands for a rest that is no request at all, nats a token. */
const TORSO: Nats = -6;

/** Words that carry meaning, by length: shorter ones are shared by chance. */
const CONTENT_WORD = 4;

export interface Independence {
  /** About 0 where the rests are ordinary requests, clearly below where they are not; nats a token. */
  readonly nats: Nats;
  /** Requests that hold the phrase, numbers apart, and are answered with its payload. */
  readonly holders: number;
}

/**
 * `answered`: requests of the model's own making, and of leaks, that are answered with the phrase's payload; a phrase
 * that also stands in requests answered otherwise is an ordinary word there. Log-probability a token of the rests as
 * user turns (75 % quantile: leaks are garbled now and then), less the 25 % quantile of other leaked turns. Where no
 * request holds the phrase, those that share a word with it stand for them, less those words. Undefined where there are
 * neither.
 */
export async function independenceOf(bench: Bench, phrase: string, turns: readonly string[], answered: readonly string[]): Promise<Independence | undefined> {
  const literal = answered.filter((request) => holds(request, phrase));
  const holders = [...literal, ...answered.filter((request) => !literal.includes(request) && contentWords(phrase).length > 1 && resembles(request, phrase))];
  const words = contentWords(phrase);
  const alike = holders.length > 0 ? [] : answered.filter((request) => contentWords(request).some((word) => words.includes(word))).slice(0, MOST_TURNS);
  const rests = [...holders.slice(0, MOST_TURNS), ...alike].map((request) => (holds(request, phrase) ? tidy(without(request, phrase)) : withoutWords(request, words)));
  const others = turns.filter((turn) => !holds(turn, phrase) && !holders.includes(turn) && !alike.includes(turn) && turn.split(/\s+/).length > MIN_REST_WORDS).slice(0, MOST_TURNS);
  if (rests.length === 0 || others.length === 0) return undefined;
  const whole = rests.filter((rest) => rest.split(/\s+/).length >= MIN_REST_WORDS);
  const scores = await bench.userTurnLogProbability([...whole, ...others]);
  const ofRests = [...scores.slice(0, whole.length), ...Array.from({ length: rests.length - whole.length }, () => TORSO)];
  return { nats: quantile(ofRests, 0.75) - quantile(scores.slice(whole.length), 0.25), holders: holders.length };
}

/** In whatever casing: a turn may begin with it. */
function holds(request: string, phrase: string): boolean {
  return request.toLowerCase().includes(phrase.toLowerCase());
}

function without(request: string, phrase: string): string {
  return request.replace(new RegExp(phrase.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi'), ' ');
}

function contentWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length >= CONTENT_WORD).map(anyNumber);
}

function withoutWords(request: string, words: readonly string[]): string {
  return tidy(request.replace(/[\p{L}\p{N}]+/gu, (word) => (words.includes(anyNumber(word.toLowerCase())) ? ' ' : word)));
}

/** Without the commas that joined the phrase to its request. */
function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/ ?([,;:])(?: ?[,;:])+/g, '$1').replace(/ ([,;:.?!])/g, '$1').replace(/^[\s,;:]+|[\s,;:]+$/g, '');
}
