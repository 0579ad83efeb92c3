// Opens what was dropped: recognises every file, decides which of them are the model, and reads all of it but the weights.
// Malformed parts become problems of the artifact as long as anything of it can be shown; only an empty drop is an error.
import { ArtifactError, type ArtifactErrorFields } from '../core/artifact-error.ts';
import type { ByteSource, Drop } from '../core/byte-source.ts';
import type { Artifact, ArtifactFile, NamedTemplate, TensorInfo } from './artifact.ts';
import { templatesOfGguf } from './chat-templates.ts';
import { chooseModel, modelsLeftOut, type ModelChoice } from './choose-model.ts';
import { elementCount } from './dtype.ts';
import { baseName, orProblem } from './formats/reader.ts';
import { recognise } from './formats/registry.ts';
import { configOfGguf, generationConfigOfGguf, readRopeFactors } from './gguf/config.ts';
import { readGguf, type GgufContent } from './gguf/gguf.ts';
import type { GgufValue } from './gguf/metadata.ts';
import { tokenizerOfGguf } from './gguf/tokenizer.ts';
import { readFolderParts } from './open-folder.ts';
import { readWeights } from './shards.ts';
import { TEMPLATE_LIMITS } from './text.ts';

/** More files than any model has: a whole disk was dropped by mistake. */
const MAX_FILES = 10_000;

export async function openArtifact(drop: Drop): Promise<Artifact> {
  if (drop.files.length === 0) throw new ArtifactError({ code: 'missing-file', format: 'files', file: drop.name, expected: 'at least one file', actual: 'none' });
  if (drop.files.length > MAX_FILES) throw new ArtifactError({ code: 'limit-exceeded', format: 'files', file: drop.name, field: 'files', expected: `at most ${MAX_FILES}`, actual: String(drop.files.length) });
  const files: ArtifactFile[] = [];
  // The same report whatever order a picker, a drop or a disk gives them in.
  for (const source of drop.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) files.push(await recognise(source));
  const choice = chooseModel(files);
  const parts = await openChoice(choice, files);
  const { templates, ...rest } = parts;
  const leftOut = modelsLeftOut(files, weightsOf(choice, parts));
  const template = templates.find(({ name }) => name === 'default') ?? templates[0];
  return {
    name: drop.name,
    kind: choice.kind,
    files,
    chatTemplate: template === undefined ? undefined : { source: template.source, file: template.file },
    chatTemplates: templates,
    architecture: architectureOf(parts.config),
    parameters: countParameters(parts.tensors),
    ...rest,
    closed: (drop.skipped ?? []).filter(({ kind }) => kind !== 'known'),
    ...(leftOut === undefined ? {} : { leftOut }),
    notes: [...choice.notes, ...parts.notes, ...(drop.skipped ?? []).map(({ path, why }) => `${path} was not opened: ${why}.`)],
  };
}

/** Files that the model's tensors stand in; where none could be read, those that were chosen for it. */
function weightsOf(choice: ModelChoice, { tensors }: Parts): readonly string[] {
  if (choice.kind === 'onnx') return [choice.file.path];
  const read = [...new Set([...tensors.values()].map(({ source }) => source.path))];
  if (read.length > 0 || choice.kind === 'unknown') return read;
  return (choice.kind === 'gguf' ? choice.files : choice.weights).map(({ path }) => path);
}

interface Parts extends Pick<Artifact, 'tensors' | 'config' | 'generationConfig' | 'tokenizer' | 'tokenizerConfig'> {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly templates: readonly NamedTemplate[];
  readonly notes: readonly string[];
  readonly problems: ArtifactErrorFields[];
}

async function openChoice(choice: ModelChoice, files: readonly ArtifactFile[]): Promise<Parts> {
  if (choice.kind === 'gguf') return openGguf(choice.files);
  const problems: ArtifactErrorFields[] = [];
  const folder = await readFolderParts(files, choice.directory, problems);
  const { templates, ...parts } = folder;
  if (choice.kind !== 'hugging-face') return { ...parts, templates, tensors: new Map(), metadata: {}, notes: [], problems };

  const inDirectory = (name: string): string => (choice.directory === '' ? name : `${choice.directory}/${name}`);
  const indexes = files.map(({ source }) => source).filter(({ path }) => path.endsWith('.safetensors.index.json') && path === inDirectory(baseName(path)));
  const { tensors, metadata, notes } = await readWeights(choice.weights, indexes, problems);
  if (parts.config === undefined && !problems.some(({ file }) => file === inDirectory('config.json'))) {
    problems.push({ code: 'missing-file', format: 'hugging-face', file: inDirectory('config.json'), expected: "the model's configuration" });
  }
  if (choice.weights.length === 0 && indexes.length === 0) problems.push(missingWeights(files, inDirectory('model.safetensors')));
  return { ...parts, templates, tensors, metadata, notes, problems };
}

/** A folder with weights that Assay does not read deserves another message than one without any. */
function missingWeights(files: readonly ArtifactFile[], expected: string): ArtifactErrorFields {
  const pickled = files.find(({ source }) => /\.(bin|pt|pth|ckpt|h5|msgpack)$/i.test(source.path));
  return pickled === undefined
    ? { code: 'missing-file', format: 'hugging-face', file: expected, expected: 'weights (.safetensors, .gguf or .onnx)' }
    : { code: 'unsupported-format', format: 'hugging-face', file: pickled.source.path, expected: 'weights as .safetensors, .gguf or .onnx' };
}

async function openGguf(sources: readonly ByteSource[]): Promise<Parts> {
  const problems: ArtifactErrorFields[] = [];
  const tensors = new Map<string, TensorInfo>();
  let first: { readonly content: GgufContent; readonly file: string } | undefined;
  for (const source of sources) {
    const content = await orProblem(problems, () => readGguf(source));
    if (content === undefined) continue;
    first ??= { content, file: source.path };
    for (const tensor of content.tensors) {
      if (tensors.has(tensor.name)) problems.push({ code: 'malformed', format: 'gguf', file: source.path, field: tensor.name, expected: 'each tensor in one part', actual: 'a second one (the first one is used)' });
      else tensors.set(tensor.name, tensor);
    }
  }
  if (first === undefined) return { tensors, config: undefined, generationConfig: undefined, tokenizer: undefined, tokenizerConfig: undefined, metadata: {}, templates: [], notes: [], problems };
  const { metadata } = first.content;
  const parts = metadata.get('split.count');
  if (typeof parts === 'number' && parts > sources.length) {
    problems.push({ code: 'missing-file', format: 'gguf', file: first.file, field: 'split.count', expected: `${parts} parts`, actual: String(sources.length) });
  }
  const { tokenizer, tokenizerConfig, problems: tokenizerProblems } = tokenizerOfGguf(metadata, first.file);
  problems.push(...tokenizerProblems);
  const templates = templatesOfGguf(metadata, first.file).filter(({ name, source, file }) => {
    if (source.length <= TEMPLATE_LIMITS.maxBytes) return true;
    problems.push({ code: 'limit-exceeded', format: 'gguf', file, field: `chat template '${name}'`, expected: `at most ${TEMPLATE_LIMITS.maxBytes} characters`, actual: String(source.length) });
    return false;
  });
  return {
    tensors,
    config: configOfGguf(metadata, tensors, await readRopeFactors(tensors)),
    generationConfig: generationConfigOfGguf(metadata),
    tokenizer,
    tokenizerConfig,
    metadata: shownMetadata(metadata),
    templates,
    notes: [],
    problems,
  };
}

const MAX_SHOWN_ITEMS = 64;

/** The key-values without the tokenizer's long arrays, which stand in `tokenizer` already. */
function shownMetadata(metadata: ReadonlyMap<string, GgufValue>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...metadata].filter(([, value]) => !Array.isArray(value) || value.length <= MAX_SHOWN_ITEMS));
}

function architectureOf(config: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const type = config?.['model_type'];
  return typeof type === 'string' ? type : undefined;
}

function countParameters(tensors: ReadonlyMap<string, TensorInfo>): number | undefined {
  if (tensors.size === 0) return undefined;
  let count = 0;
  for (const { shape } of tensors.values()) count += elementCount(shape) ?? 0;
  return count;
}
