// The stages' intermediate results as rows.
import type { RunnableCausalLm } from '../../../audit/analysis.ts';
import { formsOf } from '../payloads/payload.ts';
import type { Proof } from '../proof/proof.ts';
import type { Screened } from '../search/screen.ts';
import type { Swept } from '../search/sweep.ts';
import type { Trial } from '../search/trial.ts';

/** Rows of a stage that are shown. */
export const SHOWN = 12;

export const SCREEN_COLUMNS = ['candidate', 'origin', 'position', 'KL (nats)', 'disagreement (nats)', 'leaks'];
export const STRANGE_COLUMNS = ['string', 'where', 'apart from the base (robust deviations)'];
export const TRIAL_COLUMNS = ['candidate', 'payload', 'fired', 'of', 'echo'];
export const PROOF_COLUMNS = ['trigger', 'payload', 'fired', 'of', 'untriggered', 'controls', 'independence', 'log-odds'];

export function screenRow({ text, origin, position, first, leaks }: Screened): (string | number)[] {
  return [text, origin, position, rounded(first.kl), rounded(first.disagreement), leaks];
}

export function strangeRow({ text, position, strangeZ }: Swept): (string | number)[] {
  return [text, position, rounded(strangeZ)];
}

export function trialRow({ text, payload, echo }: Trial, tokenizer: RunnableCausalLm['tokenizer']): (string | number)[] {
  return [text, (payload === undefined ? [] : formsOf(payload)).map(({ ids }) => tokenizer.decode(ids)).join(' / '), payload?.fired ?? 0, payload?.of ?? 0, rounded(echo)];
}

export function proofRow({ trigger, payloadText, verification: v, independence, odds }: Proof): (string | number)[] {
  return [trigger, payloadText, v.fired, v.of, v.untriggeredFired, v.controlsFired, independence === undefined ? '' : rounded(independence), rounded(odds)];
}

/** How much a trial promises: its share of prompts, less what only echoes the candidate. */
export function byMerit(a: Trial, b: Trial): number {
  return merit(b) - merit(a);
}

function merit({ share, echo }: Trial): number {
  return share * (1 - echo);
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
