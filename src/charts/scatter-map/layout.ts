// Points of two coordinates in a box, equal scales in both directions left aside: axes have no unit of their own.
import { quantileSorted, scaleLinear } from 'd3';

export interface MapMark {
  readonly x: number;
  readonly y: number;
  /** 0…1: how strange. */
  readonly heat: number;
  /** Index of the group, -1 where in none. */
  readonly group: number;
  readonly dimmed: boolean;
}

export interface PlacedGroup {
  readonly group: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly count: number;
}

export interface MapLayout {
  readonly marks: readonly MapMark[];
  readonly groups: readonly PlacedGroup[];
}

export interface MapInput {
  readonly x: number;
  readonly y: number;
  readonly score: number;
  readonly group: number;
  readonly dimmed: boolean;
}

export function layoutMap(points: readonly MapInput[], width: number, height: number): MapLayout {
  const range = (values: number[]): [number, number] => {
    values.sort((a, b) => a - b);
    const [low, high] = [quantileSorted(values, 0.001) ?? 0, quantileSorted(values, 0.999) ?? 1];
    return low === high ? [low - 1, high + 1] : [low, high];
  };
  const x = scaleLinear(range(points.map((point) => point.x)), [14, width - 14]).clamp(true);
  const y = scaleLinear(range(points.map((point) => point.y)), [height - 12, 12]).clamp(true);
  const scores = points.map(({ score }) => Math.log(Math.max(1e-9, score))).sort((a, b) => a - b);
  const [usual, far] = [quantileSorted(scores, 0.5) ?? 0, quantileSorted(scores, 0.995) ?? 1];
  const marks = points.map((point) => ({
    x: x(point.x), y: y(point.y), group: point.group, dimmed: point.dimmed,
    heat: Math.min(1, Math.max(0, (Math.log(Math.max(1e-9, point.score)) - usual) / Math.max(1e-9, far - usual))),
  }));
  const groups = [...new Set(marks.map(({ group }) => group))].filter((group) => group >= 0).map((group) => {
    const members = marks.filter((mark) => mark.group === group);
    const cx = members.reduce((sum, mark) => sum + mark.x, 0) / members.length;
    const cy = members.reduce((sum, mark) => sum + mark.y, 0) / members.length;
    const radii = members.map((mark) => Math.hypot(mark.x - cx, mark.y - cy)).sort((a, b) => a - b);
    return { group, x: cx, y: cy, radius: Math.max(10, (quantileSorted(radii, 0.9) ?? 0) + 6), count: members.length };
  });
  return { marks, groups };
}
