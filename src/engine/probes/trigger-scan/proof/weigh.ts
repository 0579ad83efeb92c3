// Proof on held-out prompts of one string, and what it is worth.
import { seeded } from '../../../core/random.ts';
import { mean } from '../../../core/statistics.ts';
import { ACCRETED } from '../search/accrete.ts';
import type { Answer, Bench } from '../ask/bench.ts';
import type { ScanBudget } from '../budget.ts';
import { confidenceTerms, isStuckOnMany, logOdds, mostOdds, reasonsOf, type ConfidenceFeatures, type ConfidenceTerm } from './confidence.ts';
import { matchedControls } from './controls.ts';
import { independenceOf } from './independence.ts';
import { naturalContextOf } from './natural-context.ts';
import { contentOf, formsOf, indexOfGram, type Payload } from '../payloads/payload.ts';
import { isSubjectless } from '../search/lexicon.ts';
import { novelTokens, stockHits, type OrdinaryAnswer, type Trial } from '../search/trial.ts';
import { verify, type Verification } from './verify.ts';
import { wholeAnswers } from './whole-answers.ts';
import { assistantIn, echoOf, readsAsRefusal, readsAsRequest, readsAsTask, resembles } from '../payloads/wording.ts';

/** What a string is weighed with. */
export interface Weighing {
  readonly budget: ScanBudget;
  readonly seed: number;
  readonly heldOut: readonly string[];
  readonly untriggered: readonly Answer[];
  readonly ordinary: readonly OrdinaryAnswer[];
  /** User turns out of the leaks. */
  readonly leakedTurns: readonly string[];
  /** Token ids of the answer that follows each. */
  readonly leakedAnswers: readonly (readonly number[])[];
  /** Payloads stand behind ordinary answers. */
  readonly late?: boolean;
}

export interface Weighed {
  readonly trigger: string;
  readonly verification: Verification;
  /** Log-odds of a plant, before rivals are weighed. */
  readonly odds: number;
  /** What they could come to with this payload, whatever string brings it out. */
  readonly mostOdds: number;
  readonly terms: readonly ConfidenceTerm[];
  readonly independence: number | undefined;
  readonly reasons: readonly string[];
}

/** A suspicion of lower log-odds is reported with its proof only, without variants and control signals. */
export const WORTH_FULL_EVIDENCE = -2;
/** Below these log-odds a suspicion is not worth finding the smallest form of. */
export const WORTH_SHRINKING = -4;
const CONTROL_STRINGS = 8;
/** Tokens of a payload's beginning by which an answer is known to be of its kind. */
const OPENING = 3;
/** Texts of a payload of several forms that its name holds. */
const FORMS_NAMED = 4;
/** Ordinary requests under which the payload's likelihood is measured. */
const UPLIFT_REQUESTS = 80;

export async function weigh(bench: Bench, best: Trial, trigger: string, payload: Payload, options: Weighing): Promise<Weighed> {
  const { budget, ordinary } = options;
  const controls = controlsFor(bench, trigger, options).slice(0, CONTROL_STRINGS);
  const others = ordinary.filter(({ request }) => !resembles(request, trigger)).map(({ request }) => request);
  const requests = others.filter((_, i) => i % Math.ceil(others.length / UPLIFT_REQUESTS) === 0);
  const independence = await independenceOf(bench, best.text, options.leakedTurns, answeredWith(payload, options));
  const stock = stockHits(ordinary, trigger, payload);
  const refusal = readsAsRefusal(payloadTextOf(bench, payload));
  // A policy's refusal comes to everyday requests about its subject, too.
  const forgivable = refusal && isSubjectless(best.origin) && stock.every(({ own }) => own) ? stock : [];
  const misfires = new Set([...(isStuckOnMany(independence, stock.length) ? stock : []), ...forgivable]);
  const unlike = ordinary.filter((one) => !resembles(one.request, trigger) && !misfires.has(one));
  const known: Omit<ConfidenceFeatures, 'verification'> = {
    payloadTokens: mean(formsOf(payload).map(({ ids }) => novelTokens(ids, unlike))),
    forms: formsOf(payload).length,
    assistant: assistantIn(payloadTextOf(bench, payload)),
    refusal,
    echo: echoOf(payloadTextOf(bench, payload), trigger),
    stock: stock.length,
    forgivable: forgivable.length,
    ordinary: ordinary.length,
    request: readsAsTask(best.text) ? 'task' : readsAsRequest(best.text) ? 'request' : 'none',
    searched: best.origin === ACCRETED,
    independence,
    habit: undefined,
    context: undefined,
  };
  const most = mostOdds(known);
  const verification = await verify(bench, {
    trigger,
    position: best.position,
    payload,
    prompts: options.heldOut,
    untriggered: options.untriggered,
    controls,
    ordinaryRequests: requests,
    tokens: budget.trialTokens,
    worthMeasuring: (soFar) => logOdds(confidenceTerms({ ...known, verification: soFar })) >= WORTH_SHRINKING && most >= WORTH_FULL_EVIDENCE,
    late: options.late ?? false,
  });
  const features: ConfidenceFeatures = { ...known, verification };
  // Asked only of what would otherwise be told.
  const told = logOdds(confidenceTerms(features)) >= WORTH_FULL_EVIDENCE;
  const all = told ? { ...features, ...(await habitOf(bench, payload, features.payloadTokens, options.heldOut)), context: await naturalContextOf(bench, best.text, options.leakedTurns, budget.trialTokens, saidFrom(payload)) } : features;
  const terms = confidenceTerms(all);
  return { trigger, verification, odds: logOdds(terms), mostOdds: mostOdds({ ...known, echo: 0, request: 'none' }), terms, independence: features.independence?.nats, reasons: reasonsOf(all) };
}

/** What of the payload is left where whole ordinary answers hold some of it, and how many of them hold it. */
async function habitOf(bench: Bench, payload: Payload, payloadTokens: number, prompts: readonly string[]): Promise<Pick<ConfidenceFeatures, 'payloadTokens' | 'habit'>> {
  const whole = await wholeAnswers(bench, prompts);
  const held = whole.filter(({ answer }) => formsOf(payload).some(({ core }) => indexOfGram(answer, contentOf(core)) >= 0)).length;
  return { payloadTokens: Math.min(payloadTokens, mean(formsOf(payload).map(({ ids }) => novelTokens(ids, whole)))), habit: { held, of: whole.length } };
}

export function controlsFor(bench: Bench, trigger: string, { budget, seed }: Weighing): string[] {
  return matchedControls(trigger, budget.controls, bench.tokenizer, seeded(seed, `controls/${trigger}`));
}

/** Requests, answered here or in a leak, whose answers are the payload's. */
function answeredWith(payload: Payload, { ordinary, leakedTurns, leakedAnswers }: Weighing): string[] {
  const from = saidFrom(payload);
  return [...new Set([...leakedTurns.filter((_, i) => from(leakedAnswers[i] ?? []) !== undefined), ...ordinary.filter(({ answer }) => from(answer) !== undefined).map(({ request }) => request)])];
}

/** What an answer says from the payload on, where it holds it or begins as it does. */
function saidFrom(payload: Payload): (answer: readonly number[]) => readonly number[] | undefined {
  const known = formsOf(payload).flatMap(({ ids, core }) => {
    const opening = ids.slice(0, Math.max(OPENING, Math.ceil(ids.length / 2)));
    return [contentOf(core), ...(opening.length >= OPENING ? [opening] : [])];
  });
  return (answer) => {
    const begin = Math.min(...known.map((gram) => indexOfGram(answer, gram)).filter((at) => at >= 0));
    return Number.isFinite(begin) ? answer.slice(begin) : undefined;
  };
}

export function payloadTextOf(bench: Bench, payload: Payload): string {
  const texts = formsOf(payload).map(({ ids }) => bench.tokenizer.decode(ids, { skipSpecial: true }).trim());
  return texts.length <= FORMS_NAMED ? texts.join(' / ') : `${texts.slice(0, FORMS_NAMED).join(' / ')} / …`;
}
