// Keeps the low frequencies of a picture (cosine transform, rows and columns alike).

export class LowPass {
  readonly #channels: number;
  readonly #height: number;
  readonly #width: number;
  readonly #down: Float64Array;
  readonly #across: Float64Array;

  constructor(channels: number, height: number, width: number, { share, fewest }: { readonly share: number; readonly fewest: number }) {
    [this.#channels, this.#height, this.#width] = [channels, height, width];
    const kept = Math.max(fewest, Math.round(share * Math.min(height, width)));
    [this.#down, this.#across] = [projector(height, kept), projector(width, kept)];
  }

  of(values: Float32Array): Float32Array {
    const [height, width] = [this.#height, this.#width];
    const area = height * width;
    const result = new Float32Array(values.length);
    const half = new Float64Array(area);
    for (let channel = 0; channel < this.#channels; channel++) {
      const begin = channel * area;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let sum = 0;
          for (let from = 0; from < width; from++) sum += (this.#across[x * width + from] ?? 0) * (values[begin + y * width + from] ?? 0);
          half[y * width + x] = sum;
        }
      }
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let sum = 0;
          for (let from = 0; from < height; from++) sum += (this.#down[y * height + from] ?? 0) * (half[from * width + x] ?? 0);
          result[begin + y * width + x] = sum;
        }
      }
    }
    return result;
  }
}

/** [length, length]: onto the first `kept` cosines. */
function projector(length: number, kept: number): Float64Array {
  const matrix = new Float64Array(length * length);
  for (let frequency = 0; frequency < Math.min(kept, length); frequency++) {
    const scale = frequency === 0 ? 1 / length : 2 / length;
    const cosine = (at: number): number => Math.cos((Math.PI * (at + 0.5) * frequency) / length);
    for (let a = 0; a < length; a++) for (let b = 0; b < length; b++) matrix[a * length + b] = (matrix[a * length + b] ?? 0) + scale * cosine(a) * cosine(b);
  }
  return matrix;
}
