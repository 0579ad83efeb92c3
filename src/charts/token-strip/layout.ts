// Arcs from one token to the tokens it looks at, over a text that wraps: boxes come measured from the page.

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

export function layoutArcs(boxes: readonly Box[], query: number, weights: Float32Array, hideSinks: boolean): Arc[] {
  const from = boxes[query];
  if (from === undefined) return [];
  return [...weights.keys()]
    .filter((key) => key !== query && (weights[key] ?? 0) >= MIN_WEIGHT && !(hideSinks && key === 0))
    .sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0))
    .slice(0, MAX_ARCS)
    .flatMap((key) => {
      const to = boxes[key];
      return to === undefined ? [] : [{ key, weight: weights[key] ?? 0, path: arc(from, to) }];
    });
}

function arc(from: Box, to: Box): string {
  const [x0, x1] = [from.left + from.width / 2, to.left + to.width / 2];
  const sameLine = Math.abs(from.top - to.top) < from.height / 2;
  if (sameLine) {
    const lift = Math.min(16, 5 + Math.abs(x1 - x0) * 0.05);
    return `M${x0} ${from.top}C${x0} ${from.top - lift} ${x1} ${to.top - lift} ${x1} ${to.top}`;
  }
  const y1 = to.top + to.height;
  const bend = Math.max(8, (from.top - y1) / 2);
  return `M${x0} ${from.top}C${x0} ${from.top - bend} ${x1} ${y1 + bend} ${x1} ${y1}`;
}
