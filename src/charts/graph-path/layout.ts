// A small directed graph in layers from left to right (Sugiyama's scheme: longest path, then barycentres): what leads to
// something stands left of it. Constants stand right before what uses them. Cycles are drawn as if cut at the first edge back.
import type { GraphEdge, GraphNode } from '../../engine/core/finding.ts';

export interface PlacedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  /** SVG path. */
  readonly path: string;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const BOX = { width: 128, height: 42 } as const;
const GAP = { x: 28, y: 14 } as const;
const MARGIN = 8;
const SWEEPS = 4;

export function layoutGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphLayout {
  const known = new Set(nodes.map(({ id }) => id));
  const kept = edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const layerOf = layers(nodes, kept);
  const columns: string[][] = [];
  for (const { id } of nodes) (columns[layerOf.get(id) ?? 0] ??= []).push(id);
  const ordered = order(columns.filter((column) => column !== undefined && column.length > 0), kept);
  const tallest = Math.max(1, ...ordered.map(({ length }) => length));
  const height = tallest * (BOX.height + GAP.y) - GAP.y + 2 * MARGIN;
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  ordered.forEach((column, layer) => {
    const top = (height - (column.length * (BOX.height + GAP.y) - GAP.y)) / 2;
    column.forEach((id, row) => places.set(id, { x: MARGIN + layer * (BOX.width + GAP.x), y: top + row * (BOX.height + GAP.y) }));
  });
  return {
    width: Math.max(1, ordered.length) * (BOX.width + GAP.x) - GAP.x + 2 * MARGIN,
    height,
    nodes: nodes.map((node) => ({ node, ...(places.get(node.id) ?? { x: 0, y: 0 }) })),
    edges: kept.map(({ from, to }) => ({ from, to, path: curve(places.get(from), places.get(to)) })),
  };
}

function layers(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const { from, to } of edges) into.set(to, [...(into.get(to) ?? []), from]);
  const depth = new Map<string, number>();
  const open = new Set<string>();
  const visit = (id: string): number => {
    const done = depth.get(id);
    if (done !== undefined) return done;
    if (open.has(id)) return 0;
    open.add(id);
    const value = Math.max(0, ...(into.get(id) ?? []).map((from) => (open.has(from) ? 0 : visit(from) + 1)));
    open.delete(id);
    depth.set(id, value);
    return value;
  };
  for (const { id } of nodes) visit(id);
  // What nothing leads to moves up to its first user.
  for (const { id } of nodes) {
    if ((into.get(id) ?? []).length > 0) continue;
    const users = edges.filter(({ from }) => from === id).map(({ to }) => depth.get(to) ?? 0);
    if (users.length > 0) depth.set(id, Math.max(0, Math.min(...users) - 1));
  }
  return depth;
}

/** Each column by the mean place of its neighbours in the column before, then after, a few times over. */
function order(columns: readonly (readonly string[])[], edges: readonly GraphEdge[]): string[][] {
  const result = columns.map((column) => [...column]);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    const place = new Map(result.flatMap((column) => column.map((id, i) => [id, (i + 0.5) / column.length] as const)));
    for (const column of forward ? result : result.toReversed()) {
      const weight = new Map(column.map((id) => {
        const near = edges.flatMap(({ from, to }) => (forward && to === id ? [from] : !forward && from === id ? [to] : [])).map((other) => place.get(other) ?? 0.5);
        return [id, near.length === 0 ? (place.get(id) ?? 0.5) : near.reduce((a, b) => a + b, 0) / near.length] as const;
      }));
      column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
      column.forEach((id, i) => place.set(id, (i + 0.5) / column.length));
    }
  }
  return result;
}

function curve(from: { readonly x: number; readonly y: number } | undefined, to: { readonly x: number; readonly y: number } | undefined): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
  const bend = Math.max(18, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
