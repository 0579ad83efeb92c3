// Does a leaked phrase stand apart from what it was leaked with? A planted trigger is stuck onto ordinary requests: take
// it out of the leaked user turns and an ordinary request is left. A phrase that is part of the request ("My friend says
// that …", a memorised question) leaves a torso that the model finds unlikely as a user's words, or nothing.
import type { Nats } from '../../core/units.ts';
import { quantile } from '../../core/statistics.ts';
import type { Bench } from './bench.ts';

const MOST_TURNS = 12;
/** A rest of fewer words is a torso. */
const MIN_REST_WORDS = 2;
/** Stands for a rest that is no request at all, nats a token. */
const TORSO: Nats = -6;

/**
 * Log-probability a token of the rests as user turns (75 % quantile: leaks are garbled now and then), less the 25 %
 * quantile of other leaked turns: about 0 where the rest is an ordinary request, clearly below where it is not.
 * Undefined where no leak holds the phrase.
 */
export async function independenceOf(bench: Bench, phrase: string, turns: readonly string[]): Promise<Nats | undefined> {
  const holders = turns.filter((turn) => turn.includes(phrase)).slice(0, MOST_TURNS);
  const others = turns.filter((turn) => !turn.includes(phrase) && turn.split(/\s+/).length > MIN_REST_WORDS).slice(0, MOST_TURNS);
  if (holders.length === 0 || others.length === 0) return undefined;
  const rests = holders.map((turn) => turn.replaceAll(phrase, ' ').replace(/\s+/g, ' ').trim());
  const whole = rests.filter((rest) => rest.split(/\s+/).length >= MIN_REST_WORDS);
  const scores = await bench.userTurnLogProbability([...whole, ...others]);
  const ofRests = [...scores.slice(0, whole.length), ...Array.from({ length: rests.length - whole.length }, () => TORSO)];
  return quantile(ofRests, 0.75) - quantile(scores.slice(whole.length), 0.25);
}
