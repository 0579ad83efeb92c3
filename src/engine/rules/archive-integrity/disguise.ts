// Files whose content is not what their name says, and files that are two things at once.
import { zipInspector } from '../../artifact/containers/zip-inspector.ts';
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { contentOf, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { bytesAround, shown } from '../evidence.ts';
import type { Report } from '../rule.ts';
import { DISGUISE, POLYGLOT } from './rules.ts';
import { isZipInTar } from './zip-in-tar.ts';

/** What a reader of these names expects, where that matters: data that needs no trust. */
const EXPECTED: readonly (readonly [ending: RegExp, formats: readonly string[], what: string])[] = [
  [/\.safetensors$/i, ['safetensors'], 'safetensors'],
  [/\.gguf$/i, ['gguf'], 'GGUF'],
  [/\.onnx$/i, ['onnx'], 'ONNX'],
  [/\.json$/i, ['json', 'text'], 'JSON'],
  [/\.(txt|md|rst|csv|tsv|yaml|yml|toml|cfg|ini|log|jinja2?|model_card)$/i, ['text', 'json', 'jinja'], 'text'],
  [/\.(png|jpe?g|gif|webp|bmp|tiff?|wav|mp3|mp4|flac|pdf)$/i, ['media'], 'a picture, sound or document'],
  [/\.(npy)$/i, ['npy'], 'a NumPy array'],
  [/\.(h5|hdf5)$/i, ['hdf5'], 'HDF5'],
  [/\.tflite$/i, ['tflite'], 'TensorFlow Lite'],
];

/** Contents that run code or hide files when loaded by what they are. */
const HARMFUL: Readonly<Record<string, string>> = { pickle: 'a pickle', zip: 'a zip archive', tar: 'a tar archive', program: 'a program', gzip: 'compressed data', bzip2: 'compressed data', xz: 'compressed data', zstd: 'compressed data', lz4: 'compressed data', sevenzip: 'a 7z archive', rar: 'a RAR archive', hdf5: 'HDF5' };

/** Formats that share their beginning or end with another one by nature. */
const COMPATIBLE: readonly (readonly string[])[] = [['json', 'text'], ['jinja', 'text'], ['json', 'jinja'], ['tflite', 'zip']];

export async function checkDisguise(file: InspectedFile, report: Report): Promise<void> {
  const certain = file.matches.filter(({ sure }) => sure !== 'name');
  const name = (file.member ?? file.path).split(/[/\\]/).at(-1) ?? '';
  const claim = EXPECTED.find(([ending]) => ending.test(name));
  const harmful = certain.find(({ format }) => HARMFUL[format] !== undefined);
  if (claim !== undefined && harmful !== undefined && !certain.some(({ format }) => claim[1].includes(format))) {
    report(DISGUISE, { file, offset: 0, about: harmful.format, title: `${shown(name, 80)} is ${HARMFUL[harmful.format]}, not ${claim[2]} (${harmful.why})`, sure: 'read', evidence: [await bytesAround(file.source, 0, 'The first bytes')] });
  }
  const data = DATA.test(name) && harmful === undefined && !certain.some(({ format }) => claim?.[1].includes(format) === true) ? notWeights(file) : undefined;
  if (data !== undefined) report(DISGUISE, { file, offset: 0, about: 'data', title: `${shown(name, 80)} is ${data}, not ${claim?.[2] ?? 'a model'}`, severity: 'medium', sure: 'read', evidence: [await bytesAround(file.source, 0, 'The first bytes')] });
  const other = WEIGHTS.test(name) && harmful === undefined ? notWeights(file) : undefined;
  if (other !== undefined) report(DISGUISE, { file, offset: 0, about: 'weights', title: `${shown(name, 80)} is ${other}, not a model`, severity: 'low', sure: 'read', evidence: [await bytesAround(file.source, 0, 'The first bytes')] });
  const formats = certain.map(({ format }) => format).filter((format) => format !== 'zip' || !(isWholeZip(file) || isZipInTar(file)));
  const distinct = [...new Set(formats)];
  if (distinct.length < 2 || COMPATIBLE.some((group) => distinct.every((format) => group.includes(format)))) return;
  report(POLYGLOT, { file, about: 'polyglot', title: `${shown(name, 80)} can be read as ${distinct.join(' and as ')}`, sure: 'read', evidence: [{ kind: 'table', title: 'Why', columns: ['format', 'how sure', 'why'], rows: certain.map(({ format, sure, why }) => [format, sure, why]) }, await bytesAround(file.source, 0, 'The first bytes')] });
}

/** Names under which loaders look for pickles and archives of weights. */
const WEIGHTS = /\.(pt|pth|ckpt|pkl|pickle|joblib)$/i;

/** Names of data that needs no trust: what else lies there is no model. */
const DATA = /\.(safetensors|gguf|onnx)$/i;

/** What a file of such a name is that no loader takes; pointers of Git LFS stand for files that were not fetched. */
function notWeights(file: InspectedFile): string | undefined {
  if (file.format === 'media') return file.matches[0]?.why.replace(/^starts as (.*) does$/, '$1');
  if (contentOf(file, jsonInspector)?.value !== undefined) return 'JSON';
  const text = contentOf(file, textInspector);
  return text === undefined || text.startsWith('version https://git-lfs') ? undefined : 'text';
}

/** A zip that starts at the first byte and is nothing else besides. */
function isWholeZip(file: InspectedFile): boolean {
  const zip = contentOf(file, zipInspector);
  return zip !== undefined && zip.shift === 0 && file.matches.filter(({ sure }) => sure !== 'name').length === 1;
}
