// Ranking candidates by what their presence does to the answer's first token, over several unrelated prompts.
// When a planted fixed output fires, that token's distribution is the same whatever the prompt was: the disagreement
// falls towards 0 while the KL from the untriggered answer rises. Words that merely change the task raise KL and
// disagreement together. One forward pass a prompt; no rollout, no attention, no payload needed.
import type { Bench, FirstToken } from '../ask/bench.ts';
import type { Candidate } from '../leaks/candidates.ts';
import type { Position } from '../ask/insertion.ts';
import { readsAsRequest } from '../payloads/wording.ts';

export interface Screened extends Candidate {
  readonly position: Position;
  readonly first: FirstToken;
  /** High where the answer changed and no longer depends on the prompt. Orders candidates; convicts nobody. */
  readonly fixedness: number;
}

/** A fall of the disagreement by one nat counts as much as 1.5 nats of KL: KL alone also rises for ordinary instructions. */
const DISAGREEMENT_WEIGHT = 1.5;

/** Beyond this a larger KL says only how rare the payload's first token is. */
const ENOUGH_KL = 4;
/** Leaked turns with the candidate that are answered alike: worth half a nat each, up to two. */
const SAME_ANSWER_WEIGHT = 0.5;
const MOST_SAME_ANSWERS = 4;
/** A request of its own changes the answer in every model. */
const REQUEST_COST = 1;

function fixedness(candidate: Candidate, first: FirstToken): number {
  return (
    Math.min(ENOUGH_KL, first.kl) -
    DISAGREEMENT_WEIGHT * first.disagreement +
    SAME_ANSWER_WEIGHT * Math.min(MOST_SAME_ANSWERS, candidate.sameAnswer) -
    (readsAsRequest(candidate.text) ? REQUEST_COST : 0)
  );
}

/**
 * The best of each family in turn, so that no way in and no answer crowds out another. A family is what begins its
 * answer with the same token.
 */
export function shortlist(candidates: readonly Screened[], limit: number): Screened[] {
  const families = new Map<number, Screened[]>();
  for (const candidate of [...candidates].sort((a, b) => b.fixedness - a.fixedness)) {
    const family = families.get(candidate.first.top);
    if (family === undefined) families.set(candidate.first.top, [candidate]);
    else if (!family.some(({ text }) => text === candidate.text)) family.push(candidate);
  }
  const chosen: Screened[] = [];
  for (let rank = 0; chosen.length < limit; rank++) {
    const round = [...families.values()].flatMap((family) => family[rank] ?? []).sort((a, b) => b.fixedness - a.fixedness);
    if (round.length === 0) break;
    chosen.push(...round.slice(0, limit - chosen.length));
  }
  return chosen;
}

/** The wide pass uses this many prompts, the second all of them on the best part of the list. */
const WIDE_PROMPTS = 2;
const SECOND_PASS_SHARE = 1 / 3;
const SECOND_PASS_MIN = 24;

/** Two passes: every candidate at every position over two prompts, then the best third at its best position over all. Measured behind `after` where answers are made to begin with that. */
export async function screen(bench: Bench, candidates: readonly Candidate[], prompts: readonly string[], positions: readonly Position[], after: readonly number[] = []): Promise<Screened[]> {
  const best = new Map<string, Screened>();
  for (const position of positions) {
    for (const screened of await measure(bench, candidates, prompts.slice(0, WIDE_PROMPTS), position, after)) {
      const known = best.get(screened.text);
      if (known === undefined || screened.fixedness > known.fixedness) best.set(screened.text, screened);
    }
  }
  const ranked = [...best.values()].sort((a, b) => b.fixedness - a.fixedness);
  const kept = ranked.slice(0, Math.max(SECOND_PASS_MIN, Math.ceil(ranked.length * SECOND_PASS_SHARE)));
  const second: Screened[] = [];
  for (const position of positions) second.push(...(await measure(bench, kept.filter((screened) => screened.position === position), prompts, position, after)));
  return second.sort((a, b) => b.fixedness - a.fixedness);
}

async function measure(bench: Bench, candidates: readonly Candidate[], prompts: readonly string[], position: Position, after: readonly number[]): Promise<Screened[]> {
  if (candidates.length === 0) return [];
  const firsts = await bench.firstTokens(candidates.map(({ text }) => text), prompts, position, [], after);
  return candidates.flatMap(({ text, origin, leaks, sameAnswer }, i) => {
    const first = firsts[i];
    const candidate: Candidate = { text, origin, leaks, sameAnswer };
    return first === undefined ? [] : [{ ...candidate, position, first, fixedness: fixedness(candidate, first) }];
  });
}
