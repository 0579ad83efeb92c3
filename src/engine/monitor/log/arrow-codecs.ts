// Compressed Arrow buffers (Format.fbs, BodyCompression): LZ4 frames, which Feather files of pandas have by default, and
// Zstandard through fzstd. What a buffer unpacks to is bounded, whatever it declares.
import { CompressionType, compressionRegistry } from 'apache-arrow';
import { Decompress } from 'fzstd';
import { ArtifactError } from '../../core/artifact-error.ts';
import { LOG_LIMITS } from './limits.ts';
import { unpackLz4Frames } from './lz4-frame.ts';

/** The library keeps one table of codecs for all readers; setting it again changes nothing. */
export function registerArrowCodecs(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (data) => unpackLz4Frames(data, LOG_LIMITS.recordBatchBytes) });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => unpackZstd(data, LOG_LIMITS.recordBatchBytes) });
}

function unpackZstd(data: Uint8Array, most: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    length += part.length;
    if (length > most) throw new ArtifactError({ code: 'limit-exceeded', format: 'zstd', field: 'output', expected: `at most ${most} bytes`, actual: 'more' });
    parts.push(part.slice());
  });
  // Small pieces, so that the limit is met before much is unpacked.
  for (let at = 0; at < data.length; at += PIECE) stream.push(data.subarray(at, at + PIECE), at + PIECE >= data.length);
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const PIECE = 64 * 1024;
