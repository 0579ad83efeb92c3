// What a download leaves where a file of weights should be: a pointer of Git LFS, a page of the host, a message.
import type { ByteSource } from '../../core/byte-source.ts';

const LOOKED_AT = 512;

/** In words; undefined where it is nothing of the kind. */
export async function standsInstead(source: ByteSource): Promise<string | undefined> {
  const begin = new TextDecoder().decode(await source.slice(0, LOOKED_AT)).trimStart();
  if (begin.startsWith('version https://git-lfs.github.com/spec/')) return 'a pointer of Git LFS: the file that it stands for was not fetched';
  if (/^<(?:!doctype html|html|head|\?xml)\b/i.test(begin)) return 'a page of text: the download failed, or asked to sign in';
  return undefined;
}
