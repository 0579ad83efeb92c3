// What a search among unread bytes came upon, looked at once more: words are told only where the text around them is a call or
// a command, whole programs and pickles as they are. One of each kind is enough to say.
import type { ByteSource } from '../../core/byte-source.ts';
import type { Evidence } from '../../core/finding.ts';
import type { Bytes } from '../../core/units.ts';
import type { Buried } from '../../artifact/inspect/buried.ts';
import { codeInText } from '../code-in-text.ts';
import { bytesAround, shownLines } from '../evidence.ts';

export interface Confirmed {
  readonly offset: Bytes;
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

const BEFORE: Bytes = 200;
const BEHIND: Bytes = 400;
/** A shebang that names an interpreter. */
const SHEBANG = /^#!\/(?:usr\/)?(?:local\/)?bin\/(?:env\s)?\s{0,4}(?:ba|z|da|k)?(?:sh|python|perl|ruby|node|php|lua)/;

export async function confirm(source: ByteSource, buried: readonly Buried[]): Promise<Confirmed[]> {
  const byKind = new Map<string, Confirmed>();
  for (const { offset, kind, what } of buried) {
    if (kind === 'archive') continue;
    if (kind === 'program' || kind === 'pickle') {
      if (!byKind.has(what)) byKind.set(what, { offset, what: capital(what), evidence: [await bytesAround(source, offset, 'The bytes there')] });
      continue;
    }
    const { text, at } = await textAround(source, offset);
    const code = kind === 'script' ? (SHEBANG.test(text.slice(at)) ? { what: 'a script' } : undefined) : codeInText(text);
    if (code !== undefined && !byKind.has(code.what)) byKind.set(code.what, { offset, what: capital(code.what), evidence: [{ kind: 'source', title: 'The text there', text: shownLines(text, 600), marks: [] }, await bytesAround(source, offset, 'The bytes there')] });
  }
  return [...byKind.values()];
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The run of printable characters (with white space) that holds `offset`. */
async function textAround(source: ByteSource, offset: Bytes): Promise<{ readonly text: string; readonly at: number }> {
  const from = Math.max(0, offset - BEFORE);
  const bytes = await source.slice(from, Math.min(source.size, offset + BEHIND));
  const plain = (byte: number | undefined): boolean => byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  let [begin, end] = [offset - from, offset - from];
  while (begin > 0 && plain(bytes[begin - 1])) begin--;
  while (plain(bytes[end])) end++;
  return { text: new TextDecoder().decode(bytes.subarray(begin, end)), at: offset - from - begin };
}
