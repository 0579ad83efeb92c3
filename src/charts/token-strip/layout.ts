// Arcs from one token to the tokens it looks at, over a text that wraps: boxes come measured from the page. Nothing is drawn
// over words: above each line there is a lane as high as LANE; within a line arcs stay in it, and to another line they go
// along it to the gutter before the lines, up or down there, and along the other line's lane to their token.

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Arc {
  readonly key: number;
  readonly path: string;
  readonly weight: number;
}

const MIN_WEIGHT = 0.02;
const MAX_ARCS = 24;
/** Pixels kept free above each line (token-strip.module.css: line height less token height) and before all lines. */
export const LANE = 13;
export const GUTTER = 12;
const TURN = 4;

export function layoutArcs(boxes: readonly Box[], query: number, weights: Float32Array, hideSinks: boolean): Arc[] {
  const from = boxes[query];
  if (from === undefined) return [];
  const gutter = boxes.reduce((least, { left }) => Math.min(least, left), from.left) - GUTTER / 2;
  return [...weights.keys()]
    .filter((key) => key !== query && (weights[key] ?? 0) >= MIN_WEIGHT && !(hideSinks && key === 0))
    .sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0))
    .slice(0, MAX_ARCS)
    .flatMap((key) => {
      const to = boxes[key];
      return to === undefined ? [] : [{ key, weight: weights[key] ?? 0, path: arc(from, to, gutter) }];
    });
}

function arc(from: Box, to: Box, gutter: number): string {
  const [x0, x1] = [from.left + from.width / 2, to.left + to.width / 2];
  const sameLine = Math.abs(from.top - to.top) < from.height / 2;
  if (sameLine) {
    const lift = Math.min(LANE, 5 + Math.abs(x1 - x0) * 0.05);
    return `M${x0} ${from.top}C${x0} ${from.top - lift} ${x1} ${to.top - lift} ${x1} ${to.top}`;
  }
  const [lane0, lane1] = [from.top - LANE / 2, to.top - LANE / 2];
  const along = lane1 < lane0 ? -TURN : TURN;
  return [
    `M${x0} ${from.top}V${lane0 + TURN}Q${x0} ${lane0} ${x0 - TURN} ${lane0}`,
    `H${gutter + TURN}Q${gutter} ${lane0} ${gutter} ${lane0 + along}`,
    `V${lane1 - along}Q${gutter} ${lane1} ${gutter + TURN} ${lane1}`,
    `H${x1 - TURN}Q${x1} ${lane1} ${x1} ${lane1 + TURN}V${to.top}`,
  ].join('');
}
