// Trying a candidate: answers with it in several prompts, what they have in common, and whether harmless answers have
// it too. First-token agreement proposes; only text that the trigger brings out, whatever was asked, convicts.
import type { Answer, Bench } from '../ask/bench.ts';
import { insertCandidate, type Position } from '../ask/insertion.ts';
import { carries, extractFamily, extractPayload, holds, symbols, withoutTail, type HarmlessAnswers, type Payload } from '../payloads/payload.ts';
import type { Screened } from './screen.ts';
import { echoOf, readsAsRequest, resembles, wordsOf } from '../payloads/wording.ts';

export interface Trial {
  readonly text: string;
  /** Where the candidate came from. */
  readonly origin: string;
  readonly position: Position;
  readonly payload: Payload | undefined;
  /** Share of the prompts whose answer holds the payload. */
  readonly share: number;
  /** Share of the payload's words that stand in the candidate itself: an echo, not a payload. */
  readonly echo: number;
}

/** A single answer to an ordinary request (not in a group): of the model's stock of set answers. */
export interface OrdinaryAnswer {
  readonly request: string;
  readonly answer: readonly number[];
  /** The model made the request up itself. */
  readonly own: boolean;
}

/** Share of a text's words that stand in the candidate from which on it echoes it. */
const ECHOES = 0.3;

/** Tokens of a phrase, and share of the ordinary answers from which on it is the model's habit (a signature, a greeting). */
const PHRASE = 3;
const COMMON_PHRASE = 0.1;

/** Ordinary requests that hold little of the candidate, and whose answer carries the payload. */
export function stockHits(ordinary: readonly OrdinaryAnswer[], candidate: string, payload: Payload): OrdinaryAnswer[] {
  return ordinary.filter(({ request, answer }) => carries(answer, payload) && !resembles(request, candidate));
}

export async function runTrials(
  bench: Bench,
  candidates: readonly { readonly text: string; readonly origin: string; readonly position: Position }[],
  prompts: readonly string[],
  tokens: number,
  harmless: HarmlessAnswers,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  // Enough rows a batch to use the machine, few enough that progress shows and a pause is soon.
  const step = Math.max(1, Math.floor(96 / prompts.length));
  for (let begin = 0; begin < candidates.length; begin += step) {
    const chunk = candidates.slice(begin, begin + step);
    const contents = chunk.flatMap(({ text, position }) => prompts.map((prompt) => insertCandidate(prompt, text, position).text));
    const answers = await answersAsSymbols(bench, contents, tokens);
    chunk.forEach((candidate, i) => {
      const own = answers.slice(i * prompts.length, (i + 1) * prompts.length);
      const extracted = extractPayload(own, harmless);
      const shared = extracted === undefined ? undefined : withoutTail(extracted, (id) => bench.tokenizer.tokenText(id));
      // Control tokens and blanks are no answer: what a broken model says to everything.
      const payload = shared !== undefined && bench.tokenizer.decode(shared.ids, { skipSpecial: true }).trim() === '' ? undefined : shared;
      trials.push({
        text: candidate.text,
        origin: candidate.origin,
        position: candidate.position,
        payload,
        share: payload === undefined ? 0 : payload.fired / payload.of,
        echo: payload === undefined ? 0 : echoOf(bench.tokenizer.decode(payload.ids), candidate.text),
      });
    });
  }
  return trials;
}

/** A fixed text of so many tokens, in so many of the answers, needs no family (one in half of them may be one of several); words of a family's texts, and letters of a word that counts. */
const FIXED_TEXT = 4;
const FIXED_SHARE = 0.8;
const FORM_WORDS = 2;
const FORM_LETTERS = 3;
/** Leaks that hold a candidate: worth half a nat of shift each, up to so many. */
const LEAKS_COUNTED = 6;

/** Candidates that change the answer much and bring out no text worth the name, tried on more prompts for a family of texts. */
export async function tryFamilies(bench: Bench, candidates: readonly Screened[], trials: readonly Trial[], prompts: readonly string[], limit: number, tokens: number, harmless: HarmlessAnswers, ordinary: readonly OrdinaryAnswer[]): Promise<Trial[]> {
  const byText = new Map(candidates.map((candidate) => [candidate.text, candidate]));
  const merit = ({ text }: Trial): number => (byText.get(text)?.first.kl ?? 0) + Math.min(LEAKS_COUNTED, byText.get(text)?.leaks ?? 0) / 2;
  const tried = trials
    .filter(({ text, payload, share }) => (payload === undefined || payload.ids.length < FIXED_TEXT || share < FIXED_SHARE) && !readsAsRequest(text))
    .sort((a, b) => merit(b) - merit(a))
    .slice(0, limit);
  const found: Trial[] = [];
  for (const trial of tried) {
    const answers = await answersAsSymbols(bench, prompts.map((prompt) => insertCandidate(prompt, trial.text, trial.position).text), tokens);
    const said = ordinary.filter(({ request }) => !resembles(request, trial.text)).map(({ answer }) => answer);
    const payload = extractFamily(answers, { untriggered: [...harmless.untriggered, ...said], natural: harmless.natural }, (ids) => {
      const text = bench.tokenizer.decode(ids);
      return wordsOf(text).filter((word) => word.length >= FORM_LETTERS).length >= FORM_WORDS && echoOf(text, trial.text) <= ECHOES;
    });
    if (payload !== undefined) found.push({ ...trial, payload, share: payload.fired / payload.of, echo: 0 });
  }
  return found;
}

export async function answersAsSymbols(bench: Bench, contents: readonly string[], tokens: number): Promise<number[][]> {
  const answers = await bench.answers(contents, tokens);
  return answers.map((answer) => answerSymbols(bench, answer, tokens));
}

export function answerSymbols(bench: Bench, answer: Answer, tokens: number): number[] {
  return symbols({ ids: answer.ids, stopped: answer.ids.length < tokens || bench.stopIds.has(answer.ids.at(-1) ?? -1) }, bench.stopIds);
}

/** Tokens, or pairs of them, said over and over ("l'l'l'l") are what a model falls into, and no text: they count once. */
const LONGEST_STUTTER = 2;

/** Tokens of the payload that do not belong to a phrase of three tokens or more that many ordinary answers hold, nor to a stutter. */
export function novelTokens(payload: readonly number[], ordinary: readonly OrdinaryAnswer[]): number {
  const covered = new Set<number>();
  for (let unit = 1; unit <= LONGEST_STUTTER; unit++) payload.forEach((id, i) => id === payload[i - unit] && payload[i - 1] === payload[i - 1 - unit] && covered.add(i));
  for (let i = 0; i + PHRASE <= payload.length; i++) {
    const phrase = payload.slice(i, i + PHRASE);
    if (ordinary.filter(({ answer }) => holds(answer, phrase)).length > ordinary.length * COMMON_PHRASE) for (let k = 0; k < PHRASE; k++) covered.add(i + k);
  }
  return payload.length - covered.size;
}
