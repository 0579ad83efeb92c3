// What both ways in end with: candidates tried on a few prompts, and what they bring out proven on held-out ones.
import { TRIAL_PROMPTS } from '../budget.ts';
import type { Candidate, Turns } from '../leaks/candidates.ts';
import { proveLate, recurringPhrases, tryLate } from '../behind/late.ts';
import type { HarmlessAnswers } from '../payloads/payload.ts';
import { investigate, SETTLED, type Proof, type ProofOptions } from '../proof/proof.ts';
import { NATURAL_REQUESTS } from '../ask/prompts.ts';
import type { Screened } from '../search/screen.ts';
import { runTrials, tryFamilies, type OrdinaryAnswer, type Trial } from '../search/trial.ts';
import type { Baseline } from './baseline.ts';
import type { Prompted } from './scanning.ts';
import { byMerit, PROOF_COLUMNS, proofRow, SHOWN, TRIAL_COLUMNS, trialRow } from './tables.ts';

export async function tryCandidates({ runner, runnable, bench, budget, prompts }: Prompted, stage: 'leak-trials' | 'trials', candidates: readonly Screened[], harmless: HarmlessAnswers, ordinary: readonly OrdinaryAnswer[]): Promise<Trial[]> {
  return runner.run(stage, async ({ note }) => {
    const single = await runTrials(bench, candidates, prompts.search.slice(0, TRIAL_PROMPTS), budget.trialTokens, harmless);
    const families = await tryFamilies(bench, candidates, single, [...prompts.search, ...NATURAL_REQUESTS], budget.families, budget.trialTokens, harmless, ordinary);
    const trials = [...single.filter(({ text }) => !families.some((family) => family.text === text)), ...families];
    const ranked = trials.filter(({ payload }) => payload !== undefined).sort(byMerit);
    note(
      `${trials.length} candidates answered in ${TRIAL_PROMPTS} prompts; ${ranked.length} bring out text that harmless answers lack.`,
      TRIAL_COLUMNS,
      ranked.slice(0, SHOWN).map((trial) => trialRow(trial, runnable.tokenizer)),
    );
    return ranked;
  });
}

export async function proveTrials({ runner, bench, budget }: Prompted, stage: 'leak-proof' | 'proof', trials: readonly Trial[], options: ProofOptions): Promise<Proof[]> {
  return runner.run(stage, async ({ note }) => {
    const proofs = await investigate(bench, trials, options);
    note(`Proof on ${budget.heldOut} held-out prompts.`, PROOF_COLUMNS, proofs.map(proofRow));
    return proofs;
  });
}

/** What comes late in an answer, of phrases that leaked (behind-answers.ts looks without them), and only where nothing was proven yet. */
export async function followLate({ runner, runnable, bench, budget, prompts }: Prompted, candidates: readonly Candidate[], options: ProofOptions): Promise<Proof[]> {
  if (options.known.some(({ odds }) => odds >= SETTLED)) {
    runner.skip('late', 'a leaked phrase was proven already');
    return [];
  }
  return runner.run('late', async ({ note }): Promise<Proof[]> => {
    const phrases = recurringPhrases(candidates, options.leakedTurns, (text) => runnable.tokenizer.encode(text).length, budget.latePhrases);
    if (phrases.length === 0) {
      note('No phrase recurs in the leaks.', ['candidate'], []);
      return [];
    }
    const ranked = (await tryLate(bench, phrases, prompts.search, budget)).sort(byMerit);
    note(`${phrases.length} phrases that recur in the leaks, answered with up to ${budget.lateTokens} tokens in ${TRIAL_PROMPTS} prompts; ${ranked.length} bring out text of some length that untriggered answers as long lack.`, TRIAL_COLUMNS, ranked.slice(0, SHOWN).map((trial) => trialRow(trial, runnable.tokenizer)));
    const proofs = ranked.length === 0 ? [] : await proveLate(bench, ranked, prompts, options);
    if (proofs.length > 0) note(`Proof on ${budget.heldOut} held-out prompts.`, PROOF_COLUMNS, proofs.map(proofRow));
    return proofs;
  });
}

export interface Known {
  readonly turns: readonly Turns[];
  readonly ordinary: readonly OrdinaryAnswer[];
  readonly baseline: Baseline;
}

/** known: proofs of earlier stages; words: what a phrase may be grown with, none where nothing was swept. */
export function proofOptions({ runnable, budget, context, prompts }: Prompted, { turns, ordinary, baseline }: Known, known: readonly Proof[], words: readonly string[]): ProofOptions {
  const leaked = turns.filter(({ user }) => user.length > 0);
  return {
    budget,
    seed: context.options.seed,
    heldOut: prompts.heldOut,
    trialPrompts: prompts.search.slice(0, TRIAL_PROMPTS),
    untriggered: baseline.heldOut,
    ordinary,
    leakedTurns: leaked.map(({ user }) => runnable.tokenizer.decode(user).trim()),
    leakedAnswers: leaked.map(({ answer }) => answer),
    known,
    words,
  };
}
