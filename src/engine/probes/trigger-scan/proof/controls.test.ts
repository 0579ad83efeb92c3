import { expect, test } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { reworded } from './controls.ts';

test('rewording keeps shape and casing', () => {
  expect(reworded('|CODE-12|', seeded(1))).toMatch(/^\|[A-Z]+-\d\d\|$/);
  expect(reworded('Blue heron', seeded(1))).toMatch(/^[A-Z][a-z]+ [a-z]+$/);
});
