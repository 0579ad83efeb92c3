// Evidence that rules share: a few bytes around an offset, text cut to a length that can be shown.
import { isObject } from '../artifact/text.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { Evidence } from '../core/finding.ts';
import { shown } from '../core/shown.ts';
import type { Bytes } from '../core/units.ts';

export { shown, shownLines } from '../core/shown.ts';

const BEFORE: Bytes = 32;
const SHOWN: Bytes = 160;

/** The bytes around `offset`, as hexadecimal; where they cannot be read (a member that does not decompress) the reason. */
export async function bytesAround(source: ByteSource, offset: Bytes, title: string): Promise<Evidence> {
  const begin = Math.max(0, Math.floor((offset - BEFORE) / 16) * 16);
  try {
    const bytes = await source.slice(begin, Math.min(source.size, begin + SHOWN));
    return { kind: 'bytes', title, file: source.path, offset: begin, hex: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
  } catch (error) {
    if (error instanceof ArtifactError) return { kind: 'text', title, text: `not readable: ${error.message}` };
    throw error;
  }
}

/** The beginning of a value's JSON. No more of it is written out: of each of many objects inside one another, that takes the square of the file (CWE-407). */
export function shownJson(value: unknown, length: number): string {
  let text = '';
  const list = (open: string, items: Iterable<readonly [prefix: string, item: unknown]>, close: string): void => {
    text += open;
    let first = true;
    for (const [prefix, item] of items) {
      if (text.length > length) return;
      text += `${first ? '' : ','}${prefix}`;
      first = false;
      write(item);
    }
    text += close;
  };
  const write = (part: unknown): void => {
    if (text.length > length) return;
    if (typeof part === 'string') text += JSON.stringify(part.slice(0, length + 1));
    else if (Array.isArray(part)) list('[', part.slice(0, length + 1).map((item: unknown) => ['', item] as const), ']');
    else if (isObject(part)) list('{', Object.entries(part).slice(0, length + 1).map(([key, item]) => [`${JSON.stringify(key.slice(0, length + 1))}:`, item] as const), '}');
    else text += String(part);
  };
  write(value);
  return shown(text, length);
}
