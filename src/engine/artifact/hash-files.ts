// SHA-256 of each file of a drop, streamed: the next chunk is read while the last one is hashed.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { NEVER, throwIfCancelled, type CancelSignal } from '../core/cancel.ts';
import type { MakeHasher } from '../core/hasher.ts';
import type { Bytes } from '../core/units.ts';

const CHUNK: Bytes = 8 * 2 ** 20;

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
    throwIfCancelled(signal);
    const hasher = await makeHasher();
    let next = source.slice(0, CHUNK);
    for (let begin = 0; begin < source.size; begin += CHUNK) {
      const bytes = await next;
      if (bytes.byteLength < Math.min(CHUNK, source.size - begin)) {
        throw new ArtifactError({ code: 'truncated', format: 'file', file: source.path, offset: begin + bytes.byteLength, expected: `${source.size} bytes`, actual: 'an earlier end (the file changed while it was read)' });
      }
      throwIfCancelled(signal);
      next = source.slice(begin + CHUNK, begin + 2 * CHUNK);
      // Where cancelling or a failure above leaves this read behind, its outcome no longer matters.
      next.catch(() => undefined);
      hasher.update(bytes);
      done += bytes.byteLength;
      onProgress?.(done, total);
    }
    digests.push(hasher.digest());
  }
  return digests;
}
