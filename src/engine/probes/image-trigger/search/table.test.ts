// Made-up tables of sizes: what stands out is named, and nothing is in an ordinary one.
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { glyph, GLYPHS } from '../pictures/glyphs.ts';
import { oddestPairs, oddestShift, type Pair, tableOf } from './table.ts';

const CLASSES = 8;

/** Sources and targets of unlike levels with noise; `change` makes some pairs cheaper. */
function pairsWith(change: (source: number, target: number) => number): Pair[] {
  const random = seeded(3, 'table');
  const level = Array.from({ length: CLASSES }, () => 0.5 * random.next());
  return level.flatMap((from, source) =>
    level.flatMap((to, target) => {
      const size = Math.exp(3 + from + to + 0.2 * (random.next() - 0.5)) * change(source, target);
      return source === target ? [] : [{ source, inversion: { target, size, success: 1, stamp: { family: 'patch' as const, mask: undefined, pattern: new Float32Array() } } }];
    }),
  );
}

describe('the table of pairs', () => {
  it('names the target that every class reaches cheaply', () => {
    const { targets } = tableOf(pairsWith((_, target) => (target === 5 ? 0.2 : 1)), CLASSES, 784);
    expect(targets.indexOf(Math.min(...targets))).toBe(5);
    expect(targets[5]).toBeLessThan(-1);
  });

  it('names a pair that is cheap beyond its two classes', () => {
    const [found] = oddestPairs(tableOf(pairsWith((source, target) => (source === 2 && target === 6 ? 0.1 : 1)), CLASSES, 784), 2);
    expect(found).toMatchObject({ source: 2, target: 6 });
    expect(found?.z).toBeGreaterThan(6);
    expect(oddestPairs(tableOf(pairsWith(() => 1), CLASSES, 784), 1)[0]?.z).toBeLessThan(3);
  });

  it('takes two classes that are near in both directions for alike', () => {
    const alike = tableOf(pairsWith((source, target) => ((source === 4 && target === 7) || (source === 7 && target === 4) ? 0.1 : 1)), CLASSES, 784);
    expect(oddestPairs(alike, 1)[0]?.z).toBeLessThan(3);
  });

  it('names the shift whose pairs are all cheap', () => {
    const found = oddestShift(tableOf(pairsWith((source, target) => ((source + 1) % CLASSES === target ? 0.2 : 1)), CLASSES, 784));
    expect(found?.by).toBe(1);
    expect(found?.z).toBeGreaterThan(6);
  });

  it('says nothing of few classes', () => {
    const few = tableOf(pairsWith(() => 1).filter(({ source, inversion }) => source < 3 && inversion.target < 3), 3, 784);
    expect([oddestPairs(few, 1), oddestShift(few)]).toEqual([[], undefined]);
  });
});

it('draws digits in range, that differ from each other and repeat with the seed', () => {
  const draw = (which: number): Float32Array => glyph({ channels: 3, height: 20, width: 24 }, which, seeded(which));
  for (let which = 0; which < GLYPHS; which++) {
    const picture = draw(which);
    expect(picture).toHaveLength(3 * 20 * 24);
    expect(picture.every((value) => value >= 0 && value <= 1)).toBe(true);
    const ink = picture.reduce((sum, value) => sum + value, 0) / picture.length;
    expect(ink).toBeGreaterThan(0.02);
    expect(ink).toBeLessThan(0.5);
    expect(draw(which)).toEqual(picture);
    expect(draw((which + 1) % GLYPHS)).not.toEqual(picture);
  }
});
