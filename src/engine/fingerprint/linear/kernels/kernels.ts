// The compiled kernels (assembly/kernels.ts) and the memory they work in. One instance a realm, made when first asked for; a caller
// lays out what it needs with an Arena, calls, and copies results out before anyone else calls. WebAssembly's vectors are 128 bits
// wide and its rounding is fixed, so results are the same on every machine.
// All addresses are bytes into the memory, counts are elements, matrices row-major.
import { KERNELS_WASM } from './kernels-wasm.ts';

export interface Kernels {
  /** c [m, n] = a b, single precision; m a multiple of 4, n of 8; (ar, ac) and (br, bc) the strides of rows and columns. */
  multiply32(m: number, n: number, k: number, a: number, ar: number, ac: number, b: number, br: number, bc: number, c: number, panel: number): void;
  /** As multiply32, in double precision; n a multiple of 4. */
  multiply64(m: number, n: number, k: number, a: number, ar: number, ac: number, b: number, br: number, bc: number, c: number, panel: number): void;
  /** c [m, n] = squared distances of the rows of a [m, k] from the rows of b [n, k], double precision; m a multiple of 2, n of 4. */
  distances64(m: number, n: number, k: number, a: number, b: number, c: number, panel: number): void;
  /** x [rows, cols] = max(x + bias, floor); cols a multiple of 4, as every count below. */
  addBias32(rows: number, cols: number, x: number, bias: number, floor: number): void;
  /** out = scale (a - b). */
  difference32(count: number, a: number, b: number, scale: number, out: number): void;
  /** x = 0 wherever y <= 0. */
  maskByPositive32(count: number, x: number, y: number): void;
  columnSums32(rows: number, cols: number, x: number, out: number): void;
  /** One step t of Adam, in place; rate = lr / (1 - beta1^t), root = sqrt(1 - beta2^t). */
  adam32(count: number, values: number, gradient: number, first: number, second: number, rate: number, root: number, beta1: number, beta2: number, epsilon: number): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of WebAssembly: every host has it, the ES2023 library does not name it. */
interface Host {
  readonly WebAssembly: {
    readonly Memory: new (limits: { readonly initial: number }) => Memory;
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  };
}

const PAGE = 65_536;
/** Room for one packed panel: 256 rows of 32 bytes, the same for both precisions. */
const PANEL = 8192;

let made: { readonly kernels: Kernels; readonly memory: Memory } | undefined;

function instance(): { readonly kernels: Kernels; readonly memory: Memory } {
  if (made === undefined) {
    const { WebAssembly } = globalThis as unknown as Host;
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(KERNELS_WASM), { env: { memory } });
    made = { kernels: exports as Kernels, memory };
  }
  return made;
}

/** Addresses one after the other. Everything is laid out first, zeroed; views are taken afterwards: growing moves the memory. */
export class Arena {
  readonly panel: number;
  #end = 0;

  constructor() {
    this.panel = this.take(PANEL);
  }

  /** @returns the address of `bytes` bytes */
  take(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / 16) * 16;
    return at;
  }

  /** The kernels and views of the memory; valid until the next open(). */
  open(): { readonly kernels: Kernels; readonly singles: Float32Array; readonly doubles: Float64Array } {
    const { kernels, memory } = instance();
    const missing = this.#end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    const doubles = new Float64Array(memory.buffer);
    doubles.fill(0, 0, this.#end / 8);
    return { kernels, singles: new Float32Array(memory.buffer), doubles };
  }
}

export function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
