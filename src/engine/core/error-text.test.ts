import { expect, test } from 'vitest';
import { errorText } from './error-text.ts';

test('a parser’s own full stop is left out, and what is no error is said as it is', () => {
  expect(errorText(new SyntaxError('Parser Error: Expected closing statement token. A !== B.'))).toBe('Parser Error: Expected closing statement token. A !== B');
  expect(errorText(new Error('it ends here... \n'))).toBe('it ends here');
  expect(errorText('version 1.5')).toBe('version 1.5');
  expect(errorText(new Error('.'.repeat(9)))).toBe('');
});

test('is bounded', () => {
  expect(errorText(new Error('a'.repeat(10_000)))).toHaveLength(300);
  expect(errorText(new Error('abc. def'), 4)).toBe('abc');
});
