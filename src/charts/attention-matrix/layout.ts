// A causal attention matrix: rows are queries, columns are keys, only key <= query can be seen. The empty upper
// triangle holds the token texts, each beside its own cell of the diagonal, so that one label serves row and column.
// Colours are scaled to the 99 % quantile of the shown values (sinks left out where they are hidden), which the legend
// states, so that a few large cells do not wash out the rest; what lies beyond has the same, darkest colour. Two matrices
// are comparable only where they share scale and cell size, and the page gives both the same.
import { quantile } from 'd3';

export interface MatrixLayout {
  readonly n: number;
  readonly cell: number;
  readonly size: number;
  readonly labels: readonly { readonly x: number; readonly y: number; readonly index: number }[];
  readonly fontSize: number;
}

const LABEL_ROOM = 64;
const MIN_LABEL_CELL = 8.5;

/** `fitFor`: tokens that must fit into the width, at least n (another matrix beside it may have more). */
export function layoutMatrix(n: number, width: number, fitFor = n): MatrixLayout {
  const most = Math.max(1, n, fitFor);
  const withLabels = (width - LABEL_ROOM) / most;
  const cell = Math.min(24, withLabels >= MIN_LABEL_CELL ? withLabels : width / most);
  const fontSize = Math.min(11, cell - 0.5);
  const labels = cell >= MIN_LABEL_CELL ? Array.from({ length: n }, (_, index) => ({ index, x: (index + 1) * cell + 4, y: (index + 0.5) * cell + fontSize * 0.36 })) : [];
  return { n, cell, size: n * cell, labels, fontSize };
}

/** The value that has the darkest colour: the 99 % quantile of what is shown of one or more matrices [query, key]. */
export function colourTop(matrices: readonly { readonly matrix: Float32Array; readonly n: number }[], hideSinks: boolean): number {
  const shown = matrices.flatMap(({ matrix, n }) => {
    const values: number[] = [];
    for (let query = 0; query < n; query++) for (let key = hideSinks ? 1 : 0; key <= query; key++) values.push(matrix[query * n + key] ?? 0);
    return values;
  });
  return quantile(shown, 0.99) ?? 0;
}

export function cellAt(layout: MatrixLayout, x: number, y: number): { readonly query: number; readonly key: number } | undefined {
  const key = Math.floor(x / layout.cell);
  const query = Math.floor(y / layout.cell);
  return query >= 0 && query < layout.n && key >= 0 && key <= query ? { query, key } : undefined;
}
