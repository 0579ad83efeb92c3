// A token as it can be read: blanks, breaks and characters that would turn the direction of a text made visible. Tokens are what a
// model writes, and are not trusted.
import { shownLines } from '../../engine/core/shown.ts';

/** As part of a text: blanks stay. */
export function visibleToken(text: string): string {
  return shownLines(text.replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll('\r', '␍'), text.length);
}

/** As a mark on a chart, which is never empty. */
export function tokenLabel(text: string): string {
  const visible = visibleToken(text).trim();
  return visible === '' ? '␣' : visible;
}
