// Plain text that no other reader claims (README, LICENSE, merges.txt, Python). Kept whole for rules that look at words.
import type { Inspector } from '../inspect/inspection.ts';
import { readText, TOKENIZER_LIMITS, utf16Of } from '../text.ts';
import { isText } from './json-inspector.ts';

/** Formats that are never text: text under such a name is something else, and nobody knows what. */
const NEVER_TEXT = /\.(?:ptl|pte|pt2|skops|tflite|mlmodel|npz)$/i;

export const textInspector: Inspector<string> = {
  format: 'text',
  /** A last resort: sure as a name is, so that any reader that knows the content goes first. */
  match: ({ source, head }) => (source.size > 0 && !NEVER_TEXT.test(source.path) && (isWideText(head) || isText(head) && isUtf8(head, source.size > head.byteLength)) ? { format: 'text', sure: 'name', why: 'text without control characters' } : undefined),
  async inspect(source, desk) {
    const text = await readText(source, 'text', TOKENIZER_LIMITS);
    desk.parsed(0, source.size, 'text');
    if (text.startsWith('version https://git-lfs.github.com/spec/')) desk.incomplete('a pointer of Git LFS: the file that it stands for was not fetched');
    return text;
  },
};

function isWideText(head: Uint8Array): boolean {
  const wide = utf16Of(head);
  return wide !== undefined && isText(new TextEncoder().encode(new TextDecoder(wide).decode(head.subarray(0, head.byteLength & ~1))));
}

function isUtf8(head: Uint8Array, cut: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: cut });
    return true;
  } catch {
    return false;
  }
}
