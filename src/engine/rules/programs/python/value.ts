// What is known of a value in a Python source.

/** Where a value comes from. `data`: out of a file that is no source by its name. */
export type Origin = 'decoded' | 'downloaded' | 'machine' | 'typed' | 'data';

export interface Value {
  readonly text?: string;
  readonly number?: number;
  /** A function, class or module by its full name. */
  readonly name?: string;
  readonly items?: readonly Value[];
  readonly from?: Origin;
  /** What it was made of stands in this source. */
  readonly carried?: true;
  /** A name that was put together or reached for in a roundabout way. */
  readonly roundabout?: true;
}
