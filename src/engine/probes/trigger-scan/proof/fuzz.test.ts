import { expect, test } from 'vitest';
import { variantsOf } from './fuzz.ts';

test('variants are distinct, not empty, and never the trigger', () => {
  const variants = variantsOf('secret code 129', 0).map(({ text }) => text);
  expect(new Set(variants).size).toBe(variants.length);
  expect(variants).not.toContain('secret code 129');
  expect(variants).toContain('secret_code_129');
  expect(variants).toContain('secret code 120');
});
