// Some of many, taken evenly from first to last: lists of examples are often sorted by class.

/** At most `most` of the indices from 0 to `count` - 1, in order. */
export function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, at) => Math.floor((at * count) / taken));
}
