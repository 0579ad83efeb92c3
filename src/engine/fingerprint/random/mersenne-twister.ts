// MT19937 (Matsumoto & Nishimura 1998), seeded as NumPy's RandomState and PyTorch's CPU generator seed it from one integer.

const N = 624;
const M = 397;

export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #at = N;

  /** @param seed 0 to 2^32 - 1. */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const last = state[i - 1] ?? 0;
      state[i] = Math.imul(1_812_433_253, last ^ (last >>> 30)) + i;
    }
  }

  /** 32 random bits as an unsigned integer. */
  next(): number {
    if (this.#at === N) this.#turn();
    let y = this.#state[this.#at++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #turn(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % N] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + M) % N] ?? 0) ^ (y >>> 1) ^ ((y & 1) === 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }
}
