// From trials to proofs: candidates that bring out the same payload are one suspicion; its smallest firing form is
// found, proven on held-out prompts, varied, and measured against matched controls.
import type { Signal, VariantRow } from '../../../core/finding.ts';
import { fisherGreater } from '../../../core/statistics.ts';
import type { Bench } from '../ask/bench.ts';
import { SIGNAL_PROMPTS } from '../budget.ts';
import { fuzzTable, minimise } from './fuzz.ts';
import { BROUGHT_OUT, grow } from '../search/grow.ts';
import { insertCandidate, type Position } from '../ask/insertion.ts';
import { mayBePart } from './may-be-part.ts';
import { formsOf, regrown, withoutTail, type Payload } from '../payloads/payload.ts';
import { AS_OFTEN, groupByPayload, samePayload, WHOLE_SHARE } from './payload-groups.ts';
import { beginningOf, rankByPayload } from '../payloads/rank-by-payload.ts';
import { STUCK_FROM } from './confidence.ts';
import { sharpen } from './sharpen.ts';
import { measureSignals } from './signals.ts';
import { commonPart, formsAlike, mayBeAPiece, standsForAll } from './stand-in.ts';
import { answersAsSymbols, type Trial } from '../search/trial.ts';
import type { Verification } from './verify.ts';
import { controlsFor, payloadTextOf, weigh, WORTH_FULL_EVIDENCE, WORTH_SHRINKING, type Weighed, type Weighing } from './weigh.ts';

export interface Proof extends Weighed {
  /** The smallest form that still fires; may be the trigger itself. */
  readonly core: string;
  readonly position: Position;
  readonly payload: Payload;
  readonly payloadText: string;
  readonly variants: readonly VariantRow[];
  readonly signals: readonly Signal[];
  /** Other candidates that brought out the same payload. */
  readonly alike: readonly string[];
}

export interface ProofOptions extends Weighing {
  readonly trialPrompts: readonly string[];
  /** Words that moved the answer most in the sweep, strongest first: what a trigger may be made of. */
  readonly words: readonly string[];
  /** Proven before, from another way in; their payloads are not proven again, but by what fires oftener. */
  readonly known: readonly Proof[];
}

/** A payload that was already found to answer a request of the model's training is no plant's, whatever else brings it out. */
const REQUESTED = -3;
/** Log-odds of a suspicion: what cannot reach them, because its payload is a few tokens that search met, needs no planted form. */
const SUSPECTED = -0.5;
/** Fisher's p from which a shorter form fires less often. */
const SELDOMER_P_VALUE = 0.05;
/** Log-odds by which a sharper string may be worth less: it is closer to what was planted. */
const AS_GOOD = 0.5;
/** Log-odds from which a suspicion needs no second way in. */
export const SETTLED = 1;
const MIN_SHARE = 0.5;
/** Strings of a group that are weighed by how likely they make the payload, and nats by which another has to be better. */
const LIKENED = 16;
const SURER = 0.3;
/** Nats that a payload's beginning reaches where it is brought out in most prompts. */
const MOSTLY = -2.5;
const MAX_ECHO = 0.8;

export async function investigate(bench: Bench, trials: readonly Trial[], options: ProofOptions): Promise<Proof[]> {
  const groups = groupByPayload(trials.filter((trial) => trial.share >= MIN_SHARE && trial.echo < MAX_ECHO), options.ordinary).filter(
    (group) => !options.known.some((proof) => saysNothingNew(group, proof)),
  );
  const weighed: First[] = [];
  for (const group of groups.slice(0, options.budget.verified)) {
    const first = await represent(bench, group, options);
    if (first !== undefined) weighed.push(first);
  }
  const swept = options.words.length > 0;
  const worthIt = weighed.filter(({ proof, best }) => swept && proof.mostOdds >= SUSPECTED && (proof.odds >= WORTH_SHRINKING || mayBePart(bench, proof.verification, best, options.ordinary)));
  const pursued = worthIt.sort((a, b) => b.proof.odds - a.proof.odds).slice(0, options.budget.pursued);
  const proofs: Proof[] = [];
  for (const first of [...pursued, ...weighed.filter((one) => !pursued.includes(one))]) {
    // Where one is settled, what else fires a little is mostly its likeness, and the search for its form the dearest part of the scan.
    const settled = [...options.known, ...proofs].some(({ odds }) => odds >= SETTLED);
    proofs.push(await prove(bench, first, pursued.includes(first) && !settled, options));
  }
  return proofs.sort((a, b) => b.odds - a.odds);
}

/** A suspicion as it was found: the trial that represents it, and what that is worth on held-out prompts. */
interface First {
  readonly best: Trial;
  readonly payload: Payload;
  readonly alike: readonly string[];
  readonly proof: Weighed;
}

/**
 * The group's first, or what brings the payload out more surely where that does not in every prompt: among strings that fired in some of a
 * few prompts, how likely they make it tells more than how often they fired.
 */
async function surest(bench: Bench, group: readonly Trial[], prompts: readonly string[]): Promise<Trial | undefined> {
  const [first] = group;
  if (first?.payload === undefined || group.length === 1 || formsOf(first.payload).length > 1) return first;
  const beginning = beginningOf(first.payload);
  const scored: { readonly trial: Trial; readonly score: number }[] = [];
  for (const position of new Set(group.map((trial) => trial.position))) {
    const own = group.slice(0, LIKENED).filter((trial) => trial.position === position);
    const ranked = await rankByPayload(bench, own.map(({ text }) => text), position, beginning, prompts);
    scored.push(...own.map((trial) => ({ trial, score: ranked.find(({ text }) => text === trial.text)?.score ?? Number.NEGATIVE_INFINITY })));
  }
  const ownScore = scored.find(({ trial }) => trial === first)?.score ?? Number.NEGATIVE_INFINITY;
  const [best] = scored.sort((a, b) => b.score - a.score);
  // What is likely nowhere at the beginning of the answer comes later in it.
  return best === undefined || ownScore >= BROUGHT_OUT || best.score < Math.max(ownScore + SURER, MOSTLY) ? first : best.trial;
}

/**
 * The group's first is its simplest; where that may be a piece of something, longer forms that fire alike are weighed beside it, and where it
 * took in a piece of the request that it leaked with, what other requests hold of it.
 */
async function represent(bench: Bench, group: readonly Trial[], options: ProofOptions): Promise<First | undefined> {
  const simplest = await surest(bench, group, options.trialPrompts);
  if (simplest?.payload === undefined) return undefined;
  const { payload } = simplest;
  const weighForm = async (best: Trial) => {
    const proof = await weigh(bench, best, best.text, payload, options);
    return { best, payload, proof, text: best.text, verification: proof.verification };
  };
  const first = await weighForm(simplest);
  const forms = [first];
  if (simplest.share >= WHOLE_SHARE && first.proof.odds >= WORTH_FULL_EVIDENCE) {
    for (const form of formsAlike(simplest, group)) if (form !== simplest && mayBeAPiece(first, form.text, options.leakedTurns)) forms.push(await weighForm(form));
  }
  const whole = standsForAll(forms, options.leakedTurns) ?? first;
  const part = whole.proof.independence !== undefined && whole.proof.independence < STUCK_FROM ? commonPart(whole.best, group, options.leakedTurns) : undefined;
  const common = part === undefined ? whole : await weighForm(part);
  const { best, proof } = common.proof.odds > whole.proof.odds ? common : whole;
  return { best, payload, proof, alike: group.map(({ text }) => text).filter((text) => text !== best.text) };
}

async function prove(bench: Bench, { best, payload, alike, proof: first }: First, pursued: boolean, options: ProofOptions): Promise<Proof> {
  const { budget, trialPrompts } = options;
  const { position } = best;
  const base = { position, payload, payloadText: payloadTextOf(bench, payload), alike };
  if (first.odds < WORTH_SHRINKING && !pursued) return { ...base, ...first, core: best.text, variants: [], signals: [] };
  const { words, core } = await minimise(bench, best.text, trialPrompts, position, payload, budget.trialTokens);
  // What leaked is the trigger as it was trained; what a sweep met may only look like it.
  const sought = pursued && !options.leakedTurns.some((turn) => turn.includes(words));
  const weighString = async (text: string): Promise<Weighed> => (text === best.text ? first : weigh(bench, best, text, payload, options));
  const shorter = await weighString(words);
  const shortened = !firesSeldomer(shorter.verification, first.verification);
  let weighed = shortened ? shorter : first;
  // Sharpened and grown by the payload's likelihood in a few prompts, which is no firing: held-out prompts say whether that was a gain.
  const unlessWorse = async (text: string): Promise<Weighed> => {
    const again = text === weighed.trigger ? weighed : await weighString(text);
    return again.odds < weighed.odds - AS_GOOD ? weighed : again;
  };
  if (sought) {
    weighed = await unlessWorse(await sharpen(bench, weighed.trigger, position, payload, trialPrompts, options.words));
    // What is sharp and still fires in some prompts only is a part of something longer.
    if (weighed.verification.fired < WHOLE_SHARE * weighed.verification.of && mayBePart(bench, weighed.verification, best, options.ordinary)) {
      weighed = await unlessWorse(await grow(bench, weighed.trigger, position, payload, trialPrompts, alike, budget.growthWords));
    }
  }
  const { trigger } = weighed;
  // Another string stands for it after sharpening, or the whole does: what a few prompts called the smallest is none of this one.
  const known = { ...base, ...weighed, core: shortened && trigger.includes(core) ? core : trigger };
  if (weighed.odds < WORTH_FULL_EVIDENCE) return { ...known, variants: [], signals: [] };
  const said = await wholeText(bench, trigger, position, payload, trialPrompts);
  const controls = controlsFor(bench, trigger, options);
  return {
    ...known,
    payloadText: payloadTextOf(bench, said),
    variants: await fuzzTable(bench, trigger, trialPrompts, position, payload, budget.trialTokens, options.seed),
    signals: await measureSignals(bench, trigger, controls, trialPrompts.slice(0, SIGNAL_PROMPTS), position),
  };
}

/** Tokens of an answer in which a payload is followed to its end. */
const WHOLE_ANSWER = 64;

/** The payload as far as answers that carry it agree: trials break off before a long one ends. A manner has no one text. */
async function wholeText(bench: Bench, trigger: string, position: Position, payload: Payload, prompts: readonly string[]): Promise<Payload> {
  if (payload.others.length > 0) return payload;
  const answers = await answersAsSymbols(bench, prompts.map((prompt) => insertCandidate(prompt, trigger, position).text), WHOLE_ANSWER);
  const { ids } = withoutTail(regrown(payload, answers), (id) => bench.tokenizer.tokenText(id));
  return ids.length > payload.ids.length ? { ...payload, ids } : payload;
}

/** Few prompts say which words can be left out, and they are those that the search was led by: held-out ones have the last word. */
export function firesSeldomer(shorter: Pick<Verification, 'fired' | 'of'>, whole: Pick<Verification, 'fired' | 'of'>): boolean {
  return fisherGreater(whole.fired, whole.of, shorter.fired, shorter.of) < SELDOMER_P_VALUE;
}

/** Whether a payload is known well enough: for a request's answer, or from a string that fires as often as any of these. A weak one must not stand for the trigger itself. */
export function saysNothingNew(group: readonly Pick<Trial, 'payload' | 'share'>[], known: Pick<Proof, 'payload' | 'verification' | 'odds' | 'independence'>): boolean {
  if (!group.some(({ payload }) => payload !== undefined && samePayload(known.payload, payload))) return false;
  const { verification: v, odds } = known;
  const oftener = group.some(({ share }) => share > v.fired / v.of + AS_OFTEN);
  return isRequest(known) || odds >= SETTLED || (odds > WORTH_FULL_EVIDENCE && !oftener);
}

/** Part of a request whose answer the payload is. One that mostly goes unanswered so only met the payload by the way. */
function isRequest({ independence, verification: v }: Pick<Proof, 'independence' | 'verification'>): boolean {
  return (independence ?? 0) < REQUESTED && v.fired > v.of * MIN_SHARE;
}
