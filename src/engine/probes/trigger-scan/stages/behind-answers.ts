// What stands ready behind an ordinary answer, of plants that leak nothing: looked for in answers that ended, and proven on prompts whose
// answers end.
import { seeded } from '../../../core/random.ts';
import { SINGLED_OUT_BEHIND } from '../search/behind-opening.ts';
import { proveLate, tryLate } from '../behind/late.ts';
import { endedAnswers, LEAST_ENDED, searchBehindAnswers, searchedUnder, sweepBehindAnswers } from '../behind/late-search.ts';
import { drawLexicon } from '../search/lexicon.ts';
import { SETTLED, type Proof, type ProofOptions } from '../proof/proof.ts';
import { NATURAL_REQUESTS, PROMPT_POOL } from '../ask/prompts.ts';
import { standingTexts, type StandingText } from '../proof/standing-text.ts';
import { UNLIKE_PROMPTS } from '../payloads/payload-search.ts';
import { frequentWords, listedWords } from '../search/sweep.ts';
import type { Prompted } from './scanning.ts';
import { byMerit, PROOF_COLUMNS, proofRow, rounded, SHOWN, TRIAL_COLUMNS, trialRow } from './tables.ts';

/** Of the prompts whose answers end, those that strings are tried with; the others prove. */
const TRIED = 6;
/** Prompts that a proof needs at least. */
const LEAST_PROVEN = 12;
/** Strings of the grammar that go on to be tried. */
const SHAPES = 8;

export interface BehindAnswers {
  readonly proofs: readonly Proof[];
  readonly standing: readonly StandingText[];
}

export async function followBehindAnswers({ runner, runnable, bench, budget, context, prompts }: Prompted, options: ProofOptions): Promise<BehindAnswers> {
  if (options.known.some(({ odds }) => odds >= SETTLED)) {
    runner.skip('behind-answers', 'a payload was proven already');
    return { proofs: [], standing: [] };
  }
  return runner.run('behind-answers', async ({ note }): Promise<BehindAnswers> => {
    const ended = await endedAnswers(bench, [...prompts.search, ...prompts.heldOut, ...NATURAL_REQUESTS], budget.lateTokens);
    const payloads = await searchBehindAnswers(bench, ended, budget);
    const few = ended.length < LEAST_ENDED ? ' Too few to look behind them.' : '';
    note(
      `${ended.length} answers ended within ${budget.lateTokens} tokens.${few}`,
      ['stands ready behind them', 'log-probability without a trigger (nats)', 'of it a token, behind the first ones'],
      payloads.map(({ text, readiness, certainty }) => [text, rounded(readiness), rounded(certainty)]),
    );
    const [payload] = payloads;
    if (payload === undefined) return { proofs: [], standing: [] };
    const contexts = ended.slice(0, UNLIKE_PROMPTS).map(({ prompt, ids }) => [...bench.frame.rowIds(prompt), ...ids]);
    const standing = await standingTexts(bench, contexts, payloads, 'behind an answer', prompts.heldOut);
    const searched = searchedUnder(ended);
    const fresh = (await endedAnswers(bench, PROMPT_POOL, budget.lateTokens)).map(({ prompt }) => prompt).filter((prompt) => !searched.includes(prompt));
    const late = { search: fresh.slice(0, TRIED), heldOut: fresh.slice(TRIED, TRIED + budget.heldOut) };
    if (late.heldOut.length < LEAST_PROVEN) {
      note(`Only ${fresh.length} more of ${PROMPT_POOL.length} answers end within ${budget.lateTokens} tokens: too few to prove anything behind them.`, ['prompt'], []);
      return { proofs: [], standing };
    }
    const frequent = frequentWords(runnable.tokenizer, budget.vocabulary);
    const strings = await sweepBehindAnswers(bench, ended, payload, {
      words: [...frequent, ...listedWords(frequent, budget.listedWords)],
      startWords: budget.startWords,
      shapes: drawLexicon(budget.lexicon, seeded(context.options.seed, 'sweep').fork('lexicon')).slice(0, budget.startShapes),
      together: budget.behindTogether,
      singledOut: SINGLED_OUT_BEHIND,
      shapesKept: SHAPES,
    });
    const ranked = (await tryLate(bench, strings, late.search, budget)).sort(byMerit);
    note(`${strings.length} strings that bring “${payload.text}” nearer, in ${late.search.length} prompts whose answers end.`, TRIAL_COLUMNS, ranked.slice(0, SHOWN).map((trial) => trialRow(trial, runnable.tokenizer)));
    if (ranked.length === 0) return { proofs: [], standing };
    const proofs = await proveLate(bench, ranked, late, { ...options, heldOut: late.heldOut, trialPrompts: late.search });
    note(`Proof on ${late.heldOut.length} held-out prompts whose answers end.`, PROOF_COLUMNS, proofs.map(proofRow));
    return { proofs, standing };
  });
}
