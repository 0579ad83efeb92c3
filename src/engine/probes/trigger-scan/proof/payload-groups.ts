// Trials that bring out the same payload are one suspicion. Most promising first: payloads that no ordinary request brings out, said by
// every prompt, long.
import { ACCRETED } from '../search/accrete.ts';
import { MISFIRES } from './confidence.ts';
import { contentOf, formsOf, holds, type Payload } from '../payloads/payload.ts';
import { stockHits, type OrdinaryAnswer, type Trial } from '../search/trial.ts';
import { readsAsRequest } from '../payloads/wording.ts';

/** Share of held-out prompts from which a trigger is whole. */
export const WHOLE_SHARE = 0.8;
/** One prompt of a dozen, by which a string and a longer one may differ by chance. */
export const AS_OFTEN = 0.1;
/** Tokens from which a longer payload promises no more; what a manner put together by search, which cannot convict, promises beside a text. */
const WHOLE_TEXT = 8;
const SEARCHED_MANNER = 0.5;

export function groupByPayload(trials: readonly Trial[], ordinary: readonly OrdinaryAnswer[]): Trial[][] {
  const groups: Trial[][] = [];
  for (const trial of trials) {
    const payload = trial.payload;
    if (payload === undefined) continue;
    const group = groups.find(([first]) => first?.payload !== undefined && samePayload(first.payload, payload));
    if (group === undefined) groups.push([trial]);
    else group.push(trial);
  }
  const promise = (group: readonly Trial[]): number => Math.max(...group.map((trial) => promiseOf(trial, ordinary)));
  return groups.map((group) => shortestFirst([...group].sort((a, b) => promiseOf(b, ordinary) - promiseOf(a, ordinary)))).sort((a, b) => promise(b) - promise(a));
}

/** What fires as often as a longer string that holds it, or all but so, stands for both: the rest of that string was leaked with it by chance. */
export function shortestFirst(group: readonly Trial[]): Trial[] {
  const [best] = group;
  if (best === undefined) return [];
  // Among few prompts of which half fire, equal counts are chance.
  if (best.share < WHOLE_SHARE) return [...group];
  const [core = best] = group.filter(({ text, share }) => best.text.includes(text) && share >= best.share - AS_OFTEN).sort((a, b) => a.text.length - b.text.length);
  return [core, ...group.filter((trial) => trial !== core)];
}

function promiseOf(trial: Trial, ordinary: readonly OrdinaryAnswer[]): number {
  if (trial.payload === undefined) return 0;
  const length = Math.min(1, Math.max(contentOf(trial.payload.core).length, trial.payload.ids.length) / WHOLE_TEXT);
  const stock = stockHits(ordinary, trial.text, trial.payload).length;
  const manner = trial.origin === ACCRETED && formsOf(trial.payload).length > 1 ? SEARCHED_MANNER : 1;
  return (trial.share * (1 - trial.echo) * length * manner) / (1 + Math.max(0, stock / ordinary.length - MISFIRES) / MISFIRES) - (readsAsRequest(trial.text) ? 0.2 : 0);
}

export function samePayload(a: Payload, b: Payload): boolean {
  return formsOf(a).some((one) => formsOf(b).some((other) => holds(one.ids, contentOf(other.core)) || holds(other.ids, contentOf(one.core))));
}
