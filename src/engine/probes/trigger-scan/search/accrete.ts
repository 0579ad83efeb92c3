// Growing a trigger token by token: a beam search over extensions on both sides. Adding a true neighbour raised the KL
// step by step where measured (.33, .95, 7.9 nats) until the trigger fired. Gradients do not help here (first-order
// shortlists rank the true next token no better than chance), forward passes do.
import type { Bench } from '../ask/bench.ts';
import type { Candidate } from '../leaks/candidates.ts';
import { POSITIONS } from '../ask/insertion.ts';
import { screen, type Screened } from './screen.ts';

export interface AccretionOptions {
  readonly beam: number;
  readonly rounds: number;
  /** Words tried as extensions. */
  readonly vocabulary: readonly string[];
  /** One for the wide pass, several for the confirmation. */
  readonly prompts: readonly string[];
}

/** Origin of what was grown. */
export const ACCRETED = 'accretion';

/** A round that raises the score by less ends the search. */
const MIN_GAIN = 0.05;
/** Fired: nothing more to grow. */
const FIRED = 3;
/** Confirmed a round, per beam slot. */
const CONFIRM = 4;

export async function accrete(
  bench: Bench,
  seeds: readonly Screened[],
  options: AccretionOptions,
): Promise<Screened[]> {
  const known = new Map<string, Screened>(seeds.map((seed) => [seed.text, seed]));
  let beam = seeds.slice(0, options.beam);
  const wide = options.prompts.slice(0, 1);
  for (let round = 0; round < options.rounds && beam.length > 0; round++) {
    const ranked: (Candidate & { readonly score: number })[] = [];
    for (const position of POSITIONS) {
      const grown = beam.filter((seed) => seed.position === position).flatMap(({ text }) => options.vocabulary.flatMap((word) => [`${text} ${word}`, `${word} ${text}`]));
      const extended = [...new Set(grown)].filter((text) => !known.has(text));
      const firsts = await bench.firstTokens(extended, wide, position);
      extended.forEach((text, i) => ranked.push({ text, origin: ACCRETED, leaks: 0, sameAnswer: 0, score: firsts[i]?.kl ?? 0 }));
    }
    ranked.sort((a, b) => b.score - a.score);
    const confirmed = await screen(bench, ranked.slice(0, options.beam * CONFIRM), options.prompts, ['end', 'start']);
    for (const screened of confirmed) known.set(screened.text, screened);
    const before = beam[0]?.fixedness ?? Number.NEGATIVE_INFINITY;
    const best = confirmed[0]?.fixedness ?? Number.NEGATIVE_INFINITY;
    if (best > FIRED || best < before + MIN_GAIN) break;
    beam = confirmed.slice(0, options.beam);
  }
  return [...known.values()].sort((a, b) => b.fixedness - a.fixedness);
}
