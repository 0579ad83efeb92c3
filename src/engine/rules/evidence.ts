// Evidence that rules share: a few bytes around an offset, text cut to a length that can be shown.
import type { ByteSource } from '../core/byte-source.ts';
import type { Evidence } from '../core/finding.ts';
import type { Bytes } from '../core/units.ts';

const BEFORE: Bytes = 32;
const SHOWN: Bytes = 160;

/** The bytes around `offset`, as hexadecimal. */
export async function bytesAround(source: ByteSource, offset: Bytes, title: string): Promise<Evidence> {
  const begin = Math.max(0, Math.floor((offset - BEFORE) / 16) * 16);
  const bytes = await source.slice(begin, Math.min(source.size, begin + SHOWN));
  return { kind: 'bytes', title, file: source.path, offset: begin, hex: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
}

/** At most `length` characters, with control characters made visible: what comes out of a file is never shown raw. */
export function shown(text: string, length = 200): string {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
