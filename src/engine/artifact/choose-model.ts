// Which of the files in a drop are "the model": people drop a whole download, with a GGUF beside safetensors, ONNX exports
// in a subfolder and one wrapping directory. What is left aside is said in the artifact's notes.
import type { ByteSource } from '../core/byte-source.ts';
import type { ArtifactFile, LeftOut } from './artifact.ts';
import { baseName, directoryOf } from './formats/reader.ts';

export type ModelChoice =
  | { readonly kind: 'hugging-face'; readonly directory: string; readonly weights: readonly ByteSource[]; readonly notes: readonly string[] }
  | { readonly kind: 'gguf'; readonly files: readonly ByteSource[]; readonly notes: readonly string[] }
  | { readonly kind: 'onnx'; readonly file: ByteSource; readonly directory: string; readonly notes: readonly string[] }
  | { readonly kind: 'unknown'; readonly directory: string; readonly notes: readonly string[] };

/** Order: safetensors beside a config.json, GGUF, ONNX, safetensors alone; the outermost folder first, then by name. */
export function chooseModel(files: readonly ArtifactFile[]): ModelChoice {
  const configs = new Set(files.filter(({ source }) => baseName(source.path) === 'config.json').map(({ source }) => directoryOf(source.path)));
  const ordered = [...files].sort((a, b) => depth(a) - depth(b) || (a.source.path < b.source.path ? -1 : 1));
  const safetensors = ordered.filter(({ format }) => format === 'safetensors').map(({ source }) => source);
  const ggufs = ordered.filter(({ format }) => format === 'gguf').map(({ source }) => source);
  const onnx = ordered.filter(({ format }) => format === 'onnx').map(({ source }) => source);

  const withConfig = safetensors.filter(({ path }) => configs.has(directoryOf(path)));
  const lead = withConfig[0];
  if (lead !== undefined) return folder(lead, safetensors, leftAside([...ggufs, ...onnx], safetensors, directoryOf(lead.path)));
  const gguf = ggufs[0];
  if (gguf !== undefined) {
    const taken = splitParts(gguf, ggufs);
    return { kind: 'gguf', files: taken, notes: leftAside([...ggufs.filter((file) => !taken.includes(file)), ...onnx, ...safetensors], [], undefined) };
  }
  const decoder = [...onnx].sort((a, b) => onnxRank(a.path) - onnxRank(b.path))[0];
  if (decoder !== undefined) {
    const own = directoryOf(decoder.path);
    const directory = configs.has(own) || !configs.has(directoryOf(own)) ? own : directoryOf(own);
    return { kind: 'onnx', file: decoder, directory, notes: leftAside([...onnx.filter((file) => file !== decoder), ...safetensors], [], undefined) };
  }
  const bare = safetensors[0];
  if (bare !== undefined) return folder(bare, safetensors, leftAside([], safetensors, directoryOf(bare.path)));
  const part = ordered.find(({ source }) => isFolderPart(baseName(source.path)));
  return part === undefined
    ? { kind: 'unknown', directory: commonDirectory(files), notes: [] }
    : { kind: 'hugging-face', directory: directoryOf(part.source.path), weights: [], notes: [] };
}

/** Weights of older tools have no format of their own that tells them from other pickles: their usual names do. */
const OLDER_WEIGHTS = /^(pytorch_model|tf_model|flax_model|rust_model|adapter_model|consolidated|model)[^/]*\.(bin|pt|pth|ckpt|h5|msgpack|ot)$/i;

/** What else in the drop is a model, beside the weights that were taken; undefined where nothing was taken, or there is nothing else. */
export function modelsLeftOut(files: readonly ArtifactFile[], taken: readonly string[]): LeftOut | undefined {
  if (taken.length === 0) return undefined;
  const models = files
    .filter(({ source, format }) => !taken.includes(source.path) && (['safetensors', 'gguf', 'onnx'].includes(format) || OLDER_WEIGHTS.test(baseName(source.path))))
    .map(({ source }) => source.path);
  return models.length === 0 ? undefined : { taken, models };
}

function folder(lead: ByteSource, safetensors: readonly ByteSource[], notes: readonly string[]): ModelChoice {
  const directory = directoryOf(lead.path);
  return { kind: 'hugging-face', directory, weights: safetensors.filter(({ path }) => directoryOf(path) === directory), notes };
}

function leftAside(others: readonly ByteSource[], safetensors: readonly ByteSource[], directory: string | undefined): string[] {
  const left = [...others, ...safetensors.filter(({ path }) => directoryOf(path) !== directory)].map(({ path }) => path);
  if (left.length === 0) return [];
  const shown = left.slice(0, 8).join(', ');
  return [`Other models in the same drop were left aside: ${shown}${left.length > 8 ? ` and ${left.length - 8} more` : ''}.`];
}

/** llama.cpp's gguf-split: name-00001-of-00003.gguf. */
function splitParts(first: ByteSource, all: readonly ByteSource[]): readonly ByteSource[] {
  const pattern = /^(.*)-\d{5}-of-(\d{5})\.gguf$/;
  const match = pattern.exec(first.path);
  if (match === null) return [first];
  return all.filter(({ path }) => {
    const other = pattern.exec(path);
    return other?.[1] === match[1] && other?.[2] === match[2];
  });
}

/** A decoder with past first, full precision before quantised ones. */
function onnxRank(path: string): number {
  const order = ['decoder_model_merged.onnx', 'decoder_with_past_model.onnx', 'model_with_past.onnx', 'model.onnx', 'decoder_model.onnx'];
  const index = order.indexOf(baseName(path));
  return index < 0 ? order.length : index;
}

/** A file that makes its folder a Hugging Face folder, even where the weights are missing. */
function isFolderPart(name: string): boolean {
  return ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'adapter_config.json'].includes(name) || name.endsWith('.safetensors.index.json');
}

function depth({ source }: ArtifactFile): number {
  return source.path.split('/').length;
}

function commonDirectory(files: readonly ArtifactFile[]): string {
  const directories = files.map(({ source }) => directoryOf(source.path));
  const first = directories[0] ?? '';
  return directories.every((directory) => directory === first) ? first : '';
}
