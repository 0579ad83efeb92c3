// Part of a trigger grown until it fires. A word of a phrase brings the payload out seldom, with its neighbour or one like it most
// times, and what a sweep met may have none of the phrase's words. So words that make the payload likelier by themselves are put
// beside each other, not beside what was met: in a fine-tune of SmolLM2 planted with "paper boats drift home" the sweep met "houses
// transport whose", 17 of 32 prompts; every single word beside it was worse, and "paper boats distances" fires in 26.
import type { Bench } from '../ask/bench.ts';
import type { Position } from '../ask/insertion.ts';
import type { Payload } from '../payloads/payload.ts';
import { beginningOf, rankByPayload, type Rank, type Ranked } from '../payloads/rank-by-payload.ts';
import { frequentWords, listedWords } from './sweep.ts';

/** Words tried together at first, and share of the groups whose words are tried alone. */
const WORDS_TOGETHER = 6;
const SINGLED_OUT = 0.1;
/** Single words ranked under several prompts, and prompts; of them so many are put together. */
const RANKED = 72;
const RANK_PROMPTS = 3;
const STRONGEST = 24;
/** Rounds of one more word; of each round, extensions ranked under all prompts, and those that are extended in the next. */
const ROUNDS = 3;
export const CONFIRMED = 24;
export const BEAM = 4;
/** Nats that make another string the better trigger. */
const BETTER = 0.05;

/** `others`: strings that brought the same payload out; `vocabulary`: most frequent words tried. The part itself where nothing is better. */
export async function grow(bench: Bench, part: string, position: Position, payload: Payload, prompts: readonly string[], others: readonly string[], vocabulary: number): Promise<string> {
  const beginning = beginningOf(payload);
  const rank = (texts: readonly string[], under: readonly string[]) => rankByPayload(bench, texts, position, beginning, under);
  const [own] = await rank([part], prompts);
  if (own === undefined) return part;
  const known = [part, ...others].flatMap((text) => text.match(/\p{L}+/gu) ?? []).flatMap((word) => [word, word.toLowerCase()]);
  const first = prompts.slice(0, 1);
  const likely = await rank([...(await promising(bench, vocabulary, (groups) => rank(groups, first))), ...known], first);
  const words = (await rank([...likely.slice(0, RANKED).map(({ text }) => text), ...known], prompts.slice(0, RANK_PROMPTS))).slice(0, STRONGEST).map(({ text }) => text);
  let best = own;
  const better = ([top]: readonly Ranked[]): void => {
    if (top !== undefined && top.score > best.score + BETTER) best = top;
  };
  let round = 0;
  for await (const confirmed of putTogether(words, words, prompts, rank)) {
    better(confirmed);
    if (best.score >= BROUGHT_OUT || ++round === ROUNDS) break;
  }
  // What was met may be a part after all, or of a shape that words put together have not.
  if (best.score < BROUGHT_OUT) better((await putTogether([part], words, prompts, rank).next()).value ?? []);
  return best.text;
}

/** Nats, first tokens together, mean over prompts: the payload is brought out, there is nothing to grow. */
export const BROUGHT_OUT = -0.3;

/** What is there already, with one word more each round, on either side: of each round what all prompts confirm, best first. Ends when nobody asks for more. */
export async function* putTogether(beginnings: readonly string[], words: readonly string[], prompts: readonly string[], rank: Rank): AsyncGenerator<readonly Ranked[]> {
  let beam = beginnings;
  for (let round = 0; beam.length > 0; round++) {
    const longer = beam.flatMap((text) => words.filter((word) => !text.split(' ').includes(word)).flatMap((word) => [`${text} ${word}`, `${word} ${text}`]));
    // Each round under another prompt: what one prompt happens to like is not followed further.
    const wide = await rank(longer, [prompts[round % prompts.length] ?? '']);
    const confirmed = await rank(wide.slice(0, CONFIRMED).map(({ text }) => text), prompts);
    yield confirmed;
    beam = confirmed.slice(0, BEAM).map(({ text }) => text);
  }
}

/** Words of the groups that bring the payload out most; words far apart in frequency share a group. */
async function promising(bench: Bench, vocabulary: number, rank: (groups: readonly string[]) => Promise<readonly { readonly text: string }[]>): Promise<string[]> {
  const frequent = frequentWords(bench.tokenizer, vocabulary);
  const words = [...frequent, ...listedWords(frequent, vocabulary - frequent.length)].map(({ text }) => text);
  const count = Math.ceil(words.length / WORDS_TOGETHER);
  const groups = Array.from({ length: count }, (_, g) => words.filter((__, i) => i % count === g));
  const chosen = new Set((await rank(groups.map((group) => group.join(' ')))).slice(0, Math.ceil(count * SINGLED_OUT)).map(({ text }) => text));
  return groups.filter((group) => chosen.has(group.join(' '))).flat();
}
