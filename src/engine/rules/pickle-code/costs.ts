// Harmless functions with arguments that make them run for hours or fill the memory (CWE-400, CWE-789): powers of thousands
// of digits, ranges turned into lists, buffers of terabytes, sums that double what they are given.
import type { Called } from './callers.ts';
import { nameOf, type Collection, type Value } from '../../artifact/pickle/value.ts';

const COST_LIMITS = {
  /** Steps, items or bytes that one call makes out of less: as a list they take 10 GB. */
  items: 2 ** 28,
  /** What stands in the file as it is was paid for by its size: it counts up to here, so that doubling it again and again does. */
  literal: 2 ** 16,
  /** Bits of one whole number: a thousand million digits take minutes. */
  bits: 2 ** 27,
  depth: 200,
} as const;

/** What a call would cost, in words; undefined where it is bearable. */
export class Costs {
  /** Of objects, and of the sums of lists: one may be the argument of any number of calls. */
  readonly #sizes = new Map<Value, number>();
  readonly #sums = new Map<Value, number>();

  of({ callee, args, how }: Called): string | undefined {
    if (callee.kind !== 'global' || how === 'later') return undefined;
    const name = nameOf(callee);
    if (POWER.test(name)) {
      const bits = args.length > 2 ? 0 : this.#bitsOfPower(args);
      return bits > COST_LIMITS.bits ? `a number of ${bits === Number.POSITIVE_INFINITY ? 'unknown length' : `about 2^${Math.ceil(Math.log2(bits))} bits`}` : undefined;
    }
    if (DECIMAL.test(name) && args.some((value) => value.kind === 'text' && FAR_EXPONENT.test(value.value))) return 'a number with a far exponent';
    const size = ALLOCATES.test(name) ? allocated(args) : LAZY.test(name) ? 0 : args.reduce((most, value) => Math.max(most, this.#size(value, 0)), this.#sizeOfCall(callee, args, 0));
    return size > COST_LIMITS.items ? `about 2^${Math.ceil(Math.log2(size))} values` : undefined;
  }

  #bitsOfPower([base, exponent]: readonly Value[]): number {
    if (base?.kind === 'object' || exponent?.kind === 'object') return Number.POSITIVE_INFINITY;
    const [of, by] = [whole(base), whole(exponent)];
    return of === undefined || by === undefined || by <= 0 || Math.abs(of) < 2 ? 0 : Math.log2(Math.abs(of)) * by;
  }

  /** Values that going through this one goes through. */
  #size(value: Value, depth: number): number {
    if (value.kind !== 'object') return Math.min(COST_LIMITS.literal, literalSize(value));
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    const size = depth > COST_LIMITS.depth ? Number.POSITIVE_INFINITY : this.#sizeOfCall(value.callee, value.args, depth + 1);
    this.#sizes.set(value, size);
    return size;
  }

  #sizeOfCall(callee: Value, args: readonly Value[], depth: number): number {
    if (callee.kind !== 'global') return 0;
    const name = nameOf(callee);
    if (RANGE.test(name)) return lengthOfRange(args);
    if (PASSES.test(name)) return args.reduce((most, value) => Math.max(most, this.#size(value, depth)), 0);
    if (BUFFER.test(name)) return Math.max(whole(args[0]) ?? 0, ...args.map((value) => this.#size(value, depth)));
    if (ENCODE.test(name)) return WIDEST_ENCODING * args.reduce((most, value) => Math.max(most, this.#size(value, depth)), 0);
    if (!SUM.test(name)) return 0;
    const [list, start] = args;
    return (list === undefined ? 0 : 'items' in list ? this.#sum(list, depth) : this.#size(list, depth)) + (start === undefined ? 0 : this.#size(start, depth));
  }

  #sum(list: Collection, depth: number): number {
    const known = this.#sums.get(list);
    if (known !== undefined) return known;
    const sum = list.items.reduce((total, item) => total + this.#size(item, depth), 0);
    this.#sums.set(list, sum);
    return sum;
  }
}

const BUILTIN = '^(?:builtins|__builtin__)\\.';
const POWER = new RegExp(`${BUILTIN}pow$`);
const RANGE = new RegExp(`${BUILTIN}x?range$`);
const BUFFER = new RegExp(`${BUILTIN}(?:bytes|bytearray)$`);
const SUM = new RegExp(`${BUILTIN}sum$`);
/** Give back, one by one or at once, what they are given. */
const PASSES = new RegExp(`${BUILTIN}(?:list|tuple|set|frozenset|sorted|reversed|str)$|^collections\\.(?:deque|UserList)$`);
/** Look at the ends of what they are given, and not at each of its values. */
const LAZY = new RegExp(`${BUILTIN}(?:x?range|slice|len|reversed|bool|object)$|^(?:pandas|_codecs|codecs)\\.|^(?:torch|numpy)\\.(?:device|dtype|Size)$|^functools\\.|^copy_?reg\\.`);
const ENCODE = /^_?codecs\.encode$/;
/** One character becomes at most ten (an escape). */
const WIDEST_ENCODING = 10;
/** Numbers among the arguments, or in a tuple of them, are extents. */
const ALLOCATES = /^(?:numpy\.(?:ndarray|recarray|matrix|void|(?:rec\.recarray|char\.chararray|core\.records\.recarray|_core\.records\.recarray|ma\.core\.MaskedArray))|numpy\._?core\.(?:multiarray|_multiarray_umath|_internal)\._reconstruct|torch\.Tensor|torch(?:\.cuda|\.storage)?\.\w+(?:Storage|Tensor)|torch\.nn\.modules\.\w+\.\w+|(?:builtins|__builtin__)\.(?:bytes|bytearray))$/;
const DECIMAL = /^(?:fractions\.Fraction|decimal\.Decimal)$/;
/** Seven digits: whole numbers made of it have ten million and more. */
const FAR_EXPONENT = /[eE][+-]?[1-9]\d{6}/;

function literalSize(value: Value): number {
  if (value.kind === 'text') return value.value.length;
  if (value.kind === 'bytes') return value.length;
  return value.kind === 'dict' ? value.entries.length : 'items' in value ? value.items.length : 0;
}

function whole(value: Value | undefined): number | undefined {
  return value?.kind === 'int' ? Number(value.value) : undefined;
}

function allocated(args: readonly Value[]): number {
  // NEWOBJ_EX gives arguments by name.
  const given = args.flatMap((value) => (value.kind === 'dict' ? value.entries.slice(0, 32).map(([, named]) => named) : [value]));
  const extents = given.flatMap((value) => (value.kind === 'tuple' || value.kind === 'list' ? value.items.slice(0, 32) : [value])).flatMap((value) => whole(value) ?? []);
  return extents.reduce((product, extent) => product * Math.max(1, Math.abs(extent)), 1);
}

function lengthOfRange(args: readonly Value[]): number {
  const [first, second, step = 1] = args.map(whole);
  if (first === undefined) return 0;
  const [begin, end] = second === undefined ? [0, first] : [first, second];
  return step === 0 ? 0 : Math.max(0, (end - begin) / step);
}
