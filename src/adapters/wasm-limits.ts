// What WebAssembly bears, in a browser and in Node.
import type { Bytes } from '../engine/core/units.ts';

/** The heap ends at 4 GiB and weights pass through it; 3.5 GiB was measured to load, 5 GiB not. */
export const MAX_MODEL_BYTES: Bytes = 3.5 * 2 ** 30;
export const MAX_THREADS = 8;
