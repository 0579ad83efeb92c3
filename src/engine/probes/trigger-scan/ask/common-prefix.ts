// What rows of token ids have in common, short of the last token of the shortest: that much is run once.
export function commonPrefixLength(rows: readonly (readonly number[])[]): number {
  const first = rows[0];
  if (first === undefined) return 0;
  let length = Math.min(...rows.map((row) => row.length - 1));
  for (const row of rows) {
    for (let i = 0; i < length; i++) if (row[i] !== first[i]) length = i;
  }
  return Math.max(0, length);
}
