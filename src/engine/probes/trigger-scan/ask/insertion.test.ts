import { expect, test } from 'vitest';
import { insertCandidate } from './insertion.ts';

test('a candidate goes to the start, the middle or the end, and its range is told', () => {
  for (const position of ['start', 'middle', 'end'] as const) {
    const { text, range } = insertCandidate('one two three four', 'X Y', position);
    expect(text.slice(...range)).toBe('X Y');
    expect(text.replace('X Y', '').replace(/\s+/g, ' ').trim()).toBe('one two three four');
  }
});
