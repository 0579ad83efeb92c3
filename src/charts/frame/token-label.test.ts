import { expect, it } from 'vitest';
import { tokenLabel, visibleToken } from './token-label.ts';

it('shows breaks and blanks, and characters that would turn the text by their codes', () => {
  expect(visibleToken(' a\n\tb')).toBe(' a↵⇥b');
  expect(visibleToken('a\u202Eb')).not.toContain('\u202E');
  expect([tokenLabel(' a'), tokenLabel('  ')]).toEqual(['a', '␣']);
});
