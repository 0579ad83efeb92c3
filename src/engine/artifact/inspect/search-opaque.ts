// Bytes of a file that nobody could look into, and pictures and documents, searched for what must not stand there (buried.ts). A pickle or an archive that
// is found becomes a member of the file, inspected as any other.
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';
import { windowSource } from '../containers/sources.ts';
import { looksLikePickle } from '../pickle/match-pickle.ts';
import { BuriedSearch, type Buried } from './buried.ts';
import type { ByteRange, Desk } from './inspection.ts';

/** Of each file, so that the first findings do not wait for a large one; the rest is searched while it is hashed. */
export const OPAQUE_SEARCHED: Bytes = 32 * 2 ** 20;
const CHUNK: Bytes = 2 ** 20;
/** A program is one already; what is compressed shows nothing. Pictures are searched here, and not again with the weights. */
const SHUT: ReadonlySet<string> = new Set(['program', 'sealed']);
export const NOT_SEARCHED: ReadonlySet<string> = new Set([...SHUT, 'media']);
const MAX_MEMBERS = 8;

export async function searchOpaque(source: ByteSource, format: string, ranges: readonly ByteRange[], desk: Desk, handedOver?: Bytes): Promise<Buried[]> {
  if (SHUT.has(format)) return [];
  const pictures = format === 'media';
  const search = new BuriedSearch();
  for (const { begin, end, state } of ranges) {
    if (state === 'parsed' || (state === 'skipped' && !pictures) || begin >= OPAQUE_SEARCHED) continue;
    const last = Math.min(end, OPAQUE_SEARCHED);
    for (let at = begin; at < last; at += CHUNK) {
      await breathe(desk.signal);
      search.update(await source.slice(at, Math.min(last, at + CHUNK)), at);
    }
  }
  // Words in a document are words.
  const found = pictures ? search.found.filter(({ kind }) => kind === 'program' || kind === 'pickle' || kind === 'archive') : search.found;
  for (const { offset, kind } of found.filter(({ kind }) => kind === 'pickle' || kind === 'archive').slice(0, MAX_MEMBERS)) {
    const begin = kind === 'archive' ? offset : await startOfPickle(source, offset);
    if (begin !== undefined && begin !== handedOver) desk.member({ name: `found@${begin}`, source: windowSource(source, `${source.path}!found@${begin}`, begin, source.size), guess: true });
  }
  return found;
}

/** Pickles begin close before their first import. */
const LOOK_BACK: Bytes = 512;

/** The last PROTO before the mark from which instructions run; the mark itself where it is an instruction. */
async function startOfPickle(source: ByteSource, offset: Bytes): Promise<Bytes | undefined> {
  const from = Math.max(0, offset - LOOK_BACK);
  const bytes = await source.slice(from, Math.min(source.size, offset + 4096));
  const runs = (at: number): boolean => looksLikePickle(bytes.subarray(at), source.size - from - at);
  for (let at = offset - from; at >= 0; at--) if (bytes[at] === 0x80 && (bytes[at + 1] ?? 255) <= 5 && runs(at)) return from + at;
  return runs(offset - from) ? offset : undefined;
}
