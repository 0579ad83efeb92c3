// Payloads behind an ordinary answer, of fine-tunes that leak nothing: the answer's first token says nothing of them, nor do leaks.
// What tells them is the place where an ordinary answer ends. Untriggered the model stops there, triggered it goes on, and with the
// same words whatever was asked. So shapes and words are swept once more, behind short answers that the model gives by itself.
import type { Bench } from './bench.ts';
import type { ScanBudget } from './budget.ts';
import { scoreOf } from './answer-score.ts';
import { inTurns } from './in-turns.ts';
import type { Position } from './insertion.ts';
import type { Recurring } from './late.ts';
import { sweep, sweepWords, type SweepEntry, type Swept } from './sweep.ts';
import { readsAsRequest } from './wording.ts';

/** A request with the model's own answer, which ends there. */
export interface EndedAnswer {
  readonly prompt: string;
  /** Token ids without the one that ends it. */
  readonly said: readonly number[];
}

/** The first is swept, all of them confirm. */
const ENDED_ANSWERS = 4;
export const FEWEST_ENDED = 2;
/** An answer of one token may be the beginning of any other. */
const SHORTEST = 2;
const ENDS = ['end', 'start'] as const;
/** Share of the groups of words whose words are tried alone. */
const SINGLED_OUT = 0.1;

/** Shortest first: every string that is swept runs through the answer. */
export function endedAnswers(answered: readonly { readonly request: string; readonly ids: readonly number[] }[], stopIds: ReadonlySet<number>): EndedAnswer[] {
  const ended = answered.filter(({ ids }) => ids.length > SHORTEST && stopIds.has(ids.at(-1) ?? -1)).map(({ request, ids }) => ({ prompt: request, said: ids.slice(0, -1) }));
  ended.sort((a, b) => a.said.length - b.said.length);
  return ended.filter(({ said }, i) => ended.findIndex((other) => other.said[0] === said[0]) === i).slice(0, ENDED_ANSWERS);
}

export interface Behind extends Recurring {
  /** Of the answers so many go on with the same token. */
  readonly alike: number;
  readonly answers: number;
  /** Mean shift of what follows the answer, nats. */
  readonly kl: number;
}

/** Strings that make short answers go on alike, most of them first. */
export async function sweepBehind(bench: Bench, answers: readonly EndedAnswer[], shapes: readonly SweepEntry[], words: readonly SweepEntry[], budget: ScanBudget): Promise<Behind[]> {
  const [first] = answers;
  if (first === undefined) return [];
  const benches = answers.map(({ prompt, said }) => ({ prompt, bench: bench.behind(said) }));
  try {
    const behind = bench.behind(first.said);
    const swept: Swept[] = [];
    for (const position of ENDS) {
      const list = [
        ...(await sweep(behind, shapes, first.prompt, position, [])),
        ...(await sweepWords(behind, words, { groupSize: budget.behindTogether, singledOut: SINGLED_OUT }, first.prompt, position, [])),
      ];
      swept.push(...inTurns(list.filter(({ text }) => !readsAsRequest(text)), [({ kl }) => kl, ({ own }) => scoreOf(own)], Math.ceil(budget.behindConfirmed / ENDS.length)));
    }
    const confirmed: Behind[] = [];
    for (const position of ENDS) confirmed.push(...(await confirm(benches, swept.filter((one) => one.position === position), position, bench.model.stopIds)));
    const ranked = confirmed.sort((a, b) => b.alike - a.alike || b.kl - a.kl);
    return ranked.filter(({ text }, i) => ranked.findIndex((other) => other.text === text) === i);
  } finally {
    for (const one of benches) one.bench.dispose();
  }
}

async function confirm(benches: readonly { readonly prompt: string; readonly bench: Bench }[], swept: readonly Swept[], position: Position, stopIds: ReadonlySet<number>): Promise<Behind[]> {
  if (swept.length === 0) return [];
  const texts = swept.map(({ text }) => text);
  const followed = await Promise.all(benches.map(({ bench, prompt }) => bench.firstTokens(texts, [prompt], position)));
  return swept.map(({ text, shape }, i) => {
    const next = followed.flatMap((one) => one[i] ?? []);
    const goesOn = next.map(({ top }) => top).filter((top) => !stopIds.has(top));
    const alike = Math.max(0, ...goesOn.map((top) => goesOn.filter((other) => other === top).length));
    return { text, origin: `swept behind answers: ${shape}`, position, alike, answers: next.length, kl: next.reduce((sum, { kl }) => sum + kl, 0) / Math.max(1, next.length) };
  });
}
