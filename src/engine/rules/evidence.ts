// Evidence that rules share: a few bytes around an offset, text cut to a length that can be shown.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { Evidence } from '../core/finding.ts';
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
