// First stage: the model's ordinary behaviour, with no trigger and with harmless strings.
import { insertCandidate } from '../ask/insertion.ts';
import { answerSymbols, answersAsSymbols, type OrdinaryAnswer } from '../search/trial.ts';
import type { Answer } from '../ask/bench.ts';
import type { AnsweredRequest } from '../payloads/one-answer.ts';
import type { HarmlessAnswers } from '../payloads/payload.ts';
import { choosePrompts, NATURAL_REQUESTS, NATURAL_STRINGS, PROMPT_POOL, type PromptSets } from '../ask/prompts.ts';
import { refuseNoAnswers } from '../ask/refuse-no-answers.ts';
import { textOf, type Scanning } from './scanning.ts';

/** Prompts behind each harmless string's group of answers. */
const NATURAL_PROMPTS = 4;

export interface Baseline {
  readonly prompts: PromptSets;
  readonly search: readonly Answer[];
  readonly heldOut: readonly Answer[];
  readonly natural: readonly (readonly (readonly number[])[])[];
  readonly requests: readonly OrdinaryAnswer[];
}

export async function answerUntriggered(scanning: Scanning): Promise<Baseline> {
  const { runner, bench, budget, frame, context } = scanning;
  return runner.run('baseline', async ({ note }) => {
    const tokens = budget.trialTokens;
    const sets = choosePrompts(frame, await bench.topTokens(PROMPT_POOL), budget.heldOut, context.options.seed);
    const search = await bench.answers(sets.search, tokens);
    const heldOut = await bench.answers(sets.heldOut, tokens);
    refuseNoAnswers([...sets.search, ...sets.heldOut].map((prompt, i) => {
      const answer = [...search, ...heldOut][i];
      return { prompt: frame.rowIds(prompt), answer: answer?.ids ?? [], text: textOf(scanning, answer) };
    }));
    const prompts = sets.search.slice(0, NATURAL_PROMPTS);
    const contents = NATURAL_STRINGS.flatMap((text, i) => prompts.map((prompt) => insertCandidate(prompt, text, i % 2 === 0 ? 'end' : 'start').text));
    const answers = await answersAsSymbols(bench, contents, tokens);
    const natural = NATURAL_STRINGS.map((_, i) => answers.slice(i * prompts.length, (i + 1) * prompts.length));
    const alone = await answersAsSymbols(bench, NATURAL_REQUESTS, tokens);
    const requests = NATURAL_REQUESTS.map((request, i) => ({ request, answer: alone[i] ?? [], own: false }));
    note(
      `${search.length + heldOut.length} prompts answered without any trigger, ${requests.length} everyday requests, and ${NATURAL_STRINGS.length} harmless strings inserted in ${prompts.length} prompts each: the model's ordinary behaviour.`,
      ['prompt', 'answer'],
      sets.search.map((prompt, i) => [prompt, textOf(scanning, search[i])]),
    );
    return { prompts: sets, search, heldOut, natural, requests };
  });
}

/** Plain and everyday requests with their answers. */
export function answeredRequests({ runnable }: Scanning, { prompts, search, heldOut, requests }: Baseline): AnsweredRequest[] {
  const plain = [...prompts.search, ...prompts.heldOut].map((request, i) => ({ request, ids: [...search, ...heldOut][i]?.ids ?? [] }));
  // Symbols of begin and end are no tokens.
  const everyday = requests.map(({ request, answer }) => ({ request, ids: answer.filter((id) => id >= 0) }));
  return [...plain, ...everyday].map((answer) => ({ ...answer, text: runnable.tokenizer.decode(answer.ids, { skipSpecial: true }) }));
}

export function harmlessAnswers({ bench, budget }: Scanning, { search, heldOut, natural }: Baseline): HarmlessAnswers {
  return { untriggered: [...search, ...heldOut].map((answer) => answerSymbols(bench, answer, budget.trialTokens)), natural };
}
