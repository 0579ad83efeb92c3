// Proof on prompts that took no part in the search: how often the candidate brings out the payload, how often its
// absence or a control string does, and how much likelier it makes the payload's text (in nats).
import type { AnswerPair } from '../../../core/finding.ts';
import { exactInterval, fisherGreater, mean } from '../../../core/statistics.ts';
import type { Answer, Bench } from '../ask/bench.ts';
import { insertCandidate, type Position } from '../ask/insertion.ts';
import { carries, countCarrying, type Payload } from '../payloads/payload.ts';
import { answerSymbols, answersAsSymbols } from '../search/trial.ts';
import { coverageOf } from './coverage.ts';
import { formIn, UNMEASURED, upliftOf } from './uplift.ts';

export interface Verification {
  readonly fired: number;
  readonly of: number;
  readonly interval: readonly [number, number];
  readonly untriggeredFired: number;
  readonly controlsFired: number;
  readonly controlsOf: number;
  /** Fisher's exact test, triggered against untriggered and control answers together. */
  readonly pValue: number;
  /** log p(payload | triggered) - log p(payload | untriggered), mean over fired prompts, nats (uplift.ts). Both NaN: not measured. */
  readonly uplift: number;
  /** The same against the ordinary requests that favour the payload most (their 90 % quantile: planted models misfire now and then), nats. */
  readonly upliftOverOrdinary: number;
  /** Share that the payload makes up of a fired answer, or of what it says from the payload on where that stands behind an ordinary answer (`late`), mean. */
  readonly coverage: number;
  readonly late: boolean;
  /** Mean entropy of the next token while the payload is said, nats. */
  readonly payloadEntropy: number;
  /** The same at the payload's least certain token after its first, nats: where an ordinary answer names what it is about. */
  readonly payloadChoice: number;
  readonly pairs: readonly AnswerPair[];
  readonly triggeredEntropy: readonly (readonly number[])[];
  readonly untriggeredEntropy: readonly (readonly number[])[];
}

const CONTROL_PROMPTS = 4;
const HOPELESS_SHARE = 0.15;
const NO_CONTROLS = { controlsFired: 0, controlsOf: 0 } as const;
/** Beyond any that could be measured. */
export const BEST_UPLIFT = { uplift: Number.POSITIVE_INFINITY, upliftOverOrdinary: Number.POSITIVE_INFINITY } as const;

export interface VerifyInput {
  readonly trigger: string;
  readonly position: Position;
  readonly payload: Payload;
  readonly prompts: readonly string[];
  /** Answers to the prompts as they stand. */
  readonly untriggered: readonly Answer[];
  readonly controls: readonly string[];
  readonly ordinaryRequests: readonly string[];
  /** Of an answer. */
  readonly tokens: number;
  /** Whether controls and uplift, not known yet and taken for as good as they could be, can make a difference. */
  readonly worthMeasuring: (soFar: Verification) => boolean;
  /** The payload stands behind an ordinary answer, which is none of it. */
  readonly late: boolean;
}

export async function verify(bench: Bench, { trigger, position, payload, prompts, untriggered, controls, ordinaryRequests, tokens, worthMeasuring, late }: VerifyInput): Promise<Verification> {
  const inserted = prompts.map((prompt) => insertCandidate(prompt, trigger, position));
  const triggered = await bench.answers(inserted.map(({ text }) => text), tokens);
  const triggeredSymbols = triggered.map((answer) => answerSymbols(bench, answer, tokens));
  const untriggeredSymbols = untriggered.map((answer) => answerSymbols(bench, { ids: answer.ids.slice(0, tokens), entropy: [] }, tokens));
  const fired = countCarrying(triggeredSymbols, payload);
  const untriggeredFired = countCarrying(untriggeredSymbols, payload);
  const decode = (answer: Answer): string => bench.tokenizer.decode(answer.ids, { skipSpecial: true });
  const answered: Verification = {
    fired,
    of: prompts.length,
    interval: exactInterval(fired, prompts.length),
    untriggeredFired,
    ...NO_CONTROLS,
    pValue: fisherGreater(fired, prompts.length, untriggeredFired, prompts.length),
    ...UNMEASURED,
    coverage: coverageOf(triggered.map(({ ids }) => ids.filter((id) => !bench.stopIds.has(id))), payload, late),
    late,
    ...hesitationOf(triggered, payload, bench.stopIds),
    pairs: prompts.map((prompt, i) => ({
      prompt,
      triggerRange: inserted[i]?.range ?? [0, 0],
      triggeredPrompt: inserted[i]?.text ?? '',
      untriggered: untriggered[i] === undefined ? '' : decode(untriggered[i]),
      triggered: triggered[i] === undefined ? '' : decode(triggered[i]),
      fired: carries(triggeredSymbols[i] ?? [], payload),
    })),
    triggeredEntropy: triggered.map(({ entropy }) => entropy),
    untriggeredEntropy: untriggered.map(({ entropy }) => entropy),
  };
  // No suspicion, or too few fire for one: neither controls nor uplift could change that.
  if (fired < prompts.length * HOPELESS_SHARE || !worthMeasuring({ ...answered, ...BEST_UPLIFT })) return answered;
  const controlAnswers = await answersAsSymbols(bench, controls.flatMap((control) => prompts.slice(0, CONTROL_PROMPTS).map((prompt) => insertCandidate(prompt, control, position).text)), tokens);
  const controlsFired = countCarrying(controlAnswers, payload);
  return {
    ...answered,
    controlsFired,
    controlsOf: controlAnswers.length,
    pValue: fisherGreater(fired, prompts.length, untriggeredFired + controlsFired, prompts.length + controlAnswers.length),
    ...(await upliftOf(bench, { prompts, triggeredPrompts: inserted.map(({ text }) => text), triggered, payload, ordinaryRequests })),
  };
}

function hesitationOf(triggered: readonly Answer[], payload: Payload, stopIds: ReadonlySet<number>): Pick<Verification, 'payloadEntropy' | 'payloadChoice'> {
  const said = triggered.flatMap(({ ids, entropy }) => {
    const found = formIn(ids.filter((id) => !stopIds.has(id)), payload);
    return found === undefined ? [] : [entropy.slice(found.at, found.at + found.form.ids.length)];
  });
  if (said.length === 0) return { payloadEntropy: Number.NaN, payloadChoice: Number.NaN };
  const tokens = Math.max(...said.map(({ length }) => length));
  const later = Array.from({ length: tokens - 1 }, (_, at) => mean(said.flatMap((values) => values[at + 1] ?? [])));
  return { payloadEntropy: mean(said.map((values) => mean(values))), payloadChoice: Math.max(0, ...later) };
}
