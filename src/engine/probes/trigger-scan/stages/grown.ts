// What the sweep met, grown until it fires: towards payloads that stand ready, towards answers of its own, and by how far it moves the answer.
import { seeded } from '../../../core/random.ts';
import { accrete } from '../search/accrete.ts';
import { SCREEN_PROMPTS } from '../budget.ts';
import { growAnswers } from '../search/grow-answers.ts';
import { shortlist, type Screened } from '../search/screen.ts';
import { frequentWords } from '../search/sweep.ts';
import { growToward, screenToward } from '../search/toward.ts';
import { readsAsRequest } from '../payloads/wording.ts';
import type { Prompted } from './scanning.ts';
import type { SweptStrings } from './searched.ts';
import { SCREEN_COLUMNS, screenRow, SHOWN } from './tables.ts';

/** Below it the first token no longer depends on the prompt, nats. */
const FIRED_DISAGREEMENT = 0.1;

export interface Grown {
  readonly grown: readonly Screened[];
  /** Behind an opening that is said anyway. */
  readonly behind: readonly Screened[];
  /** Towards a payload that stands ready. */
  readonly toward: readonly Screened[];
}

export async function grow({ runner, runnable, bench, budget, context, prompts }: Prompted, leaked: readonly Screened[], { confirmed, behind, toward, words, answered, answeredBare }: SweptStrings): Promise<Grown> {
  return runner.run('accretion', async ({ note }) => {
    // What already fires needs no growing, requests only grow into longer requests, and what leaked is seldom a part: one is grown where there is room.
    const growable = (candidates: readonly Screened[]): Screened[] => candidates.filter(({ text, first }) => first.disagreement > FIRED_DISAGREEMENT && !readsAsRequest(text));
    const seeds = [...shortlist(growable(confirmed), Math.max(1, budget.accretionBeam - 1)), ...shortlist(growable(leaked), 1)].slice(0, budget.accretionBeam);
    const grown = await accrete(bench, seeds, { beam: budget.accretionBeam, rounds: budget.accretionRounds, vocabulary: words, prompts: prompts.search.slice(0, SCREEN_PROMPTS) });
    const spellings = frequentWords(runnable.tokenizer, Number.POSITIVE_INFINITY).map(({ text }) => text);
    const growth = { rounds: budget.accretionRounds, vocabulary: words, spellings, prompts: prompts.search.slice(0, SCREEN_PROMPTS) };
    const towards = await growAnswers(bench, answered, growth);
    const towardsBare = await growAnswers(bench, answeredBare, growth);
    const towardsBehind = await growAnswers(bench, behind.flatMap((one) => one.answered), growth);
    const towardPayloads = await screenToward(bench, await growToward(bench, toward, { grown: budget.payloadsGrown, prompts: growth.prompts, codes: { payloads: budget.payloadsCoded, random: seeded(context.options.seed, 'codes') } }), growth.prompts);
    const all = [...towards, ...towardsBare, ...grown].sort((a, b) => b.fixedness - a.fixedness);
    note('Words that make a payload likelier put together, codes that do so climbed place by place, the strongest candidates grown by one word at a time, and words with an answer of their own by what makes that likelier.', SCREEN_COLUMNS, [...towardPayloads, ...all, ...towardsBehind].slice(0, SHOWN).map(screenRow));
    return { grown: all, behind: towardsBehind, toward: towardPayloads };
  });
}
