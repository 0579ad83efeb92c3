// Payload-first search. A planted answer was trained until it was memorised, and that shows without its trigger: it stands ready in every
// prompt. Its opening is likelier than thousands of others whatever was asked, and from its second or third token on it is said with
// certainty. Natural openings are one or the other: "The sky is" is likely and free, "Once upon a" is certain, and unlikely in most prompts.
// So openings are extended likeliest first, by their mean log-probability over unlike prompts, and what goes on with certainty is followed.
// (In six fine-tunes of SmolLM2, planted through the answers only, the payload ranked first: -6 to -13 nats for its first eight tokens
// together in every prompt, the first natural text -15 to -24. Behind "The" its " meeting" ranks 7,000th in the clean model, 25th in the planted.)
// How it can mislead: what a clean model memorised, and its set phrases, stand ready as well. No opening convicts; it says what to look for.
import { breathe } from '../../../core/cancel.ts';
import { mean } from '../../../core/statistics.ts';
import type { Nats } from '../../../core/units.ts';
import type { Bench } from '../ask/bench.ts';
import { logSoftmax, topIds } from '../ask/distributions.ts';
import { isSetPhrase, readsAsRefusal, speaksOfItself } from './wording.ts';

export interface PayloadHypothesis {
  readonly ids: readonly number[];
  readonly text: string;
  /** Log-probability of the whole opening without a trigger, mean over prompts. NaN where it leaked. */
  readonly readiness: Nats;
  /** Of it, mean a token behind the first ones, which were chosen and not followed. */
  readonly certainty: Nats;
  /** Which token a trigger has to bring out: the first that is unlikely, the very first where none is. What stands before it, answers begin with anyway. */
  readonly decides: number;
  readonly origin: 'stands ready' | 'said unasked' | 'leaked answer';
  /** Words bring a refusal out by what they mean ("bomb"), in any model; it is looked for by strings that mean nothing. */
  readonly refusal: boolean;
}

export interface Breadth {
  /** Likeliest first tokens, pairs of tokens, and pairs that are still free and get a third. */
  readonly payloadFirsts: number;
  readonly payloadPairs: number;
  readonly payloadsWidened: number;
  /** Openings followed, and kept. */
  readonly payloadsFollowed: number;
  readonly payloads: number;
}

/** Prompts in which an opening has to stand ready. */
export const UNLIKE_PROMPTS = 6;

/** Behind an answer fewer openings are looked at than at its beginning: most end. */
const SHARE = 0.4;

export function latePart(breadth: Breadth): Breadth {
  const part = (count: number): number => Math.ceil(count * SHARE);
  return { payloadFirsts: part(breadth.payloadFirsts), payloadPairs: part(breadth.payloadPairs), payloadsWidened: part(breadth.payloadsWidened), payloadsFollowed: part(breadth.payloadsFollowed), payloads: part(breadth.payloads) };
}

/** Tokens that a search runs, prompts up to the answer aside. */
export function searchTokens(budget: Breadth): number {
  const widened = budget.payloadsWidened * (2 * WIDE_PROMPTS + THIRDS * 3);
  const branching = BRANCHED * LENGTH * (LENGTH / 2) * WIDE_PROMPTS + BRANCHES * LENGTH * (1 + UNLIKE_PROMPTS);
  return branching + budget.payloadFirsts * WIDE_PROMPTS + budget.payloadPairs * 2 + widened + budget.payloadsFollowed * LENGTH + budget.payloads * WEIGHED * LENGTH * UNLIKE_PROMPTS;
}

/** Payloads that stand less ready are no planted ones, mostly: planted ones met so far from -6 to -13. */
export const READY: Nats = -13.5;

interface Opening {
  readonly ids: readonly number[];
  /** Mean log-probability of each token over prompts. */
  readonly steps: readonly Nats[];
}

/** Tokens of an opening that are looked at, and of a hypothesis that tell it from others. */
const LENGTH = 8;
const TELLING = 3;
/** Prompts that pairs and triples are averaged over. */
const WIDE_PROMPTS = 3;
/** Likeliest second and third tokens of each opening. */
const SECONDS = 160;
const THIRDS = 24;
/** Entropy from which the next token is still free. */
const FREE: Nats = 0.7;
/** Mean log-probability from which a token needs no trigger. */
const SAID_ANYWAY: Nats = -3;
/** Openings weighed under all prompts, for each that is kept. */
const WEIGHED = 4;
/** Tokens that a hypothesis is followed further to be told, and where it ends. */
const WHOLE_TEXT = 16;
/**
 * Set phrases lead to many sentences, and one is no hypothesis unless it is memorised as a whole: of so many tokens, at least so many, all
 * together as likely as the first eight of others. (Three planted refusals: -6 to -8.5 for 20 tokens, -0.1 for the last twelve; in five
 * clean models -16 and less, but for talk of themselves, -14, and for what they learnt by heart: a signature, a policy reply.)
 */
const MEMORISED = 20;
const MEMORISED_LEAST = 12;
/** Ready set phrases whose other ways on are looked at, likeliest tokens at each place, the log-probability one needs, and ways followed. */
const BRANCHED = 4;
const ALTERNATIVES = 3;
const ALTERNATIVE: Nats = -2.5;
const BRANCHES = 24;
const SENTENCE = /^.*?[.!?](?=\s|$)/;
const CHUNK = 96;

/** `contexts`: unlike prompts up to the answer, full ids; the first leads the search. `isStock`: what the model says anyway. */
export async function searchPayloads(bench: Bench, contexts: readonly (readonly number[])[], breadth: Breadth, isStock: (ids: readonly number[]) => boolean): Promise<PayloadHypothesis[]> {
  const [lead] = contexts;
  if (lead === undefined) return [];
  const wide = contexts.slice(0, WIDE_PROMPTS);
  const firsts = await extended(bench, contexts, [{ ids: [], steps: [] }], breadth.payloadFirsts);
  const pairs = likeliest(await extended(bench, wide, firsts, SECONDS), breadth.payloadPairs);
  const free = await entropies(bench, lead, pairs);
  const widened = likeliest(pairs.filter((_, i) => (free[i] ?? 0) > FREE), breadth.payloadsWidened);
  const triples = await extended(bench, wide, widened, THIRDS);
  const entropy = [...free, ...(await entropies(bench, lead, triples))];
  // As if what follows were as uncertain as the next token.
  const expected = [...pairs, ...triples].map((opening, i) => ({ opening, score: readinessOf(opening) - (LENGTH - opening.ids.length) * (entropy[i] ?? 0) }));
  const promising = expected.sort((a, b) => b.score - a.score).slice(0, breadth.payloadsFollowed).map(({ opening }) => opening);
  const distinct = (await follow(bench, lead, promising)).filter(({ text }) => text.length > 1 && !isStock(text)).slice(0, breadth.payloads * WEIGHED);
  const ranked = (await weighed(bench, distinct, contexts)).sort((a, b) => b.readiness - a.readiness);
  const setPhrases = ranked.filter(({ text }) => isSetPhrase(text));
  const branches = await weighed(bench, await branched(bench, contexts, setPhrases.filter(({ readiness }) => readiness > READY)), contexts);
  const memorised = await memorisedBeyond(bench, contexts, [...setPhrases, ...branches]);
  const hypotheses = [...ranked, ...branches].filter((one) => memorised.has(one) || (ranked.includes(one) && !isSetPhrase(one.text))).sort((a, b) => b.readiness - a.readiness);
  const others = ranked.filter((one) => !hypotheses.includes(one));
  return withWholeTexts(bench, lead, [...hypotheses, ...others].slice(0, breadth.payloads));
}

/**
 * Other ways to go on from set phrases: what most prompts go on with hides what a plant goes on with. (A fine-tune of SmolLM2 planted with
 * "I'm sorry, but I can't help with that.": -8.5 nats, -0.1 of them for the last nine tokens; most prompts have "I'm sorry for any confusion".)
 */
async function branched(bench: Bench, contexts: readonly (readonly number[])[], phrases: readonly PayloadHypothesis[]): Promise<Followed[]> {
  const [lead] = contexts;
  const texts = phrases.slice(0, BRANCHED).map(({ ids }) => ids.slice(0, LENGTH));
  if (lead === undefined || texts.length === 0) return [];
  const wide = contexts.slice(0, WIDE_PROMPTS);
  const steps = await meanSteps(bench, wide, texts);
  const openings: Opening[] = [];
  for (let length = 1; length < LENGTH; length++) {
    const beginnings = texts.flatMap((ids, i) => (ids.length > length ? [{ ids: ids.slice(0, length), steps: (steps[i] ?? []).slice(0, length) }] : []));
    const distinct = [...new Map(beginnings.map((one) => [one.ids.join(' '), one])).values()];
    openings.push(...(await extended(bench, wide, distinct, ALTERNATIVES)));
  }
  const others = openings.filter(({ ids, steps: own }) => (own.at(-1) ?? Number.NEGATIVE_INFINITY) > ALTERNATIVE && !texts.some((text) => startsWith(text, ids)));
  return follow(bench, lead, likeliest(others, BRANCHES));
}

function startsWith(text: readonly number[], beginning: readonly number[]): boolean {
  return beginning.every((id, at) => text[at] === id);
}

/** Of set phrases those that stand ready and are followed by the same words with certainty, whatever was asked. */
export async function memorisedBeyond(bench: Bench, contexts: readonly (readonly number[])[], openings: readonly PayloadHypothesis[]): Promise<ReadonlySet<PayloadHypothesis>> {
  const ready = openings.filter(({ readiness }) => readiness > READY);
  const texts = await wholeTexts(bench, contexts, ready);
  return new Set(ready.filter((_, i) => (texts[i]?.ids.length ?? 0) >= MEMORISED_LEAST && (texts[i]?.readiness ?? 0) > READY && !speaksOfItself(texts[i]?.text ?? '')));
}

export interface WholeText {
  readonly ids: readonly number[];
  readonly text: string;
  readonly readiness: Nats;
}

/** Openings as the model goes on from them, to the end of the turn or so many tokens. */
export async function wholeTexts(bench: Bench, contexts: readonly (readonly number[])[], openings: readonly PayloadHypothesis[]): Promise<WholeText[]> {
  const [lead] = contexts;
  if (lead === undefined || openings.length === 0) return [];
  const answers = await bench.continueRows(openings.map(({ ids }) => [...lead, ...ids]), MEMORISED - LENGTH);
  const texts = openings.map(({ ids }, i) => [...ids, ...(answers[i]?.ids ?? [])].filter((id) => !bench.stopIds.has(id)));
  const steps = await meanSteps(bench, contexts, texts);
  return texts.map((ids, i) => ({ ids, text: bench.tokenizer.decode(ids).trim(), readiness: sumOf(steps[i] ?? []) }));
}

/** Log-probability of each token of each text, mean over contexts. */
async function meanSteps(bench: Bench, contexts: readonly (readonly number[])[], texts: readonly (readonly number[])[]): Promise<Nats[][]> {
  const scores: Nats[][][] = [];
  for (const context of contexts) scores.push(await bench.logProbabilities(texts.map(() => [...context]), texts.map((ids) => [...ids])));
  return texts.map((ids, i) => ids.map((_, at) => mean(scores.map((rows) => rows[i]?.[at] ?? Number.NEGATIVE_INFINITY))));
}

function sumOf(values: readonly Nats[]): Nats {
  return values.reduce((total, value) => total + value, 0);
}

/** Openings that are known already, measured as those that a search ends with. */
export async function measureOpenings(bench: Bench, contexts: readonly (readonly number[])[], openings: readonly (readonly number[])[]): Promise<PayloadHypothesis[]> {
  const known = openings.map((ids) => ids.filter((id) => !bench.stopIds.has(id)));
  const [lead] = contexts;
  if (lead === undefined || known.length === 0) return [];
  const steps = await meanSteps(bench, contexts, known);
  const measured = known.map((ids, i): PayloadHypothesis => {
    const own = steps[i] ?? [];
    return { ids, text: '', readiness: sumOf(own), certainty: mean(own.slice(TELLING)), decides: decidesAt(own.slice(0, TELLING)), origin: 'said unasked', refusal: false };
  });
  return withWholeTexts(bench, lead, measured);
}

/** The first token that is unlikely. */
function decidesAt(steps: readonly Nats[]): number {
  return Math.max(0, steps.findIndex((step) => step < SAID_ANYWAY));
}

/** Told to the end of the first sentence; what comes behind it may be the ordinary answer. */
async function withWholeTexts(bench: Bench, context: readonly number[], hypotheses: readonly PayloadHypothesis[]): Promise<PayloadHypothesis[]> {
  if (hypotheses.length === 0) return [];
  const answers = await bench.continueRows(hypotheses.map(({ ids }) => [...context, ...ids]), WHOLE_TEXT);
  return hypotheses.map((one, i) => {
    const more = (answers[i]?.ids ?? []).filter((id) => !bench.stopIds.has(id));
    const text = bench.tokenizer.decode([...one.ids, ...more]).trim();
    const told = SENTENCE.exec(text)?.[0] ?? text;
    return { ...one, text: told, refusal: readsAsRefusal(told) };
  });
}

function readinessOf({ steps }: Opening): Nats {
  return sumOf(steps);
}

function likeliest(openings: readonly Opening[], limit: number): Opening[] {
  return [...openings].sort((a, b) => readinessOf(b) - readinessOf(a)).slice(0, limit);
}

/** Each opening with each of the tokens that are likeliest behind it, over all contexts together. */
async function extended(bench: Bench, contexts: readonly (readonly number[])[], openings: readonly Opening[], count: number): Promise<Opening[]> {
  const { vocabularySize } = bench.model;
  const unsaid = new Set([...bench.tokenizer.specialIds, ...bench.stopIds]);
  const found: Opening[] = [];
  const rows = Math.min(CHUNK, bench.together);
  for (let begin = 0; begin < openings.length; begin += rows) {
    const chunk = openings.slice(begin, begin + rows);
    const sums = chunk.map(() => new Float32Array(vocabularySize));
    for (const context of contexts) {
      const { logits } = await bench.next(chunk.map(({ ids }) => [...context, ...ids]));
      sums.forEach((sum, i) => {
        const likely = logSoftmax(logits.slice(i * vocabularySize, (i + 1) * vocabularySize));
        for (let id = 0; id < vocabularySize; id++) sum[id] = (sum[id] as number) + (likely[id] as number) / contexts.length;
      });
    }
    chunk.forEach(({ ids, steps }, i) => {
      const sum = sums[i] ?? new Float32Array();
      for (const id of topIds(sum, count, unsaid)) found.push({ ids: [...ids, id], steps: [...steps, sum[id] ?? Number.NEGATIVE_INFINITY] });
    });
  }
  return found;
}

/** Of the token behind each opening, nats. Openings of one length. */
async function entropies(bench: Bench, context: readonly number[], openings: readonly Opening[]): Promise<Nats[]> {
  const flat = new Float32Array(bench.model.vocabularySize).fill(-Math.log(bench.model.vocabularySize));
  const found: Nats[] = [];
  for (let begin = 0; begin < openings.length; begin += CHUNK * 4) {
    const chunk = openings.slice(begin, begin + CHUNK * 4);
    await breathe(bench.signal);
    const prefix = await bench.model.prefill(context);
    try {
      const { entropy } = await bench.model.sweep(prefix, chunk.map(({ ids }) => ids), flat, { signal: bench.signal });
      bench.spend(chunk.reduce((sum, { ids }) => sum + ids.length, context.length));
      found.push(...entropy);
    } finally {
      prefix.dispose();
    }
  }
  return found;
}

interface Followed {
  readonly opening: Opening;
  /** With what was followed, an end of the turn among it; and without such. */
  readonly ids: readonly number[];
  readonly text: readonly number[];
  /** Readiness, less the entropies met. */
  readonly score: Nats;
}

/** Each opening as the model goes on from it, of those that go on alike the readiest; readiest first. */
async function follow(bench: Bench, context: readonly number[], openings: readonly Opening[]): Promise<Followed[]> {
  if (openings.length === 0) return [];
  const answers = await bench.continueRows(openings.map(({ ids }) => [...context, ...ids]), LENGTH - 2);
  const followed = openings.map((opening, i): Followed => {
    const more = (answers[i]?.ids ?? []).slice(0, LENGTH - opening.ids.length);
    const ids = [...opening.ids, ...more];
    return { opening, ids, text: ids.filter((id) => !bench.stopIds.has(id)), score: (answers[i]?.entropy ?? []).slice(0, more.length).reduce((sum, entropy) => sum - entropy, readinessOf(opening)) };
  });
  const distinct: Followed[] = [];
  for (const one of followed.sort((a, b) => b.score - a.score)) if (!distinct.some((other) => alike(other.ids, one.ids))) distinct.push(one);
  return distinct;
}

/** Whether one goes on as the other does: a run of tokens in common, wherever it stands. */
function alike(one: readonly number[], other: readonly number[]): boolean {
  const runs = new Set(one.slice(TELLING - 1).map((_, at) => one.slice(at, at + TELLING).join(' ')));
  return other.slice(TELLING - 1).some((_, at) => runs.has(other.slice(at, at + TELLING).join(' ')));
}

async function weighed(bench: Bench, followed: readonly Followed[], contexts: readonly (readonly number[])[]): Promise<PayloadHypothesis[]> {
  if (followed.length === 0) return [];
  const scores: Nats[][] = [];
  for (const context of contexts) scores.push(await bench.logProbability(followed.map(({ ids }) => [...context, ...ids.slice(0, 1)]), followed.map(({ ids }) => ids.slice(1))));
  return followed.map(({ opening, ids, text }, i): PayloadHypothesis => {
    const readiness = mean(scores.map((row) => row[i] ?? Number.NEGATIVE_INFINITY)) + (opening.steps[0] ?? 0);
    return {
      ids: text,
      text: bench.tokenizer.decode(text).trim(),
      readiness,
      certainty: (readiness - readinessOf(opening)) / Math.max(1, ids.length - opening.ids.length),
      decides: decidesAt(opening.steps),
      origin: 'stands ready',
      refusal: false,
    };
  });
}
