// Limits of the log readers: a log comes from outside and may have been written by whoever is to be caught.
// | limit | why |
// |---|---|
// | line | one line without end would be collected whole (CWE-770) |
// | quoted | a stray quote would hold back all rows after it while a growing log is followed |
// | columns, nesting | a record can invent names without bound |
// | row group, cells | Parquet's and Arrow's declared row counts are not trusted for allocation |
// | dictionary | a text column with a new value in each row would fill memory as a "class" |
// | standstill | some damaged Arrow files make the library loop for ever inside its metadata (CWE-835): hosts run the
// |            | reading where it can be ended, and end it when it has not asked its signal for so long |
export const LOG_LIMITS = {
  lineCharacters: 4 * 2 ** 20,
  quotedCharacters: 2 ** 20,
  columns: 8192,
  nesting: 6,
  rowGroupRows: 16 * 2 ** 20,
  recordBatchBytes: 512 * 2 ** 20,
  listLength: 8192,
  classes: 4096,
  sources: 100_000,
  promptCharacters: 20_000,
  standstillSeconds: 45,
} as const;
/** Rows of a text log that are handed on together. */
export const BATCH_ROWS = 8192;
/** Bytes read at once. */
export const CHUNK_BYTES = 4 * 2 ** 20;
