// The user's clean examples, from the files they have: pictures (a folder of them, classes by subfolder), .npy, lines of
// text, CSV or TSV with a text column and, where there is one, a label column. What cannot be used is said.
import type { Example, RunnableClassifier } from '../audit/analysis.ts';
import { readText } from '../artifact/text.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { CancelSignal } from '../core/cancel.ts';
import { readCsv } from '../monitor/log/csv.ts';
import { fitImage, imagesOfNpy, type DecodeImage } from './images.ts';
import { readNpy } from './npy.ts';

const MAX_EXAMPLES = 2000;
const TEXT_LIMITS = { maxBytes: 64 * 2 ** 20, maxDepth: 1 };
const TEXT_COLUMNS = ['text', 'sentence', 'content', 'review', 'message', 'input', 'prompt', 'question', 'comment', 'title'];
const LABEL_COLUMNS = ['label', 'class', 'target', 'category', 'y', 'sentiment'];

/** The same runnable with examples. */
export async function withExamples(runnable: RunnableClassifier, files: readonly ByteSource[], decode: DecodeImage, signal: CancelSignal): Promise<RunnableClassifier> {
  const { labels } = runnable.model;
  switch (runnable.task) {
    case 'text-classification':
      return { ...runnable, examples: required(await readTexts(files, labels, signal), 'a text file with one example a line, or CSV with a text column') };
    case 'image-classification':
      return { ...runnable, examples: required(await readImages(files, runnable.model.spec, labels, decode), 'pictures (.png, .jpg) or a .npy array of images') };
    case 'tabular':
      return { ...runnable, examples: required(await readTable(files, runnable.model.spec.features, labels, signal), `rows of ${runnable.model.spec.features} numbers, as CSV or .npy`) };
  }
}

function required<T>(examples: readonly T[], expected: string): readonly T[] {
  if (examples.length === 0) throw new ArtifactError({ code: 'missing-file', format: 'inputs', expected, actual: 'none that can be used' });
  return examples.slice(0, MAX_EXAMPLES);
}

async function readTexts(files: readonly ByteSource[], labels: readonly string[], signal: CancelSignal): Promise<Example<string>[]> {
  const examples: Example<string>[] = [];
  for (const file of files) {
    if (/\.(csv|tsv)$/i.test(file.path)) {
      const rows = await cells(file, signal);
      const header = rows.header.map((name) => name.toLowerCase());
      const named = TEXT_COLUMNS.map((name) => header.indexOf(name)).find((at) => at >= 0);
      const text = named ?? longestColumn(rows.rows);
      const label = LABEL_COLUMNS.map((name) => header.indexOf(name)).find((at) => at >= 0) ?? (rows.header.length === 2 ? 1 - text : undefined);
      // Without a column of a known name the first line may be no header.
      const all = named === undefined && label === undefined ? [rows.header, ...rows.rows] : rows.rows;
      for (const [index, row] of all.entries()) add(row[text] ?? '', `${file.path}:${index + 2}`, label === undefined ? undefined : labelIndex(row[label] ?? '', labels));
    } else if (/\.(txt|text|md)$/i.test(file.path) || files.length === 1) {
      const lines = (await readText(file, 'text', TEXT_LIMITS)).split('\n');
      for (const [index, line] of lines.entries()) add(line, `${file.path}:${index + 1}`, undefined);
    }
  }
  return examples;

  function add(text: string, name: string, label: number | undefined): void {
    if (text.trim() !== '' && examples.length < MAX_EXAMPLES) examples.push({ name, input: text.trim(), ...(label === undefined ? {} : { label }) });
  }
}

function longestColumn(rows: readonly (readonly string[])[]): number {
  const widths = (rows[0] ?? []).map((_, column) => rows.slice(0, 50).reduce((sum, row) => sum + (row[column]?.length ?? 0), 0));
  return Math.max(0, widths.indexOf(Math.max(...widths)));
}

async function cells(file: ByteSource, signal: CancelSignal): Promise<{ readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  let header: readonly string[] = [];
  const rows: string[][] = [];
  for await (const batch of readCsv(file, signal)) {
    header = [...batch.columns.keys()];
    const columns = [...batch.columns.values()];
    for (let row = 0; row < batch.rows && rows.length < MAX_EXAMPLES; row++) rows.push(columns.map((column) => String(column[row] ?? '')));
    if (rows.length >= MAX_EXAMPLES) break;
  }
  return { header, rows };
}

/** A label by name or by index; undefined where it is neither. */
function labelIndex(text: string, labels: readonly string[]): number | undefined {
  const trimmed = text.trim();
  const named = labels.findIndex((label) => label.toLowerCase() === trimmed.toLowerCase());
  if (named >= 0) return named;
  const index = /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : -1;
  return index >= 0 && index < labels.length ? index : undefined;
}

async function readImages(files: readonly ByteSource[], spec: Parameters<typeof fitImage>[1], labels: readonly string[], decode: DecodeImage): Promise<Example<Float32Array>[]> {
  const examples: Example<Float32Array>[] = [];
  for (const file of files) {
    if (examples.length >= MAX_EXAMPLES) break;
    const label = labelIndex(file.path.split('/').at(-2) ?? '', labels);
    const known = label === undefined ? {} : { label };
    if (/\.npy$/i.test(file.path)) for (const [index, input] of (await imagesOfNpy(file, spec)).entries()) examples.push({ name: `${file.path}[${index}]`, input, ...known });
    else if (/\.(png|jpe?g|webp|gif|bmp)$/i.test(file.path)) examples.push({ name: file.path, input: fitImage(await decode(await file.slice(0, file.size), file.path), spec), ...known });
  }
  return examples;
}

async function readTable(files: readonly ByteSource[], features: number, labels: readonly string[], signal: CancelSignal): Promise<Example<Float32Array>[]> {
  const examples: Example<Float32Array>[] = [];
  for (const file of files) {
    if (/\.npy$/i.test(file.path)) {
      const { shape, values } = await readNpy(file);
      if (shape.length !== 2 || shape[1] !== features) throw new ArtifactError({ code: 'shape-mismatch', format: 'npy', file: file.path, expected: `rows of ${features} numbers`, actual: shape.join(' x ') });
      for (let row = 0; row < Math.min(MAX_EXAMPLES, shape[0] ?? 0); row++) examples.push({ name: `${file.path}[${row}]`, input: values.slice(row * features, (row + 1) * features) });
    } else if (/\.(csv|tsv)$/i.test(file.path)) {
      const { header, rows } = await cells(file, signal);
      const label = LABEL_COLUMNS.map((name) => header.map((column) => column.toLowerCase()).indexOf(name)).find((at) => at >= 0);
      for (const [index, row] of rows.entries()) {
        const numbers = row.filter((_, column) => column !== label).map(Number);
        const known = label === undefined ? undefined : labelIndex(row[label] ?? '', labels);
        if (numbers.length === features && numbers.every(Number.isFinite)) examples.push({ name: `${file.path}:${index + 2}`, input: Float32Array.from(numbers), ...(known === undefined ? {} : { label: known }) });
      }
    }
  }
  return examples;
}
