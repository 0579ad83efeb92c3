// Layers down, heads across: one cell each, filled by a number, or holding a thumbnail of its matrix.

export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const LEFT = 22;
const TOP = 15;

export function layoutGrid(layers: number, heads: number, width: number, maxHeight: number, square: boolean): GridLayout {
  const cellWidth = Math.max(3, Math.min(square ? 72 : 60, (width - LEFT) / Math.max(1, heads)));
  const cellHeight = square ? cellWidth : Math.max(4, Math.min(22, (maxHeight - TOP) / Math.max(1, layers)));
  return { columns: heads, rows: layers, cellWidth, cellHeight, left: LEFT, top: TOP, width: LEFT + cellWidth * heads, height: TOP + cellHeight * layers };
}

export interface HeadCell {
  readonly layer: number;
  readonly head: number;
}

/** The cell beside one, in an arrow key's direction and inside the grid; undefined for another key. */
export function stepCell({ rows, columns }: Pick<GridLayout, 'rows' | 'columns'>, { layer, head }: HeadCell, key: string): HeadCell | undefined {
  const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (move === undefined) return undefined;
  const [down = 0, right = 0] = move;
  return { layer: Math.max(0, Math.min(rows - 1, layer + down)), head: Math.max(0, Math.min(columns - 1, head + right)) };
}

export function gridCellAt(layout: GridLayout, x: number, y: number): HeadCell | undefined {
  const head = Math.floor((x - layout.left) / layout.cellWidth);
  const layer = Math.floor((y - layout.top) / layout.cellHeight);
  return head >= 0 && head < layout.columns && layer >= 0 && layer < layout.rows ? { layer, head } : undefined;
}

/** Colours run over at least this much, so that heads which are alike to a hundredth look alike. */
const LEAST_RANGE = 0.01;
/** The few smallest may stand far below the rest, and would leave it one colour. */
const LOW_QUANTILE = 0.05;

/**
 * The shares that have the faintest and the strongest colour. From zero, where shares reach down to it; where most of them lie
 * near the largest (attention beyond the sink in a model with a faint sink) from about the smallest: measured from zero they
 * would all have one colour. What lies below the first has its colour.
 */
export function colourRange(shares: Float32Array): readonly [low: number, high: number] {
  const sorted = Float32Array.from(shares).sort();
  const at = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
  const high = at(1);
  const low = at(0.25) > high / 2 ? Math.min(at(LOW_QUANTILE), high - LEAST_RANGE) : 0;
  return [low, high];
}

/** Place of a share in the range of colours, 0 to 1. */
export function shadeOf(value: number, [low, high]: readonly [number, number]): number {
  return high > low ? Math.max(0, Math.min(1, (value - low) / (high - low))) : 0;
}

/** Indices of the `count` largest values above zero, for the second encoding. */
export function largest(values: Float32Array, count: number): Set<number> {
  const order = [...values.keys()].filter((index) => (values[index] ?? 0) > 0).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  return new Set(order.slice(0, count));
}

/** A matrix [query, key] made small: mean weight of the tokens in each of size x size boxes, key <= query only. */
export function thumbnail(map: Float32Array, begin: number, n: number, size: number, hideSinks: boolean): Float32Array {
  const sums = new Float32Array(size * size);
  const counts = new Float32Array(size * size);
  for (let query = 0; query < n; query++) {
    const row = Math.floor((query * size) / n);
    for (let key = hideSinks ? 1 : 0; key <= query; key++) {
      const at = row * size + Math.floor((key * size) / n);
      sums[at] = (sums[at] ?? 0) + (map[begin + query * n + key] ?? 0);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  return sums.map((sum, at) => ((counts[at] ?? 0) > 0 ? sum / (counts[at] ?? 1) : 0));
}
