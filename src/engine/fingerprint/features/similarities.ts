// How alike a layer finds the inputs, whatever the order of its units.
import type { TapTrace } from '../extract/trace.ts';

/** Cosines between the rows of a layer, each unit's mean over the inputs taken off: Float64Array [inputs, inputs]. */
export function similarities({ values }: TapTrace, inputs: number): Float64Array {
  const units = values.length / inputs;
  const mean = new Float64Array(units);
  for (let i = 0; i < inputs; i++) for (let u = 0; u < units; u++) mean[u] = (mean[u] ?? 0) + (values[i * units + u] ?? 0) / inputs;
  const rows = Array.from({ length: inputs }, (_, i) => {
    const row = Float64Array.from({ length: units }, (__, u) => (values[i * units + u] ?? 0) - (mean[u] ?? 0));
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    return length === 0 ? row : row.map((value) => value / length);
  });
  const cosine = new Float64Array(inputs * inputs);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [rows[i], rows[j]];
      let sum = 0;
      if (a !== undefined && b !== undefined) for (let u = 0; u < units; u++) sum += (a[u] ?? 0) * (b[u] ?? 0);
      cosine[i * inputs + j] = sum;
      cosine[j * inputs + i] = sum;
    }
  }
  return cosine;
}
