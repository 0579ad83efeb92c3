// Models on two directions: positions in pixels with one scale for both axes, and which lie inside a brushed rectangle.
import { extent } from 'd3';

export interface MapModel {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Drawn as ◆ (high), ■ (medium), ring (low candidate) or dot (reference). */
  readonly mark: 'reference' | 'low' | 'medium' | 'high';
  readonly planted: boolean;
}

export interface PlacedModel extends MapModel {
  readonly index: number;
  readonly px: number;
  readonly py: number;
}

export interface Rectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const MARGIN = 18;

export function layoutMap(models: readonly MapModel[], width: number, height: number): readonly PlacedModel[] {
  const [left = 0, right = 1] = extent(models, ({ x }) => x);
  const [low = 0, high = 1] = extent(models, ({ y }) => y);
  const scale = Math.min((width - 2 * MARGIN) / (right - left || 1), (height - 2 * MARGIN) / (high - low || 1));
  return models.map((model, index) => ({ ...model, index, px: width / 2 + (model.x - (left + right) / 2) * scale, py: height / 2 - (model.y - (low + high) / 2) * scale }));
}

/** Which of the wished labels can be written without covering another, first come first served. */
export function freeLabels(placed: readonly PlacedModel[], wished: readonly number[], width: number): number[] {
  const boxes: { readonly x: number; readonly y: number; readonly wide: number }[] = [];
  return wished.filter((index) => {
    const model = placed[index];
    if (model === undefined) return false;
    const wide = 9 + 6.4 * model.name.length;
    const x = model.px > width - 90 ? model.px - wide : model.px;
    if (boxes.some((box) => Math.abs(box.y - model.py) < 13 && x < box.x + box.wide && box.x < x + wide)) return false;
    boxes.push({ x, y: model.py, wide });
    return true;
  });
}

export function modelsIn(placed: readonly PlacedModel[], { x0, y0, x1, y1 }: Rectangle): number[] {
  const inside = (value: number, a: number, b: number): boolean => value >= Math.min(a, b) && value <= Math.max(a, b);
  return placed.filter(({ px, py }) => inside(px, x0, x1) && inside(py, y0, y1)).map(({ index }) => index);
}

export function nearestModel(placed: readonly PlacedModel[], x: number, y: number, within: number): number | undefined {
  let [best, least] = [undefined as number | undefined, within ** 2];
  for (const { index, px, py } of placed) {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance <= least) [best, least] = [index, distance];
  }
  return best;
}
