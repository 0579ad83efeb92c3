// What one pass over every byte of a drop gives: SHA-256 of each file and of each tensor that stands plainly in one, and what
// can be counted of numbers on the way.
import type { Bytes } from '../../core/units.ts';
import type { Buried } from '../inspect/buried.ts';
import type { LowBitsHit } from './low-bits.ts';
import type { TensorStatistics } from './statistics.ts';

export interface TensorDigest {
  readonly name: string;
  /** 'F16', 'Q8_0'; other words as the file writes them. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Path of the file (or member) that names it. */
  readonly file: string;
  readonly bytes: Bytes;
  /** Of its bytes as they stand in the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** Of float tensors. */
  readonly statistics?: TensorStatistics;
}

/** Where something stands among numbers that must not: offset in the file or member that holds it. */
export interface BuriedInNumbers extends Buried {
  readonly file: string;
  readonly root: string;
  readonly inside: string;
}

/** What the low bits of one tensor's numbers spell. */
export interface HiddenInBits extends LowBitsHit {
  readonly tensor: string;
  /** Path of the file (or member) that names it. */
  readonly file: string;
}

export interface Digests {
  /** By the path in the drop, lower-case hexadecimal. */
  readonly files: ReadonlyMap<string, string>;
  readonly tensors: readonly TensorDigest[];
  /** Tensors that have no digest of their own: too many, or laid over others. */
  readonly tensorsLeftOut: number;
  /** Programs, code and pickles found among bytes that no reader takes apart. */
  readonly buried: readonly BuriedInNumbers[];
  readonly lowBits: {
    readonly hits: readonly HiddenInBits[];
    /** Float tensors whose low bits were looked at, and those left out when the limit was reached. */
    readonly looked: number;
    readonly left: number;
  };
}
