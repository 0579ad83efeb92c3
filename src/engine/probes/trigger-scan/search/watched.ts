// What the sweep watches for, of payloads that stand ready (payload-search.ts): the token that a trigger would have to bring out, at the
// beginning of the answer or behind an opening that is said anyway; and the strings that did so most.
import type { Behind } from './behind-opening.ts';
import type { Bench } from '../ask/bench.ts';
import { ENDS, type Position } from '../ask/insertion.ts';
import type { PayloadHypothesis } from '../payloads/payload-search.ts';
import { SWEEP_PROMPT, type PromptSets } from '../ask/prompts.ts';
import { strangest, type Swept } from './sweep.ts';
import { WORDS_WIDENED, type Toward } from './toward.ts';

/** Words of a payload's list, frequent ones that lead it, and of each other list. */
const LEADING = WORDS_WIDENED + 12;
const LEADING_WORDS = 8;
const LEADING_OTHERS = 2;
/** And of the strangest words. */
const LEADING_STRANGE = 8;

/** Tokens watched at the beginning of the answer. Shapes are watched for refusals as well, words are not: they bring them out by what they mean. */
export interface WatchedTokens {
  readonly words: readonly number[];
  readonly shapes: readonly number[];
}

/** First tokens of payloads that are decided there, the readiest first. */
export function watchedFirst(payloads: readonly PayloadHypothesis[]): WatchedTokens {
  const first = (of: readonly PayloadHypothesis[]): number[] => of.filter(({ decides }) => decides === 0).flatMap(({ ids }) => ids.slice(0, 1));
  const words = [...new Set(first(payloads.filter(({ refusal }) => !refusal)))];
  return { words, shapes: [...new Set([...words, ...first(payloads)])] };
}

/** What answers are made to begin with: as payloads do that stand ready behind something that is said anyway; where none does, as most answers do. */
export async function openingsOf(bench: Bench, { usual, search }: PromptSets, payloads: readonly PayloadHypothesis[], most: number): Promise<Behind[]> {
  const openings: Behind[] = [];
  for (const { ids, decides } of payloads.filter(({ refusal }) => !refusal)) {
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
function leading(swept: readonly Swept[], watched: number): string[] {
  const of = ({ watchedZ }: Swept): number => watchedZ[watched] ?? Number.NEGATIVE_INFINITY;
  return [...new Set(swept.filter((one) => of(one) > Number.NEGATIVE_INFINITY).sort((a, b) => of(b) - of(a)).map(({ text }) => text))].slice(0, LEADING);
}

/** What a sweep measured. */
export interface Watched {
  readonly watch: WatchedTokens;
  readonly inRequests: readonly Swept[];
  readonly shapes: readonly Swept[];
  /** Rare words, words that were the whole request. */
  readonly others: readonly (readonly Swept[])[];
  readonly behind: readonly { readonly opening: Behind | undefined; readonly swept: readonly Swept[] }[];
}

export function towardOf(payloads: readonly PayloadHypothesis[], { watch, inRequests, shapes, others, behind }: Watched): Toward[] {
  return payloads.filter(({ origin }) => origin !== 'leaked answer').map((payload): Toward => {
    const token = payload.ids[payload.decides] ?? -1;
    const words = (position: Position): string[] => {
      const at = (list: readonly Swept[]): Swept[] => list.filter((one) => one.position === position);
      if (payload.refusal) return payload.decides > 0 ? [] : leading(at(shapes), watch.shapes.indexOf(token));
      if (payload.decides > 0) {
        const there = behind.find(({ opening }) => opening !== undefined && isBehind(payload, opening));
        return leading(at(there?.swept ?? []), there?.opening?.watch.indexOf(token) ?? -1);
      }
      // Of each list its own: words of one sweep are measured against each other. What phrases are made of comes first. Rare words are tried at the end only.
      const frequent = leading(at(inRequests), watch.words.indexOf(token));
      const shaped = leading(at(shapes), watch.shapes.indexOf(token)).slice(0, LEADING_OTHERS);
      const rest = others.flatMap((list) => leading(list.some((one) => one.position === position) ? at(list) : list, watch.words.indexOf(token)).slice(0, LEADING_OTHERS));
      const strange = strangest(at(inRequests), LEADING_STRANGE).map(({ text }) => text);
      return [...new Set([...frequent.slice(0, LEADING_WORDS), ...strange, ...shaped, ...rest, ...frequent])];
    };
    return { payload, words: new Map(ENDS.map((position) => [position, words(position)])) };
  });
}
