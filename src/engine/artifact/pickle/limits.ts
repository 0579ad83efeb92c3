// What one pickle may cost the reader. Each limit is far above what real models need.
export const PICKLE_LIMITS = {
  /** Instructions of one pickle (CWE-400): a state dict of 100,000 tensors needs about three million. */
  maxInstructions: 50_000_000,
  maxStack: 1_000_000,
  maxMemo: 5_000_000,
  /** Items kept of one collection; more are counted. */
  maxItems: 100_000,
  /** Text kept of one string. */
  maxText: 65_536,
  maxLine: 65_536,
  /** Characters of a module's or a function's name: kept with every call of it (CWE-770). */
  maxName: 1024,
  /** Arguments of all calls together, those that each call has for nothing left out: a tuple out of the memo is given to any number of calls (CWE-407). */
  maxArguments: 2 ** 22,
  freeArguments: 64,
  maxListed: 4096,
  /** Pickles inside a pickle's own stream (CWE-674). */
  maxDepth: 8,
  /** Values a naive walk over the result would visit (CWE-776, billion laughs), unless the file itself is as large. */
  maxWeight: 10_000_000,
} as const;
