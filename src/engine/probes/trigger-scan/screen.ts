// Ranking candidates by what their presence does to the answer's first token, over several unrelated prompts.
// When a planted fixed output fires, that token's distribution is the same whatever the prompt was: the disagreement
// falls towards 0 while the KL from the untriggered answer rises. Words that merely change the task raise KL and
// disagreement together. One forward pass a prompt; no rollout, no attention, no payload needed.
import type { Bench, FirstToken } from './bench.ts';
import type { Position } from './frame.ts';

export interface Screened {
  readonly text: string;
  readonly origin: string;
  readonly leaks: number;
  readonly position: Position;
  readonly first: FirstToken;
  /** KL minus weighted disagreement, in nats: high where the answer changed and no longer depends on the prompt. */
  readonly fixedness: number;
}

/** A fall of the disagreement by one nat counts as much as 1.5 nats of KL: KL alone also rises for ordinary instructions. */
const DISAGREEMENT_WEIGHT = 1.5;

export function fixedness(first: FirstToken): number {
  return first.kl - DISAGREEMENT_WEIGHT * first.disagreement;
}

export async function screen(
  bench: Bench,
  candidates: readonly { readonly text: string; readonly origin: string; readonly leaks: number }[],
  prompts: readonly string[],
  positions: readonly Position[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Screened[]> {
  const best = new Map<string, Screened>();
  let done = 0;
  for (const position of positions) {
    const firsts = await bench.firstTokens(candidates.map(({ text }) => text), prompts, position);
    candidates.forEach((candidate, i) => {
      const first = firsts[i];
      if (first === undefined) return;
      const screened: Screened = { ...candidate, position, first, fixedness: fixedness(first) };
      const known = best.get(candidate.text);
      if (known === undefined || screened.fixedness > known.fixedness) best.set(candidate.text, screened);
    });
    onProgress(++done, positions.length);
  }
  return [...best.values()].sort((a, b) => b.fixedness - a.fixedness);
}
