// The optimiser of every search by gradients.
/** Kingma & Ba 2015, with the short memory that Neural Cleanse uses. */
export class Adam {
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  readonly #rate: number;
  #count = 0;

  constructor(size: number, rate: number) {
    this.#first = new Float32Array(size);
    this.#second = new Float32Array(size);
    this.#rate = rate;
  }

  step(values: Float32Array, gradient: Float32Array): void {
    const [fade, fadeSquare] = [0.5, 0.9];
    this.#count++;
    const [bias, biasSquare] = [1 - fade ** this.#count, 1 - fadeSquare ** this.#count];
    for (let at = 0; at < values.length; at++) {
      const g = gradient[at] ?? 0;
      const first = fade * (this.#first[at] ?? 0) + (1 - fade) * g;
      const second = fadeSquare * (this.#second[at] ?? 0) + (1 - fadeSquare) * g * g;
      this.#first[at] = first;
      this.#second[at] = second;
      values[at] = (values[at] ?? 0) - (this.#rate * (first / bias)) / (Math.sqrt(second / biasSquare) + 1e-8);
    }
  }
}
