// Texts that a reader of Python puts together, and long ones that it reads again: a source of a few lines can join, change, decode
// or run one text any number of times (CWE-770, CWE-407), so that all of them together have a limit. Sources of models' code and of the packages around them stay far
// below it.

/** Characters, and items of lists. */
const MAX_MADE = 2 ** 22;

export class TextBudget {
  #made = 0;

  get isSpent(): boolean {
    return this.#made > MAX_MADE;
  }

  /** False where `count` more are too many. */
  takes(count: number): boolean {
    this.#made += count;
    return !this.isSpent;
  }
}
