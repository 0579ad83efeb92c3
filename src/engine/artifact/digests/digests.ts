// What one pass over every byte of a drop gives: SHA-256 of each file and of each tensor that stands plainly in one.
import type { Bytes } from '../../core/units.ts';

export interface TensorDigest {
  readonly name: string;
  /** As the file writes it: 'F16', 'float32', 'FloatStorage'. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Path of the file (or member) that names it. */
  readonly file: string;
  readonly bytes: Bytes;
  readonly sha256: string;
}

export interface Digests {
  /** By the path in the drop, lower-case hexadecimal. */
  readonly files: ReadonlyMap<string, string>;
  readonly tensors: readonly TensorDigest[];
}
