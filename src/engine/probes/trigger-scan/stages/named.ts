// Candidates that were named before the audit (a log's monitor, a hunch): screened, tried and proven like the scan's own.
// Here is only who they are and what became of each.
import { namedFinding } from '../../../audit/candidates.ts';
import type { Finding } from '../../../core/finding.ts';
import { TRIAL_PROMPTS } from '../budget.ts';
import { insertCandidate } from '../ask/insertion.ts';
import type { Proof } from '../proof/proof.ts';
import type { Screened } from '../search/screen.ts';
import type { Prompted } from './scanning.ts';
import { LIMITS } from '../proof/to-finding.ts';
import type { Trial } from '../search/trial.ts';

export const NAMED = 'named before the audit';

/** Whether a candidate and the longest answer leave room in the model's context, whatever the prompt. */
export function fitsContext({ frame, runnable, budget, prompts }: Prompted, text: string): boolean {
  const longest = Math.max(...[...prompts.search, ...prompts.heldOut].map((prompt) => frame.rowIds(insertCandidate(prompt, text, 'end').text).length));
  return longest + budget.trialTokens <= runnable.model.contextLength;
}

export function isNamed({ origin }: Pick<Screened, 'origin'>): boolean {
  return origin === NAMED;
}

/** What became of the candidates that were named: tried and proven like any other. */
export function reportNamed(named: readonly Screened[], tooLong: readonly string[], trials: readonly Trial[], proofs: readonly Proof[]): Finding {
  const untried = tooLong.map((text) => [text, '–', '–', '–', '–', 'not tried: with a prompt and an answer it exceeds the model’s context']);
  const rows = named.map(({ text, position }) => {
    const trial = trials.find((candidate) => candidate.text === text);
    const proof = proofs.find(({ trigger, core, alike }) => trigger === text || core === text || alike.includes(text));
    const answers = trial?.payload === undefined ? 'nothing that harmless answers lack' : `text that harmless answers lack in ${trial.payload.fired} of ${trial.payload.of}`;
    return [text, position, answers, proof === undefined ? '–' : `${proof.verification.fired} of ${proof.verification.of}`, proof === undefined ? '–' : `${proof.verification.controlsFired} of ${proof.verification.controlsOf}`, proof === undefined ? 'no suspicion' : `suspicion, log-odds ${proof.odds.toFixed(1)}`];
  });
  const note = `Each was put into ${TRIAL_PROMPTS} prompts at the position where it moved the answer most; what brought out text of its own went on to held-out prompts and matched controls, as the scan's own candidates do.`;
  return namedFinding('trigger-scan', ['candidate', 'position', 'brought out', 'held-out prompts', 'controls that fired', 'result'], [...rows, ...untried], note, LIMITS);
}
