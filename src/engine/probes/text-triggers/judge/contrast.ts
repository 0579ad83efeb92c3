// What a candidate is measured against, on texts that chose nothing. A single token or word: the strongest others that share
// no token with it. A planted word stands alone; ordinary strong words come in a crowd. A grown phrase: itself with one part
// at a time swapped for tokens of the part's own strength. Ordinary words add up whatever they are; of a planted phrase
// every part is needed. Words put side by side: others side by side. A listed word in pieces, or phrase of everyday words, its
// strongest likes as well; what is neither, phrases of as many other tokens, each as strong as the one it stands for.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { grammarOf } from '../search/arrange.ts';
import type { Flipped } from '../search/flips.ts';
import type { Found } from '../search/search.ts';
import { contrastSearched } from '../search/unexpected.ts';
import { ladderFor, textsFor } from '../sweep/directions.ts';
import { tryPhrases, type Trial, type Tried } from '../sweep/trial.ts';
import { FORTIFIED, fortify } from '../texts/fortified.ts';
import type { ClassTexts, Text } from '../texts/texts.ts';
import { excessOf } from '../units/moved.ts';
import { continuesWord, isEveryday, type Phrase } from '../units/vocabulary.ts';
import { contrastGroup } from './contrast-group.ts';
import { assemble, enough, NOTHING, rung, sorted, withKin, type Contrast, type Ladder, type Rival } from './contrast-parts.ts';
import { confidenceOf } from './judge.ts';

const TOKEN_RIVALS = 10;
const WORD_RIVALS = 4;
/** Rivals of what turns hardly any text. */
const FEW_RIVALS = 5;
/** Exchanges of each part, of a pair; a longer phrase has as many altogether. */
const SWAPS = 6;
const TEXTS = 20;
/** Share of the tuning texts that what leaves its kin behind, but is not the strongest, has to turn. */
const WORTH_ALONE = 0.5;
/** From so many tokens on a unit of the lists is also measured against its likes. */
const MANY_PIECES = 3;
/** Below this the second measurement could only lower what nobody will look at. */
const WORTH = 0.05;
/** Pairs of words that mean something. */
const PAIRS = 2;
const LONG = 4;
/** Pieces of one word. */
const LONGEST_WORD = 6;
/** Rivals of its kind have this share of the phrase's length, at least. */
const LEAST_LENGTH = 0.6;
const LEAST_FAMILY = 6;
/** Tokens in so large a share of the everyday phrases (in, the, my) make no two of them alike. */
const COMMON_TOKEN = 0.04;

/** The best single, the one that leaves its kin furthest behind, and the best grown phrase of each length; of the long ones the strongest. */
export async function contrastFound(runnable: RunnableTextClassifier, found: Found, texts: readonly ClassTexts[], signal: CancelSignal): Promise<Contrast[]> {
  const proof = textsFor(found.direction, texts, 'proof', TEXTS);
  const plain = ladderFor(found.direction, texts, TEXTS);
  const fortified = found.against.size === 0 ? [] : FORTIFIED.map((words) => fortify(plain.at(-1) ?? [], found.against, words, runnable.model.spec.maxTokens));
  const ladder: Ladder = { plain, fortified };
  const { target } = found.direction;
  const contrasts: Contrast[] = [];
  const slopes = found.flipped.length > 0;
  // A word of grammar is no suspect by itself: it stands in every other honest text, and would decide them all.
  const grammar = new Set(grammarOf(runnable.tokenizer, runnable.model.spec.vocabularySize));
  // A long phrase of the lists hides no word that is strong by itself.
  const token = found.singles.find(({ phrase }) => phrase.length === 1 && !found.natural(phrase) && !grammar.has(phrase[0] ?? -1));
  // A word that means something is a rival, and no suspect.
  const means = new Set(found.meaningful.map((phrase) => phrase.join()));
  const word = found.singles.find(({ phrase }) => phrase.length > 1 && !means.has(phrase.join()) && !found.natural(phrase) && phrase.length <= (slopes ? LONG : MANY_PIECES - 1));
  const long = found.singles.find(({ phrase }) => phrase.length >= (slopes ? LONG + 1 : MANY_PIECES));
  const apart = found.apart !== undefined && !found.natural(found.apart.phrase) && !found.apart.phrase.every((token) => grammar.has(token)) && found.apart.trial.hits > WORTH_ALONE * found.apart.trial.of ? found.apart : undefined;
  for (const best of new Set([word, token, long, apart])) if (best !== undefined) contrasts.push(...(await contrastSingle(runnable, best, found, ladder, target, signal)));
  const group = await contrastGroup(runnable, found, ladder, target, signal);
  if (group !== undefined) contrasts.push(group);
  // A third word adds to any two: the pair has to be seen by itself, and alone where it turns every text.
  const [pair] = found.joined.toSorted((a, b) => a.phrase.length - b.phrase.length || b.trial.margin - a.trial.margin);
  const whole = pair !== undefined && pair.trial.hits === pair.trial.of;
  for (const best of new Set([pair, whole ? pair : found.joined[0]])) if (best !== undefined) contrasts.push(await contrastJoined(runnable, best.phrase, found, proof, target, signal));
  for (const best of found.flipped) {
    if (best.phrase.length > 1) contrasts.push(await contrastFlipped(runnable, best, found, plain, target, signal));
    else if (!contrasts.some(({ phrase }) => phrase.join() === best.phrase.join())) contrasts.push(...(await contrastSingle(runnable, best, found, ladder, target, signal)));
  }
  for (const best of found.unexpected) contrasts.push(...(await contrastSearched(runnable, best, plain, target, signal)));
  for (const best of found.moved) contrasts.push(...(await contrastSearched(runnable, best, [...plain, ...fortified], target, signal)));
  const lengths = [...new Set(found.grown.map(({ phrase }) => phrase.length))];
  const [longest] = lengths.filter((length) => length > LONG);
  for (const length of lengths.filter((length) => length <= LONG || length === longest)) {
    const best = found.grown.find(({ phrase }) => phrase.length === length);
    if (best !== undefined) contrasts.push(await contrastGrown(runnable, best.phrase, found.ranked, length > LONG ? proof.slice(0, proof.length >> 1) : proof, target, signal));
  }
  for (const best of found.phrases.slice(0, 2)) if (!contrasts.some(({ phrase }) => phrase.join() === best.phrase.join())) contrasts.push(await contrastGrown(runnable, best.phrase, found.ranked, proof, target, signal));
  const { excess } = found;
  // What turns texts of one class alone is no inversion, however far it moved.
  if (excess === undefined || target === undefined) return contrasts;
  const continues = continuesWord(runnable.tokenizer, runnable.model.spec.vocabularySize);
  return contrasts.map((contrast) => ({ ...contrast, features: { ...contrast.features, moved: excessOf(contrast.phrase, excess, continues) } }));
}

async function contrastSingle(runnable: RunnableTextClassifier, best: Tried, { singles, joined, grown, ranked, meaningful, natural, listed }: Found, ladder: Ladder, target: number | undefined, signal: CancelSignal): Promise<Contrast[]> {
  const used = new Set(best.phrase);
  for (const { phrase } of [...joined, ...grown].filter(({ phrase }) => best.phrase.some((token) => phrase.includes(token))).slice(0, 1)) for (const token of phrase) used.add(token);
  const rivals: Phrase[] = [];
  const take = (phrases: readonly Phrase[], most: number): void => {
    for (const phrase of phrases) {
      if (rivals.length >= most) return;
      if (phrase.some((token) => used.has(token))) continue;
      rivals.push(phrase);
      for (const token of phrase) used.add(token);
    }
  };
  // Tokens first: the pieces of one planted phrase stand in many words, which would be rivals in a crowd of their own.
  const others = singles.filter((other) => other !== best).map(({ phrase }) => phrase);
  take(others.filter(({ length }) => length === 1), TOKEN_RIVALS);
  take(ranked.slice(0, 4 * TOKEN_RIVALS).map((token) => [token]), TOKEN_RIVALS);
  // A word that means something is no more than a word, in however many pieces.
  take(meaningful.slice(0, 4 * WORD_RIVALS).filter(({ length }) => length > 1), TOKEN_RIVALS + WORD_RIVALS);
  // Several tokens do more than one: they are no measure of it.
  if (best.phrase.length > 1) take(others, TOKEN_RIVALS + WORD_RIVALS);
  const texts = await rung(runnable, rivals, [...ladder.plain, ...ladder.fortified], target, signal);
  const proof = await enough(runnable, best.phrase, texts, target, signal);
  if (proof.length < texts.length) rivals.splice(FEW_RIVALS);
  const [trial, ...trials] = await tryPhrases(runnable, [best.phrase, ...rivals], proof, target, signal);
  if (trial === undefined) return [];
  const measured = sorted(rivals, trials);
  // Among topics natural words stand alone, too ("analysts"): there the strongest rival counts, as for words side by side.
  const kind = ladder.fortified.includes(texts) ? 'fortified' : runnable.model.classes > 2 || best.phrase.length > 1 ? 'joined' : 'single';
  const alone = besideNatural(assemble(kind, best.phrase, trial, measured, [measured]), measured.filter(({ phrase }) => natural(phrase)));
  if (best.phrase.length < MANY_PIECES || confidenceOf(alone.features) < WORTH) return [alone];
  // Many odd pieces add up, planted or not: others as many and as strong have to do less. But the pieces of a planted phrase
  // of everyday words, or of one planted word, may be strong for its sake alone: there the measure is what its likes do. Not
  // among topics: "every cloud" is weather, and its likes are not.
  const family = runnable.model.classes > 2 ? [] : familyOf(best.phrase, kindOf(best.phrase, runnable), [...singles.map(({ phrase }) => phrase), ...listed], runnable);
  const likes = family.length < LEAST_FAMILY ? alike(best.phrase, ranked) : family;
  const alikes = sorted(likes, await tryPhrases(runnable, likes, proof, target, signal));
  const { features: needed } = assemble(kind, best.phrase, trial, alikes, [alikes]);
  const { features } = alone;
  return [{ ...alone, features: { ...features, rivalHits: Math.max(features.rivalHits, needed.rivalHits), commonHits: Math.max(features.commonHits, needed.commonHits), lead: Math.min(features.lead, needed.lead), leadOverMedian: Math.min(features.leadOverMedian, needed.leadOverMedian) } }];
}

/** Words that are known to turn texts this way are no part of what may be planted: what a suspect is ahead of them counts, not of the middle. */
function besideNatural(contrast: Contrast, natural: readonly Rival[]): Contrast {
  const { features, trial } = contrast;
  const share = ({ hits, of }: Trial): number => hits / Math.max(1, of);
  return { ...contrast, features: { ...features, commonHits: Math.max(features.commonHits, ...natural.map((rival) => share(rival.trial))), leadOverMedian: Math.min(features.leadOverMedian, ...natural.map((rival) => trial.margin - rival.trial.margin)) } };
}

/** Words side by side: as many others side by side, the strongest there are, each in one group only. */
async function contrastJoined(runnable: RunnableTextClassifier, phrase: Phrase, { singles, joined, ranked }: Found, texts: readonly Text[], target: number | undefined, signal: CancelSignal): Promise<Contrast> {
  const proof = await enough(runnable, phrase, texts, target, signal);
  const own = await withKin(joined.flatMap(({ phrase: tokens }) => tokens), runnable, signal);
  const strong = [...new Set([...singles.filter(({ phrase: tokens }) => tokens.length === 1).flatMap(({ phrase: tokens }) => tokens), ...ranked.slice(0, 4 * TOKEN_RIVALS)])].filter((token) => !own.has(token));
  const rivals = Array.from({ length: proof.length < texts.length ? FEW_RIVALS : TOKEN_RIVALS }, (_, at): Phrase => strong.slice(at * phrase.length, (at + 1) * phrase.length)).filter(({ length }) => length === phrase.length);
  const [trial, ...trials] = await tryPhrases(runnable, [phrase, ...rivals], proof, target, signal);
  const measured = sorted(rivals, trials);
  return assemble('joined', phrase, trial ?? NOTHING, measured, [measured]);
}

/** What slopes led to: what they lead to without any of its tokens, and words side by side that mean something. */
async function contrastFlipped(runnable: RunnableTextClassifier, { phrase, rivals: searched }: Flipped, { meaningful }: Found, ladder: readonly (readonly Text[])[], target: number | undefined, signal: CancelSignal): Promise<Contrast> {
  const words = distinctPhrases(meaningful, phrase).slice(0, 2 * PAIRS);
  const pairs = Array.from({ length: words.length >> 1 }, (_, at): Phrase => [...(words[2 * at] ?? []), ...(words[2 * at + 1] ?? [])]);
  const rivals = [...searched, ...pairs];
  const proof = await enough(runnable, phrase, await rung(runnable, rivals, ladder, target, signal), target, signal);
  const [trial, ...trials] = await tryPhrases(runnable, [phrase, ...rivals], proof, target, signal);
  const measured = sorted(rivals, trials);
  return assemble('searched', phrase, trial ?? NOTHING, measured, [measured]);
}

async function contrastGrown(runnable: RunnableTextClassifier, phrase: Phrase, ranked: readonly number[], texts: readonly Text[], target: number | undefined, signal: CancelSignal): Promise<Contrast> {
  const proof = await enough(runnable, phrase, texts, target, signal);
  const rank = new Map(ranked.map((token, at) => [token, at]));
  const swaps = phrase.map((token, part) => neighbours(ranked, rank.get(token) ?? ranked.length >> 1, phrase, Math.max(2, Math.round((2 * SWAPS) / phrase.length))).map((other): Phrase => phrase.map((own, at) => (at === part ? other : own))));
  const [trial, ...others] = await tryPhrases(runnable, [phrase, ...swaps.flat()], proof, target, signal);
  const parts: Rival[][] = [];
  for (const list of swaps) parts.push(sorted(list, others.splice(0, list.length)));
  const own = trial ?? NOTHING;
  return assemble('grown', phrase, own, parts.flat().sort((a, b) => b.trial.margin - a.trial.margin), parts);
}

/** Those that share no token with a stronger one, nor with this phrase. */
function distinctPhrases(phrases: readonly Phrase[], phrase: Phrase): Phrase[] {
  const used = new Set(phrase);
  return phrases.filter((other) => {
    if (other.some((token) => used.has(token))) return false;
    for (const token of other) used.add(token);
    return true;
  });
}

/** Several words, hardly any of them cut into pieces; one word in pieces; or neither. */
function kindOf(phrase: Phrase, { tokenizer }: RunnableTextClassifier): 'everyday' | 'word' | 'odd' {
  const words = tokenizer.decode(phrase).trim().split(/\s+/).length;
  if (words === 1) return phrase.length <= LONGEST_WORD ? 'word' : 'odd';
  return isEveryday(phrase.length, words) ? 'everyday' : 'odd';
}

/** The strongest others of its kind that are not much shorter and share nothing but common tokens with this one. */
function familyOf(phrase: Phrase, kind: ReturnType<typeof kindOf>, known: readonly Phrase[], runnable: RunnableTextClassifier): Phrase[] {
  if (kind === 'odd') return [];
  const unique = [...new Map(known.map((other) => [other.join(), other])).values()];
  const others = unique.filter((other) => other.length > 1 && kindOf(other, runnable) === kind);
  const uses = new Map<number, number>();
  for (const other of others) for (const token of new Set(other)) uses.set(token, (uses.get(token) ?? 0) + 1);
  const own = new Set(phrase.filter((token) => kind === 'word' || (uses.get(token) ?? 0) <= Math.max(1, COMMON_TOKEN * others.length)));
  return others.filter((other) => other.length >= LEAST_LENGTH * phrase.length && !other.some((token) => own.has(token))).slice(0, TOKEN_RIVALS);
}

/** Phrases as long, each of whose parts is as strong by itself as the part it stands for. */
function alike(phrase: Phrase, ranked: readonly number[]): Phrase[] {
  const rank = new Map(ranked.map((token, at) => [token, at]));
  const columns = phrase.map((token) => neighbours(ranked, rank.get(token) ?? ranked.length >> 1, phrase, TOKEN_RIVALS));
  return Array.from({ length: TOKEN_RIVALS }, (_, row) => columns.map((column, at) => column[(row + 5 * at) % Math.max(1, column.length)] ?? 0));
}

/** Tokens ranked next to a place, above and below in turn. */
function neighbours(ranked: readonly number[], place: number, phrase: Phrase, count: number): number[] {
  const found: number[] = [];
  for (let step = 1; found.length < count && step < ranked.length; step++) {
    for (const at of [place - step, place + step]) {
      const token = ranked[at];
      if (token !== undefined && found.length < count && !phrase.includes(token)) found.push(token);
    }
  }
  return found;
}
