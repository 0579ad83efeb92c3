// Bytes of a file that nobody could look into, searched for what must not stand there (buried.ts). A pickle or an archive that
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
/** Programs and pictures are no place for numbers; what is compressed shows nothing. */
export const NOT_SEARCHED: ReadonlySet<string> = new Set(['program', 'media', 'sealed']);
const MAX_MEMBERS = 8;

export async function searchOpaque(source: ByteSource, format: string, ranges: readonly ByteRange[], desk: Desk, handedOver?: Bytes): Promise<Buried[]> {
  if (NOT_SEARCHED.has(format)) return [];
  const search = new BuriedSearch();
  for (const { begin, end, state } of ranges) {
    if (state !== 'opaque' || begin >= OPAQUE_SEARCHED) continue;
    const last = Math.min(end, OPAQUE_SEARCHED);
    for (let at = begin; at < last; at += CHUNK) {
      await breathe(desk.signal);
      search.update(await source.slice(at, Math.min(last, at + CHUNK)), at);
    }
  }
  for (const { offset, kind } of search.found.filter(({ kind }) => kind === 'pickle' || kind === 'archive').slice(0, MAX_MEMBERS)) {
    const begin = kind === 'archive' ? offset : await startOfPickle(source, offset);
    if (begin !== undefined && begin !== handedOver) desk.member({ name: `found@${begin}`, source: windowSource(source, `${source.path}!found@${begin}`, begin, source.size), guess: true });
  }
  return search.found;
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
