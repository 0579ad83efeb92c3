// Opens an artifact as a classifier on a runtime: its own ONNX graph, or one built over its safetensors.
import type { Artifact } from '../artifact/artifact.ts';
import { chooseModel } from '../artifact/choose-model.ts';
import { classNames, imageHints, labelsFor, specialTokens } from '../artifact/classifier-parts.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { bytesOf, type ByteSource } from '../core/byte-source.ts';
import { NEVER, type CancelSignal } from '../core/cancel.ts';
import { seeded, type Random } from '../core/random.ts';
import { buildClassifierGraph } from '../graph/classifier-graphs.ts';
import { locateExternalData } from '../graph/external-data.ts';
import { embeddingRows, flatPicture, PICTURE_CHANNELS, pictureAxes, readGivenClassifier, type GivenClassifier } from '../graph/given-classifier.ts';
import { ONNX_TYPE } from '../graph/onnx-model.ts';
import { readOnnxModel, type OnnxModelInfo } from '../graph/onnx-reader.ts';
import type { BatchLimits } from './batches.ts';
import { imageFeeder, tabularFeeder, textFeeder } from './classifier-feeds.ts';
import type { ClassifierGraph, ImageClassifier, ImageSpec, TabularClassifier, TextBatch, TextClassifier, TextSpec } from './classifier.ts';
import { openOnnxClassifier } from './onnx-classifier.ts';
import type { GraphFile, Runtime } from './session.ts';
import { lengthsThatRun, openLongEnough, SAMPLE_LENGTH, type TextLengths } from './text-lengths.ts';
import { variedPictures, variedTables, variedTexts } from './varied-samples.ts';

export type OpenedClassifier =
  | { readonly task: 'image-classification'; readonly model: ImageClassifier }
  | { readonly task: 'text-classification'; readonly model: TextClassifier }
  | { readonly task: 'tabular'; readonly model: TabularClassifier };

interface Source {
  readonly file: GraphFile;
  readonly info: OnnxModelInfo;
  readonly given: GivenClassifier;
  /** Of RoBERTa, whose positions begin after the padding's. */
  readonly firstPosition: number;
}

export async function openClassifier(artifact: Artifact, runtime: Runtime, signal: CancelSignal = NEVER): Promise<OpenedClassifier> {
  const names = await classNames(artifact);
  const source = artifact.kind === 'onnx' ? await givenSource(artifact, names.length) : await builtSource(artifact, runtime, signal);
  const graph: ClassifierGraph = { file: source.file, info: source.info, input: source.given.main.name, logits: source.given.logits };
  const labels = (classes: number): readonly string[] => labelsFor(names, classes);
  const common = { graph, runtime, labels, ending: source.given.ending, fixedBatch: fixed(source.given.main.dims?.[0]) };
  switch (source.given.task) {
    case 'text-classification':
      return { task: 'text-classification', model: await openText(artifact, source, common) };
    case 'image-classification':
      return { task: 'image-classification', model: await openImage(artifact, source, common) };
    case 'tabular':
      return { task: 'tabular', model: await openTable(source, common) };
  }
}

interface Common {
  readonly graph: ClassifierGraph;
  readonly runtime: Runtime;
  readonly labels: (classes: number) => readonly string[];
  readonly ending: GivenClassifier['ending'];
  readonly fixedBatch: number | undefined;
}

async function givenSource(artifact: Artifact, labels: number): Promise<Source> {
  const choice = chooseModel(artifact.files);
  if (choice.kind !== 'onnx') throw new ArtifactError({ code: 'missing-file', format: 'onnx', expected: 'a model.onnx', actual: 'none' });
  const info = await readOnnxModel(choice.file);
  const given = readGivenClassifier(choice.file, info, labels);
  const file = { name: choice.file.path, bytes: await wholeFile(choice.file), external: locateExternalData(artifact, choice.file, info) };
  return { file, info, given, firstPosition: artifact.architecture === 'roberta' ? specialTokens(artifact).padId + 1 : 0 };
}

async function builtSource(artifact: Artifact, runtime: Runtime, signal: CancelSignal): Promise<Source> {
  const { file, firstPosition } = await buildClassifierGraph(artifact, runtime, signal);
  const bytes = bytesOf(file.name, file.bytes);
  const info = await readOnnxModel(bytes);
  return { file, info, given: readGivenClassifier(bytes, info, 0), firstPosition };
}

function wholeFile(file: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return file.slice(0, file.size);
}

/** Tokens in one run, and the number of floats of images in one run. */
const MAX_TOKENS = 2048;
const MAX_IMAGE_VALUES = 2 ** 19;
const MAX_ROWS = 256;
/** Texts longer than this tell no more about a trigger and cost more. */
const LONGEST_TEXT = 512;
const UNKNOWN_TEXT = 128;

async function openText(artifact: Artifact, { given, info, firstPosition }: Source, common: Common): Promise<TextClassifier> {
  const rows = embeddingRows(info, given.main.name);
  const { prefix, suffix, padId, origin } = specialTokens(artifact, rows);
  const around = prefix.length + suffix.length;
  const fixedLength = fixed(given.main.dims?.[1]);
  const named = longestText(artifact, fixedLength, firstPosition);
  const most = (named ?? UNKNOWN_TEXT) - around;
  if (most < 1) throw new ArtifactError({ code: 'unsupported-format', format: 'onnx', field: given.main.name, expected: 'room for text beside the special tokens', actual: `${most} tokens` });
  const vocabulary = vocabularySize(artifact, rows);
  const random = seeded(0, 'sample rows');
  const made = (count: number, length: number, draw: Random): TextBatch => ({ kind: 'text', rows: Array.from({ length: common.fixedBatch ?? count }, () => Array.from({ length: Math.min(length, most) }, () => draw.below(Math.max(1, vocabulary)))) });
  // Without a mask, padding may be read as text: rows of one run have equal length then.
  const limits: BatchLimits = { maxTokens: MAX_TOKENS, maxRows: common.fixedBatch ?? MAX_ROWS, rowOverhead: 0, ragged: given.mask !== undefined || fixedLength !== undefined };
  const open = (lengths: TextLengths, sampleLength: number): Promise<TextClassifier> => {
    const spec: TextSpec = { kind: 'text', vocabularySize: vocabulary, maxTokens: lengths.most, prefix, suffix, padId, origin };
    const feeder = textFeeder(spec, { ...given, fixedLength, leastLength: lengths.least, firstPosition });
    const sample = made(4, sampleLength, random);
    return openOnnxClassifier({ ...common, spec, feeder, limits, sample, varied: () => variedTexts(spec, sample.rows.length, sample.rows[0]?.length ?? 1) });
  };
  const declared: TextLengths = { least: 1, most };
  // Graphs that are built here take rows of any length up to what their configuration names.
  if (fixedLength !== undefined || artifact.kind !== 'onnx') return open(declared, SAMPLE_LENGTH);
  const { model, works } = await openLongEnough((length) => open(declared, length), most);
  const draw = seeded(0, 'trial rows');
  const run = (tokens: number): Promise<unknown> => model.scores(made(TRIAL_ROWS, tokens, draw));
  let lengths: TextLengths;
  try {
    lengths = await lengthsThatRun({ run, works, most, around, guessed: named === undefined });
  } catch (error) {
    await model.dispose();
    throw error;
  }
  if (lengths.least === declared.least && lengths.most === declared.most) return model;
  await model.dispose();
  return open(lengths, works);
}

/** Of a run that tells whether a length works: one row alone may be more than the length is about. */
const TRIAL_ROWS = 2;

/** Undefined where neither the graph nor the files say. */
function longestText({ config, tokenizerConfig }: Artifact, fixedLength: number | undefined, firstPosition: number): number | undefined {
  if (fixedLength !== undefined) return fixedLength;
  const positions = config?.['max_position_embeddings'];
  const length = tokenizerConfig?.['model_max_length'];
  const known = [typeof positions === 'number' ? positions - firstPosition : Infinity, typeof length === 'number' && length > 0 ? length : Infinity].filter((value) => value < 1e9);
  return known.length === 0 ? undefined : Math.min(LONGEST_TEXT, ...known);
}

/** Ids from 0 that the model has: what the tokenizer, the config and the graph's own table (`rows`) agree on. */
function vocabularySize({ config, tokenizer }: Artifact, rows: number | undefined): number {
  const model = tokenizer?.['model'];
  const vocabulary = typeof model === 'object' && model !== null && 'vocab' in model ? model.vocab : undefined;
  const listed = Array.isArray(vocabulary) ? vocabulary.length : typeof vocabulary === 'object' && vocabulary !== null ? Object.keys(vocabulary).length : 0;
  const declared = config?.['vocab_size'];
  const known = [listed, typeof declared === 'number' ? declared : 0, rows ?? 0].filter((size) => size > 0);
  return known.length === 0 ? 0 : Math.min(...known);
}

async function openImage(artifact: Artifact, { given, info }: Source, common: Common): Promise<ImageClassifier> {
  const flat = flatPicture(given.main, given.output);
  const { layout, channels: declared, ...sides } = pictureAxes(flat === undefined ? (given.main.dims ?? []) : [0, flat.channels, flat.side, flat.side]);
  const fromConfig = artifact.config?.['num_channels'];
  const stem = firstKernel(info);
  const channels = declared ?? (typeof fromConfig === 'number' && PICTURE_CHANNELS.has(fromConfig) ? fromConfig : PICTURE_CHANNELS.has(stem?.channels) ? stem?.channels : undefined) ?? 3;
  const type = given.main.elementType === ONNX_TYPE.uint8 ? 'uint8' : given.main.elementType === ONNX_TYPE.float16 ? 'float16' : 'float32';
  const { preprocessing: read, side } = await imageHints(artifact, channels, type === 'uint8');
  const known = { height: sides.height ?? side?.height, width: sides.width ?? side?.width };
  const assumed = assumedSide(channels, stem?.side, fixed(given.output.dims?.at(-1)));
  const { height = assumed, width = assumed } = known;
  const preprocessing = known.height === undefined || known.width === undefined ? { ...read, origin: `${read.origin}; the graph takes pictures of any size, ${height} x ${width} was assumed`, guessed: true } : read;
  const size = channels * height * width;
  if (size > 2 ** 26) throw new ArtifactError({ code: 'too-large', format: 'onnx', field: given.main.name, expected: 'at most 67108864 values in an image', actual: String(size) });
  const spec: ImageSpec = { kind: 'image', channels, height, width, layout, type, preprocessing };
  const random = seeded(0, 'sample rows');
  const rows = common.fixedBatch ?? 2;
  const sample = { kind: 'image', rows, pixels: Float32Array.from({ length: rows * size }, () => random.next()) } as const;
  return openOnnxClassifier({ ...common, spec, feeder: imageFeeder(spec, given.main), limits: evenRows(size, common.fixedBatch), sample, varied: () => variedPictures(spec, rows) });
}

/** The first convolution's channels in, and side. */
function firstKernel({ nodes, initializers }: OnnxModelInfo): { readonly channels: number; readonly side: number } | undefined {
  const weights = nodes.find(({ type }) => type === 'Conv')?.inputs[1];
  const [, channels, side] = initializers.find(({ name }) => name === weights)?.dims ?? [];
  return channels === undefined || side === undefined ? undefined : { channels, side };
}

/** Of a graph that takes pictures of any size: as digits have, or small photographs; larger ones where the stem or the number of classes speaks of them. */
function assumedSide(channels: number, kernel: number | undefined, classes: number | undefined): number {
  if (channels === 1) return DIGITS_SIDE;
  return kernel !== undefined && kernel < LARGE_KERNEL && classes !== undefined && classes <= MANY_CLASSES ? SMALL_SIDE : LARGE_SIDE;
}

const [DIGITS_SIDE, SMALL_SIDE, LARGE_SIDE] = [28, 32, 224];
const LARGE_KERNEL = 7;
const MANY_CLASSES = 100;

async function openTable({ given }: Source, common: Common): Promise<TabularClassifier> {
  const features = fixed(given.main.dims?.[1]);
  if (features === undefined) throw new ArtifactError({ code: 'unsupported-format', format: 'onnx', field: given.main.name, expected: 'a fixed number of features', actual: `[${given.main.dims?.join(', ') ?? ''}]` });
  const random = seeded(0, 'sample rows');
  const rows = common.fixedBatch ?? 4;
  const sample = { kind: 'tabular', rows, values: Float32Array.from({ length: rows * features }, () => 2 * random.next() - 1) } as const;
  return openOnnxClassifier({ ...common, spec: { kind: 'tabular', features }, feeder: tabularFeeder(features, given.main), limits: evenRows(features, common.fixedBatch), sample, varied: () => variedTables(features, rows) });
}

function evenRows(size: number, fixedBatch: number | undefined): BatchLimits {
  const maxRows = fixedBatch ?? Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_IMAGE_VALUES / size)));
  return { maxTokens: Number.MAX_SAFE_INTEGER, maxRows, rowOverhead: 0, ragged: false };
}

function fixed(dim: number | string | undefined): number | undefined {
  return typeof dim === 'number' && dim > 0 ? dim : undefined;
}
