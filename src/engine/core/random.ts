// Seeded randomness: xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32. Not for secrets.

/** Seeds are whole numbers of 32 bits, from 0. */
export const MAX_SEED = 2 ** 32 - 1;

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  /** An independent stream; the same label always gives the same stream, whatever was drawn before. */
  fork(label: string): Random;
}

/** Where a stream stands: given back to `seeded` with the same seed and label it goes on from there. */
export type RandomState = readonly [number, number, number, number];

export interface ResumableRandom extends Random {
  state(): RandomState;
}

export function seeded(seed: number, label = '', from?: RandomState): ResumableRandom {
  let mix = (seed ^ hash32(label)) >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = from ?? [splitmix(), splitmix(), splitmix(), splitmix()];
  const bits = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return scrambled;
  };
  const next = (): number => (bits() * 2 ** 21 + (bits() >>> 11)) / 2 ** 53;
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    state: () => [a, b, c, d],
    fork: (child) => seeded(seed, `${label}/${child}`),
  };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('pick from an empty list');
  return item;
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** FNV-1a, 32 bits. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
