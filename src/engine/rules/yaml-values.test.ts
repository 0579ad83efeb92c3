// Values within bounds, and nothing at all beyond them, in time.
import { expect, it } from 'vitest';
import { yamlValues } from './yaml-values.ts';

it('reads aliases', () => expect(yamlValues('a: &a [1]\nb: *a\n')).toEqual([{ a: [1], b: [1] }]));

it('leaves a text of many aliases unread', () => {
  const before = process.cpuUsage();
  expect(yamlValues(`a: &a [${'*a,'.repeat(60_000)}]\n`)).toBeUndefined();
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1);
});

it('takes stars that are no aliases for what they are', () => expect(yamlValues(`a: [${'2*3,'.repeat(2000)}]\n`)).toHaveLength(1));
