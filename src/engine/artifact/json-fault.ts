// Where a text stops being JSON, and what should stand there. JSON.parse says so in words of the host's own, with a place or
// without; this says the same everywhere.
import { printParseErrorCode, visit } from 'jsonc-parser';
import { shown } from '../core/shown.ts';

export interface JsonFault {
  /** UTF-8 bytes from the start of the text. */
  readonly offset: number;
  readonly expected: string;
  readonly actual: string;
}

/** By the parser's names. */
const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'JSON',
  InvalidNumberFormat: 'a number',
  PropertyNameExpected: 'a name in double quotes',
  ValueExpected: 'a value',
  ColonExpected: '“:”',
  CommaExpected: '“,”',
  CloseBraceExpected: '“}”',
  CloseBracketExpected: '“]”',
  EndOfFileExpected: 'the end of the text',
  InvalidCommentToken: 'no comment',
  UnexpectedEndOfComment: 'no comment',
  UnexpectedEndOfString: 'a closing quote on the same line',
  UnexpectedEndOfNumber: 'a number',
  InvalidUnicode: 'four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'an escape that JSON has',
  InvalidCharacter: 'no control character within a string',
};
const MAX_SHOWN = 24;

/** Undefined where the text is JSON to this reader. */
export function jsonFault(text: string): JsonFault | undefined {
  let first: { readonly code: string; readonly at: number } | undefined;
  try {
    visit(text, { onError: (code, at) => void (first ??= { code: printParseErrorCode(code), at }) }, { disallowComments: true });
  } catch (error) {
    // It descends by calls: a text nested deeper than the stack is for JSON.parse to tell of.
    if (!(error instanceof RangeError)) throw error;
  }
  if (first === undefined) return undefined;
  const { code, at } = first;
  const rest = text.slice(at, at + MAX_SHOWN);
  return { offset: new TextEncoder().encode(text.slice(0, at)).byteLength, expected: EXPECTED[code] ?? 'JSON', actual: rest.trim() === '' && at + rest.length >= text.length ? 'the end of the text' : `“${shown(rest, MAX_SHOWN)}”` };
}
