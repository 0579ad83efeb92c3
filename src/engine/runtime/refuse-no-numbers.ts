// A model whose answers are not numbers (NaN weights, an overflow in every layer) has not been tested by running it: what is
// asked of it afterwards would find nothing, and that would read as a clean result.
import { ArtifactError } from '../core/artifact-error.ts';

/** Throws where no value is a number; single ones that overflow are the input's doing. */
export function refuseNoNumbers(values: Float32Array, field: string): void {
  if (values.length === 0 || !values.every(Number.isNaN)) return;
  throw new ArtifactError({ code: 'runtime-failure', format: 'model', field, expected: 'numbers', actual: 'NaN in every place: its weights may hold NaN, or overflow' });
}

/** Throws where any value is not a number: of probabilities none ever is. */
export function refuseNaN(values: Float32Array, field: string): void {
  const at = values.findIndex(Number.isNaN);
  if (at >= 0) throw new ArtifactError({ code: 'runtime-failure', format: 'model', field, expected: 'numbers', actual: `NaN at place ${at} of ${values.length}: its weights may hold NaN, or overflow` });
}
