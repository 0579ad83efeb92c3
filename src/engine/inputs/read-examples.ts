// The user's clean examples, from the files they have: pictures (a folder of them, classes by subfolder), .npy, lines of
// text, CSV or TSV with a text column and, where there is one, a label column. What cannot be used is said.
import type { Example, RunnableClassifier } from '../audit/analysis.ts';
import { decodeUtf8, readText, utf16Of } from '../artifact/text.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { throwIfCancelled, type CancelSignal } from '../core/cancel.ts';
import { shown } from '../core/shown.ts';
import { CsvReader } from '../monitor/log/csv.ts';
import { fitImage, imagesOfNpy, type DecodeImage } from './images.ts';
import { readNpy } from './npy.ts';
import { spread } from './spread.ts';

const MAX_EXAMPLES = 2000;
/** Of pictures that many values at most, 256 MB as float32: 426 pictures of 224 x 224 in colour. */
const MAX_PICTURE_VALUES = 2 ** 26;
const TEXT_LIMITS = { maxBytes: 64 * 2 ** 20, maxDepth: 1 };
const NEWLINE = 0x0a;
const MAX_SHOWN = 60;
const PICTURE = /\.(png|jpe?g|webp|gif|bmp)$/i;
const ARRAY = /\.npy$/i;
const TABLE = /\.(csv|tsv)$/i;
const TEXT_COLUMNS = ['text', 'sentence', 'content', 'review', 'message', 'input', 'prompt', 'question', 'comment', 'title'];
const LABEL_COLUMNS = ['label', 'class', 'target', 'category', 'y', 'sentiment'];

/** A runnable with examples, and how many of them each file gave. */
export interface WithExamples {
  readonly runnable: RunnableClassifier;
  /** In the order given; files that nothing was taken from are left out. */
  readonly taken: readonly { readonly file: ByteSource; readonly examples: number }[];
}

export function withoutExamples<Classifier extends RunnableClassifier>(runnable: Classifier): Classifier {
  return Object.assign({}, runnable, { examples: [] });
}

export async function withExamples(runnable: RunnableClassifier, files: readonly ByteSource[], decode: DecodeImage, signal: CancelSignal): Promise<WithExamples> {
  const { labels } = runnable.model;
  switch (runnable.task) {
    case 'text-classification': {
      const { examples, taken } = await readAll(files, MAX_EXAMPLES, signal, (file) => readTexts(file, labels, files.length === 1), 'a text file with one example a line, or CSV with a text column');
      return { runnable: { ...runnable, examples }, taken };
    }
    case 'image-classification': {
      const { spec } = runnable.model;
      const most = Math.max(1, Math.min(MAX_EXAMPLES, Math.floor(MAX_PICTURE_VALUES / (spec.channels * spec.height * spec.width))));
      const pictures = files.filter(({ path }) => PICTURE.test(path));
      // A folder of more pictures than are used is often sorted by class.
      const chosen = new Set(spread(pictures.length, most).map((at) => pictures[at]));
      const { examples, taken } = await readAll(files.filter((file) => !PICTURE.test(file.path) || chosen.has(file)), most, signal, (file) => readImages(file, spec, labels, decode, most), 'pictures (.png, .jpg) or a .npy array of images');
      return { runnable: { ...runnable, examples }, taken };
    }
    case 'tabular': {
      const { features } = runnable.model.spec;
      const { examples, taken } = await readAll(files, MAX_EXAMPLES, signal, (file) => readTable(file, features, labels), `rows of ${features} numbers, as CSV or .npy`);
      return { runnable: { ...runnable, examples }, taken };
    }
  }
}

async function readAll<Input>(files: readonly ByteSource[], most: number, signal: CancelSignal, read: (file: ByteSource) => Promise<readonly Example<Input>[]>, expected: string): Promise<Pick<WithExamples, 'taken'> & { readonly examples: readonly Example<Input>[] }> {
  const examples: Example<Input>[] = [];
  const taken: WithExamples['taken'][number][] = [];
  for (const file of files) {
    if (examples.length >= most) break;
    throwIfCancelled(signal);
    const found = await read(file);
    const used = spread(found.length, most - examples.length).flatMap((at) => found[at] ?? []);
    examples.push(...used);
    if (used.length > 0) taken.push({ file, examples: used.length });
  }
  if (examples.length === 0) throw new ArtifactError({ code: 'missing-file', format: 'inputs', expected, actual: files.length === 0 ? 'no file' : `none that can be used in ${files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`}` });
  return { examples, taken };
}

/** `only`: a file given by itself is text, whatever it is called. */
async function readTexts(file: ByteSource, labels: readonly string[], only: boolean): Promise<Example<string>[]> {
  const examples: Example<string>[] = [];
  if (TABLE.test(file.path)) {
    const rows = await cells(file);
    const header = rows.header.map((name) => name.toLowerCase());
    const named = TEXT_COLUMNS.map((name) => header.indexOf(name)).find((at) => at >= 0);
    const text = named ?? longestColumn(rows.rows);
    const label = LABEL_COLUMNS.map((name) => header.indexOf(name)).find((at) => at >= 0) ?? (rows.header.length === 2 ? 1 - text : undefined);
    // Without a column of a known name the first line may be no header.
    const all = named === undefined && label === undefined ? [rows.header, ...rows.rows] : rows.rows;
    for (const [index, row] of all.entries()) add(row[text] ?? '', `${file.path}:${index + 2}`, label === undefined ? undefined : labelIndex(row[label] ?? '', labels));
  } else if (/\.(txt|text|md)$/i.test(file.path) || only) {
    const lines = (await readText(file, 'text', TEXT_LIMITS)).split('\n');
    for (const [index, line] of lines.entries()) add(line, `${file.path}:${index + 1}`, undefined);
  }
  return examples;

  function add(text: string, name: string, label: number | undefined): void {
    if (text.trim() !== '') examples.push({ name, input: text.trim(), ...(label === undefined ? {} : { label }) });
  }
}

function longestColumn(rows: readonly (readonly string[])[]): number {
  const widths = (rows[0] ?? []).map((_, column) => rows.slice(0, 50).reduce((sum, row) => sum + (row[column]?.length ?? 0), 0));
  return Math.max(0, widths.indexOf(Math.max(...widths)));
}

/**
 * Rows of a CSV file. Unlike a log, whose malformed rows are counted and passed over, clean inputs are the user's own to mend: bytes
 * that are no UTF-8, a quote that is not closed and a row of another length are refused.
 */
async function cells(file: ByteSource): Promise<{ readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  let header: readonly string[] = [];
  const rows: string[][] = [];
  for (const batch of new CsvReader(file.path).read(await csvText(file), 0, true)) {
    header = [...batch.columns.keys()];
    const [bad] = batch.malformed ?? [];
    if (bad !== undefined) throw new ArtifactError({ code: 'malformed', format: 'csv', file: file.path, field: `row ${bad.row + 1} after the header`, expected: `${header.length} cells, and quotes that are closed`, actual: `${bad.reason}${bad.text === undefined ? '' : `: ${shown(bad.text, MAX_SHOWN)}`}` });
    const columns = [...batch.columns.values()];
    for (let row = 0; row < batch.rows; row++) rows.push(columns.map((column) => String(column[row] ?? '')));
  }
  return { header, rows };
}

/** Of a very large file its first lines. */
async function csvText(file: ByteSource): Promise<string> {
  const bytes = await file.slice(0, Math.min(file.size, TEXT_LIMITS.maxBytes));
  const wide = utf16Of(bytes);
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes);
  return decodeUtf8(bytes.byteLength === file.size ? bytes : bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1), { format: 'csv', file: file.path });
}

/** A label by name or by index; undefined where it is neither. */
function labelIndex(text: string, labels: readonly string[]): number | undefined {
  const trimmed = text.trim();
  const named = labels.findIndex((label) => label.toLowerCase() === trimmed.toLowerCase());
  if (named >= 0) return named;
  const index = /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : -1;
  return index >= 0 && index < labels.length ? index : undefined;
}

async function readImages(file: ByteSource, spec: Parameters<typeof fitImage>[1], labels: readonly string[], decode: DecodeImage, most: number): Promise<Example<Float32Array>[]> {
  const label = labelIndex(file.path.split('/').at(-2) ?? '', labels);
  const known = label === undefined ? {} : { label };
  if (ARRAY.test(file.path)) return (await imagesOfNpy(file, spec, most)).map((input, index) => ({ name: `${file.path}[${index}]`, input, ...known }));
  if (PICTURE.test(file.path)) return [{ name: file.path, input: fitImage(await decode(await file.slice(0, file.size), file.path), spec), ...known }];
  return [];
}

async function readTable(file: ByteSource, features: number, labels: readonly string[]): Promise<Example<Float32Array>[]> {
  if (ARRAY.test(file.path)) {
    const { shape, values } = await readNpy(file, MAX_EXAMPLES);
    if (shape.length !== 2 || shape[1] !== features) throw new ArtifactError({ code: 'shape-mismatch', format: 'npy', file: file.path, expected: `rows of ${features} numbers`, actual: shape.join(' x ') });
    return Array.from({ length: shape[0] ?? 0 }, (_, row) => ({ name: `${file.path}[${row}]`, input: values.slice(row * features, (row + 1) * features) }));
  }
  if (!TABLE.test(file.path)) return [];
  const { header, rows } = await cells(file);
  const label = LABEL_COLUMNS.map((name) => header.map((column) => column.toLowerCase()).indexOf(name)).find((at) => at >= 0);
  // A first line of numbers is no header.
  const all = header.every(isNumber) ? [header, ...rows] : rows;
  return all.map((row, index) => {
    const values = row.filter((_, column) => column !== label);
    const bad = values.findIndex((cell) => !isNumber(cell));
    if (values.length !== features || bad >= 0) throw new ArtifactError({ code: 'malformed', format: 'csv', file: file.path, field: all === rows ? `row ${index + 1} after the header` : `row ${index + 1}`, expected: `${features} numbers${label === undefined ? '' : ' and a label'}`, actual: values.length === features ? `cell ${bad + 1}: ${shown(values[bad] ?? '', MAX_SHOWN) || 'empty'}` : `${values.length} cells` });
    const known = label === undefined ? undefined : labelIndex(row[label] ?? '', labels);
    return { name: `${file.path}:${index + (all === rows ? 2 : 1)}`, input: Float32Array.from(values, Number), ...(known === undefined ? {} : { label: known }) };
  });
}

function isNumber(cell: string): boolean {
  return cell.trim() !== '' && Number.isFinite(Number(cell));
}
