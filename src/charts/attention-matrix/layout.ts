// A causal attention matrix: rows are queries, columns are keys, only key <= query can be seen. The empty upper
// triangle holds the token texts, each beside its own cell of the diagonal, so that one label serves row and column.
// Colours are scaled to the largest shown value (sinks left out where they are hidden), which the legend states:
// two matrices are comparable only where they share that maximum, and the page gives both the same.

export interface MatrixLayout {
  readonly n: number;
  readonly cell: number;
  readonly size: number;
  readonly labels: readonly { readonly x: number; readonly y: number; readonly index: number }[];
  readonly fontSize: number;
}

const LABEL_ROOM = 64;
const MIN_LABEL_CELL = 8.5;

export function layoutMatrix(n: number, width: number): MatrixLayout {
  const withLabels = (width - LABEL_ROOM) / Math.max(1, n);
  const cell = Math.min(26, withLabels >= MIN_LABEL_CELL ? withLabels : width / Math.max(1, n));
  const fontSize = Math.min(11, cell - 0.5);
  const labels = cell >= MIN_LABEL_CELL ? Array.from({ length: n }, (_, index) => ({ index, x: (index + 1) * cell + 4, y: (index + 0.5) * cell + fontSize * 0.36 })) : [];
  return { n, cell, size: n * cell, labels, fontSize };
}

/** The largest value shown, for the colour scale. */
export function matrixMax(matrix: Float32Array, n: number, hideSinks: boolean): number {
  let most = 0;
  for (let query = 0; query < n; query++) {
    for (let key = hideSinks ? 1 : 0; key <= query; key++) {
      if (hideSinks && key === query && query <= 1) continue;
      most = Math.max(most, matrix[query * n + key] ?? 0);
    }
  }
  return most;
}

export function cellAt(layout: MatrixLayout, x: number, y: number): { readonly query: number; readonly key: number } | undefined {
  const key = Math.floor(x / layout.cell);
  const query = Math.floor(y / layout.cell);
  return query >= 0 && query < layout.n && key >= 0 && key <= query ? { query, key } : undefined;
}
