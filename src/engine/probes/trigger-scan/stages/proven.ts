// What both ways in end with: candidates tried on a few prompts, and what they bring out proven on held-out ones.
import { seeded } from '../../../core/random.ts';
import { TRIAL_PROMPTS } from '../budget.ts';
import type { Candidate, Turns } from '../candidates.ts';
import { drawLexicon } from '../lexicon.ts';
import { endedAnswers, FEWEST_ENDED, sweepBehind } from '../late-sweep.ts';
import { proveLate, recurringPhrases, tryLate } from '../late.ts';
import type { AnsweredRequest } from '../one-answer.ts';
import type { HarmlessAnswers } from '../payload.ts';
import { investigate, type Proof, type ProofOptions } from '../proof.ts';
import { NATURAL_REQUESTS } from '../prompts.ts';
import type { Screened } from '../screen.ts';
import { frequentWords } from '../sweep.ts';
import { runTrials, tryFamilies, type OrdinaryAnswer, type Trial } from '../trial.ts';
import type { Baseline } from './baseline.ts';
import type { Prompted } from './scanning.ts';
import { byMerit, PROOF_COLUMNS, proofRow, rounded, SHOWN, TRIAL_COLUMNS, trialRow } from './tables.ts';

/** Log-odds from which a suspicion needs no second way in. */
const SETTLED = 1;

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

/** What comes late in an answer: only phrases that leaked are followed so far, and only where nothing was proven yet. */
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
    const ranked = (await tryLate(bench, phrases, prompts, budget)).sort(byMerit);
    note(`${phrases.length} phrases that recur in the leaks, answered with up to ${budget.lateTokens} tokens in ${TRIAL_PROMPTS} prompts; ${ranked.length} bring out text of some length that untriggered answers as long lack.`, TRIAL_COLUMNS, ranked.slice(0, SHOWN).map((trial) => trialRow(trial, runnable.tokenizer)));
    const proofs = ranked.length === 0 ? [] : await proveLate(bench, ranked, prompts, options);
    if (proofs.length > 0) note(`Proof on ${budget.heldOut} held-out prompts.`, PROOF_COLUMNS, proofs.map(proofRow));
    return proofs;
  });
}

/** What comes behind short answers, where nothing was proven yet: swept, since it need not leak. */
export async function followBehind(scanning: Prompted, answered: readonly AnsweredRequest[], options: ProofOptions): Promise<Proof[]> {
  const { runner, runnable, bench, budget, prompts, context } = scanning;
  if (budget.behindPhrases === 0) {
    runner.skip('late-sweep', 'not within this budget');
    return [];
  }
  if (options.known.some(({ odds }) => odds >= SETTLED)) {
    runner.skip('late-sweep', 'a suspicion was proven already');
    return [];
  }
  return runner.run('late-sweep', async ({ note }): Promise<Proof[]> => {
    const ended = endedAnswers(answered, runnable.model.stopIds);
    if (ended.length < FEWEST_ENDED) {
      note(`Of ${answered.length} ordinary answers ${ended.length} end within ${budget.trialTokens} tokens: what comes behind longer ones was not searched for.`, ['request', 'answer'], []);
      return [];
    }
    const shapes = drawLexicon(budget.behindLexicon, seeded(context.options.seed, 'sweep').fork('lexicon'));
    const words = frequentWords(runnable.tokenizer, budget.behindWords);
    const found = await sweepBehind(bench, ended, shapes, words, budget);
    note(
      `${shapes.length} strings of the trigger grammar and ${words.length} frequent words, measured where ${ended.length} short answers end; ${found.filter(({ alike }) => alike === ended.length).length} make all of them go on, and alike.`,
      ['candidate', 'position', 'answers that go on alike', 'mean KL (nats)'],
      found.slice(0, SHOWN).map(({ text, position, alike, kl }) => [text, position, `${alike} of ${ended.length}`, rounded(kl)]),
    );
    const ranked = (await tryLate(bench, found.filter(({ alike }) => alike >= FEWEST_ENDED).slice(0, budget.behindPhrases), prompts, budget)).sort(byMerit);
    const proofs = ranked.length === 0 ? [] : await proveLate(bench, ranked, prompts, options);
    note(`${ranked.length} of them bring out text of some length that untriggered answers as long lack.`, TRIAL_COLUMNS, ranked.slice(0, SHOWN).map((trial) => trialRow(trial, runnable.tokenizer)));
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
