// SHA-256 of each file of a drop, streamed.
import type { ByteSource } from '../core/byte-source.ts';
import { NEVER, type CancelSignal } from '../core/cancel.ts';
import type { MakeHasher } from '../core/hasher.ts';
import type { Bytes } from '../core/units.ts';
import { chunksOf } from './read-chunks.ts';

export interface HashOptions {
  /** Bytes hashed so far, over all files. */
  readonly onProgress?: (done: Bytes, total: Bytes) => void;
  readonly signal?: CancelSignal;
}

/** Hexadecimal digests in the order of `sources`. */
export async function hashFiles(sources: readonly ByteSource[], makeHasher: MakeHasher, { onProgress, signal = NEVER }: HashOptions = {}): Promise<string[]> {
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  const digests: string[] = [];
  let done = 0;
  for (const source of sources) {
    const hasher = await makeHasher();
    for await (const { bytes } of chunksOf(source, signal)) {
      hasher.update(bytes);
      done += bytes.byteLength;
      onProgress?.(done, total);
    }
    digests.push(hasher.digest());
  }
  return digests;
}
