import { describe, expect, it } from 'vitest';
import { describeJson, describeType, insteadOfJson, parseJson } from './text.ts';

const AT = { format: 'json', file: 'config.json' };

describe('what stands where JSON was expected', () => {
  it.each([['', 'nothing: it is empty (0 bytes)'], [' \n', 'nothing but blanks']])('%j', (text, actual) => {
    expect(() => parseJson(text, AT, 8)).toThrowError(expect.objectContaining({ expected: 'JSON', actual }));
  });

  it.each([
    ['{', 1, '“}”', 'the end of the text'],
    ['{ "é": 1,}', 10, 'a name in double quotes', '“}”'],
    ['{ a: 1 }', 2, 'JSON', '“a: 1 }”'],
    ['[1 2]', 3, '“,”', '“2]”'],
    ['hello', 0, 'JSON', '“hello”'],
    ['["a\nb"]', 1, 'a closing quote on the same line', '“"a↵b"]”'],
    ['{} x', 3, 'JSON', '“x”'],
  ])('%j: at byte %i', (text, offset, expected, actual) => {
    expect(() => parseJson(text, AT, 8)).toThrowError(expect.objectContaining({ code: 'malformed', offset, expected, actual }));
    expect(() => parseJson(text, { ...AT, offset: 8 }, 8)).toThrowError(expect.objectContaining({ offset: offset + 8 }));
  });
});

it('outlives a text that is nested deeper than the stack', () => {
  expect(insteadOfJson('['.repeat(200_000), new SyntaxError('Unexpected end of JSON input'))).toBe('Unexpected end of JSON input');
});

it('says of a number that is too large that it is, and not null', () => {
  const { value } = parseJson('{ "a": 1e999, "b": [1, -1e999], "c": null, "d": "x" }', AT, 8);
  const { a, b, c, d, e } = value as Readonly<Record<string, unknown>>;
  expect([a, c, d, e].map(describeJson)).toEqual(['a number too large to be read (beyond 1.8e308)', 'null', '"x"', 'nothing']);
  expect(describeJson(b)).toBe('[1,"a number too large to be read (beyond 1.8e308)"]');
  expect([describeType(a), describeType(1)]).toEqual(['a number too large to be read (beyond 1.8e308)', 'a number']);
});

it('reads the three words that Python adds, and takes NaN neither for null nor for a key', () => {
  const { value } = parseJson('{ "a": NaN, "b": [1, NaN, -Infinity, Infinity], "NaN": "NaN", "c": null, "d": [] }', AT, 8);
  expect(value).toEqual({ a: Number.NaN, b: [1, Number.NaN, -Infinity, Infinity], NaN: 'NaN', c: null, d: [] });
  const { a, b } = value as Readonly<Record<string, unknown>>;
  expect([describeJson(a), describeType(a)]).toEqual(['NaN, which is no number', 'NaN, which is no number']);
  expect(describeJson(b)).toMatch(/^\[1,"NaN, which is no number","a number too large/);
  for (const broken of ['{ NaN: 1 }', '{ "a": NaN1 }', '{ "a": NaN']) expect(() => parseJson(broken, AT, 8), broken).toThrowError(expect.objectContaining({ code: 'malformed', expected: 'JSON' }));
});
