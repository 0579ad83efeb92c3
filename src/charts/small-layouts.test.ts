// Layouts of the smaller charts, and what every chart shares.
import { describe, expect, it } from 'vitest';
import { summariseCoverage } from './coverage-bar/layout.ts';
import { tableToCsv } from './frame/csv.ts';
import { shortNumber, shortP } from './frame/numbers.ts';
import { tokenLabel } from './frame/token-label.ts';
import { layoutRates } from './rate-bars/layout.ts';
import { barLabel, layoutTokenBars, longestLabel } from './token-bars/layout.ts';
import { GUTTER, LANE, layoutArcs } from './token-strip/layout.ts';

it('coverage: what did not run is counted as such', () => {
  const { cells, text } = summariseCoverage([{ analysis: 'a', state: 'skipped' }, { analysis: 'b', state: 'ran' }, { analysis: 'c', state: 'failed' }]);
  expect(cells.map(({ state }) => state)).toEqual(['ran', 'failed', 'skipped']);
  expect(text).toBe('1 of 3 analyses ran · 1 failed · 1 not tested');
  expect(summariseCoverage([]).text).toBe('nothing has run');
});

it('rates: bar, whisker, and firing in at least half', () => {
  const [all, none, empty] = layoutRates([{ variant: 'a', change: '', fired: 4, of: 4 }, { variant: 'b', change: '', fired: 0, of: 4 }, { variant: 'c', change: '', fired: 0, of: 0 }], 100);
  expect(all).toMatchObject({ bar: 100, fires: true });
  expect(all?.whisker[1]).toBe(100);
  expect(none).toMatchObject({ bar: 0, fires: false });
  expect(empty?.fires).toBe(false);
});

it('token bars: the hidden sink neither stands nor scales', () => {
  const layout = layoutTokenBars(Float32Array.from([0.9, 0.05, 0.05]), longestLabel(['<|im_start|>', 'a']), 400, 92, true);
  expect(layout.bars[0]?.height).toBe(0);
  expect(layout.bars[1]?.height).toBeGreaterThan(30);
});

it('token bars: special tokens stand whole under their bars, and what is cut says so', () => {
  expect(barLabel('<|start_header_id|>')).toBe('<|start_header_id|>');
  expect(barLabel('a'.repeat(40))).toBe(`${'a'.repeat(19)}…`);
  const values = Float32Array.from([0.5, 0.5]);
  const room = (label: string): number => layoutTokenBars(values, longestLabel([label]), 400, 92, true).height - 92;
  // At 55 degrees a character of 6 px takes 4.9 px of height.
  expect(room('<|im_start|>')).toBeGreaterThanOrEqual(12 * 4.9 + 8);
  expect(room('a'.repeat(500))).toBe(room('a'.repeat(20)));
});

it('arcs: from the query to what it looks at, over one line or to another', () => {
  const box = (left: number, top: number): { left: number; top: number; width: number; height: number } => ({ left, top, width: 20, height: 20 });
  const arcs = layoutArcs([box(0, 0), box(30, 0), box(0, 30), box(60, 30)], 2, Float32Array.from([0.5, 0.3, 0.2, 0.001]), true);
  expect(arcs.map(({ key }) => key)).toEqual([1]);
  expect(layoutArcs([], 0, new Float32Array(), false)).toEqual([]);
});

it('arcs: over no word of a text that wraps', () => {
  const lines = 4;
  const boxes = Array.from({ length: lines * 10 }, (_, i) => ({ left: GUTTER + (i % 10) * 30, top: LANE + Math.floor(i / 10) * (20 + LANE), width: 28, height: 20 }));
  const weights = new Float32Array(boxes.length).fill(1 / boxes.length);
  for (const query of [39, 25, 12]) {
    const over = layoutArcs(boxes, query, weights, false).filter(({ path }) =>
      alongPath(path).some(([x, y]) => x < 0 || y < 0 || boxes.some(({ left, top, width, height }) => x > left && x < left + width && y > top && y < top + height)));
    expect(over).toEqual([]);
  }
});

/** Points of an SVG path of absolute M, C, Q, H and V. */
function alongPath(path: string): [number, number][] {
  const points: [number, number][] = [];
  let at: [number, number] = [0, 0];
  for (const [, command = '', rest = ''] of path.matchAll(/([MCQHV])([^MCQHV]*)/g)) {
    const n = rest.trim().split(/[\s,]+/).map(Number);
    const controls: [number, number][] = command === 'H' ? [[n[0] ?? 0, at[1]]] : command === 'V' ? [[at[0], n[0] ?? 0]] : Array.from({ length: n.length / 2 }, (_, i) => [n[2 * i] ?? 0, n[2 * i + 1] ?? 0]);
    if (command !== 'M') for (let t = 0; t <= 1; t += 1 / 64) points.push(bezier([at, ...controls], t));
    at = controls.at(-1) ?? at;
  }
  return points;
}

function bezier(points: readonly (readonly [number, number])[], t: number): [number, number] {
  if (points.length <= 1) return [points[0]?.[0] ?? 0, points[0]?.[1] ?? 0];
  return bezier(points.slice(1).map(([x, y], i) => [(1 - t) * (points[i]?.[0] ?? 0) + t * x, (1 - t) * (points[i]?.[1] ?? 0) + t * y] as const), t);
}

describe('CSV', () => {
  it('quotes, and disarms what a spreadsheet would run', () => {
    expect(tableToCsv({ columns: ['a', 'b'], rows: [['x,"y"', -1], ['=HYPERLINK("x")', 2], ['-1+1', 3], ['two\nlines', 4]] })).toBe(
      'a,b\r\n"x,""y""",-1\r\n"\'=HYPERLINK(""x"")",2\r\n\'-1+1,3\r\n"two\nlines",4\r\n',
    );
  });
});

it('numbers and tokens are short and visible', () => {
  expect([0, 1, -2.5, 0.00012, 1234567, 12.345, Number.NaN].map(shortNumber)).toEqual(['0', '1', '−2.5', '1.2e−4', '1.2e+6', '12.3', 'NaN']);
  expect([0.3, 0.058, 0.004, 1e-9].map(shortP)).toEqual(['p=.30', 'p=.06', 'p=.004', 'p=1e-9']);
  expect(['\n', ' a', ' ', '<s>', '\u202Eevil'].map(tokenLabel)).toEqual(['↵', 'a', '␣', '<s>', '\\u202eevil']);
});
