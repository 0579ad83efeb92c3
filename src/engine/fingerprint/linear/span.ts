// Coordinates in the affine span of a few points in many dimensions: a rotation, so distances, means and covariances are
// what they were, in at most rows - 1 dimensions. What sticks out of the span is kept as one squared length per row.
import { thinSvd } from './decompositions.ts';
import { centred, columnMeans, dot, multiplyTransposed, rowOf, takeRows, type Matrix } from './matrix.ts';

export interface Span {
  readonly dimensions: number;
  /** @returns coordinates [rows, dimensions] and the squared distance of each row from the span */
  project(rows: Matrix): { readonly coordinates: Matrix; readonly residual: Float64Array };
}

/** Directions below this share of the largest are rounding noise. */
const NOISE = 1e-7;

export function spanOf(train: Matrix): Span {
  const mean = columnMeans(train);
  const { singular, right } = thinSvd(centred(train, mean));
  const floor = (singular[0] ?? 0) * NOISE;
  const basis = takeRows(right, Array.from(singular.keys()).filter((i) => (singular[i] ?? 0) > floor));
  return {
    dimensions: basis.rows,
    project: (rows) => {
      const offset = centred(rows, mean);
      const coordinates = multiplyTransposed(offset, basis);
      const residual = Float64Array.from({ length: rows.rows }, (_, i) => {
        const [whole, inside] = [rowOf(offset, i), rowOf(coordinates, i)];
        return Math.max(0, dot(whole, whole) - dot(inside, inside));
      });
      return { coordinates, residual };
    },
  };
}
