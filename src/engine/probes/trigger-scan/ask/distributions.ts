// Next-token distributions, compared: entropy, KL divergence, Jensen-Shannon disagreement. Logits in, nats out.
import type { Nats, Probability } from '../../../core/units.ts';

/** In place: logits [vocabulary] -> log-probabilities. */
export function logSoftmax(logits: Float32Array): Float32Array {
  const logZ = logSumExp(logits);
  for (let v = 0; v < logits.length; v++) logits[v] = (logits[v] ?? 0) - logZ;
  return logits;
}

/** The likeliest ids, likeliest first, in one pass: few of many. */
export function topIds(logProbs: Float32Array, count: number, except: ReadonlySet<number>): number[] {
  const best: number[] = [];
  for (let id = 0; id < logProbs.length; id++) {
    const own = logProbs[id] as number;
    if (best.length === count && !(own > (logProbs[best[count - 1] ?? 0] as number))) continue;
    if (except.has(id)) continue;
    const at = best.findIndex((other) => own > (logProbs[other] as number));
    best.splice(at < 0 ? best.length : at, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}

function logSumExp(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < logits.length; v++) if ((logits[v] as number) > max) max = logits[v] as number;
  let sum = 0;
  for (let v = 0; v < logits.length; v++) sum += Math.exp((logits[v] as number) - max);
  return max + Math.log(sum);
}

export interface Compared {
  readonly entropy: Nats;
  /** KL(p || reference). */
  readonly kl: Nats;
  readonly logZ: number;
}

/**
 * One distribution against a reference, in two passes over the vocabulary. Adds p * weight to `pool` where given,
 * for the mixture that the disagreement needs.
 * logits, reference (log-probabilities), pool: Float32Array [vocabulary].
 */
export function compare(logits: Float32Array, reference: Float32Array, pool?: Float32Array, weight = 1): Compared {
  const size = logits.length;
  let max = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < size; v++) if ((logits[v] as number) > max) max = logits[v] as number;
  let z = 0;
  let dot = 0;
  let cross = 0;
  const exps = scratch(size);
  for (let v = 0; v < size; v++) {
    const shifted = (logits[v] as number) - max;
    // Below e^-20 a token adds less than 1e-4 nats in a vocabulary of 50,000.
    const e = shifted < -20 ? 0 : Math.exp(shifted);
    exps[v] = e;
    z += e;
    dot += e * shifted;
    cross += e * (reference[v] as number);
  }
  if (pool !== undefined) {
    const scale = weight / z;
    for (let v = 0; v < size; v++) pool[v] = (pool[v] as number) + (exps[v] as number) * scale;
  }
  const logSum = Math.log(z);
  const entropy = logSum - dot / z;
  return { entropy, kl: Math.max(0, -entropy - cross / z), logZ: max + logSum };
}

export interface Gained {
  readonly id: number;
  readonly probability: Probability;
}

/** A token that a reference holds for impossible gains no more than this, nats. What is as improbable as this now gains next to nothing. */
export const MOST_GAIN = 8;
const LEAST_GAINING = 0.01;

/** The tokens that gained most over the reference, p log(p / reference), largest first. Both Float32Array [vocabulary], probabilities. */
export function mostGained(probabilities: Float32Array, reference: Float32Array, count: number): Gained[] {
  const best: (Gained & { readonly gain: number })[] = [];
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id] as number;
    if (probability < LEAST_GAINING) continue;
    const gain = probability * Math.min(MOST_GAIN, Math.log(probability / (reference[id] as number)));
    if (gain <= 0 || (best.length === count && gain <= (best[count - 1]?.gain ?? 0))) continue;
    const at = best.findIndex((other) => gain > other.gain);
    best.splice(at < 0 ? best.length : at, 0, { id, probability, gain });
    if (best.length > count) best.pop();
  }
  return best.map(({ id, probability }) => ({ id, probability }));
}

let buffer = new Float32Array(0);
function scratch(size: number): Float32Array {
  if (buffer.length < size) buffer = new Float32Array(size);
  return buffer;
}

/** Entropy of a distribution given as probabilities. */
export function entropyOf(probabilities: Float32Array): Nats {
  let sum = 0;
  for (let v = 0; v < probabilities.length; v++) {
    const p = probabilities[v] as number;
    if (p > 1e-12) sum -= p * Math.log(p);
  }
  return sum;
}

export function argmax(values: Float32Array): number {
  let best = 0;
  for (let v = 1; v < values.length; v++) if ((values[v] as number) > (values[best] as number)) best = v;
  return best;
}
