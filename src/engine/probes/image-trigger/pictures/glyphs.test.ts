// Digits as scikit-learn's set has them, enlarged: the small ones where the picture is as small, soft ones where it is larger.
import { expect, it } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { enlargedGlyph, glyph } from './glyphs.ts';

const grey = (side: number) => ({ channels: 1, height: side, width: side });

it('leaves a small digit as it is', () => {
  expect(enlargedGlyph(grey(8), 3, seeded(2))).toEqual(glyph(grey(8), 3, seeded(2)));
});

it('enlarges it with soft strokes that fill the picture', () => {
  const share = (picture: Float32Array, of: (value: number) => boolean): number => picture.filter(of).length / picture.length;
  for (let digit = 0; digit < 10; digit++) {
    const [soft, drawn] = [enlargedGlyph(grey(24), digit, seeded(digit)), glyph(grey(24), digit, seeded(digit))];
    expect(share(soft, (value) => value > 0.02 && value < 0.98)).toBeGreaterThan(share(drawn, (value) => value > 0.02 && value < 0.98));
    expect(soft.every((value) => value >= 0 && value <= 1)).toBe(true);
    const inked = [...soft.keys()].filter((at) => (soft[at] ?? 0) > 0.3).map((at) => Math.floor(at / 24));
    expect(Math.max(...inked) - Math.min(...inked)).toBeGreaterThan(18);
  }
});
