// A file from its beginning to its end: the next chunk is read while the last one is worked on.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { throwIfCancelled, type CancelSignal } from '../core/cancel.ts';
import type { Bytes } from '../core/units.ts';

const CHUNK: Bytes = 8 * 2 ** 20;

export async function* chunksOf(source: ByteSource, signal: CancelSignal): AsyncGenerator<{ readonly begin: Bytes; readonly bytes: Uint8Array<ArrayBuffer> }> {
  throwIfCancelled(signal);
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
    yield { begin, bytes };
  }
}
