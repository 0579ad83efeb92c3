// A model as the fingerprint lab sees it: a graph, one input of known shape, logits, and how rows of numbers are fed to it.
// ONNX classifiers with one float32 input of fixed shape are fed directly, in the graph's own units (no preprocessing stands
// between, so nothing is guessed); every other classifier Assay opens goes through its Classifier, in the analyst's units.
import type { Artifact } from '../../artifact/artifact.ts';
import { chooseModel } from '../../artifact/choose-model.ts';
import { classNames } from '../../artifact/classifier-parts.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { readAll, type ByteSource } from '../../core/byte-source.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { locateExternalData } from '../../graph/external-data.ts';
import { readGivenClassifier } from '../../graph/given-classifier.ts';
import { ONNX_TYPE } from '../../graph/onnx-model.ts';
import { readOnnxModel, type OnnxModelInfo } from '../../graph/onnx-reader.ts';
import { openClassifier, type OpenedClassifier } from '../../runtime/open-classifier.ts';
import type { GraphFile, HostTensor, Runtime } from '../../runtime/session.ts';

export type InputKind = 'image' | 'tabular' | 'text';

export interface Subject {
  readonly kind: InputKind;
  /** One row: [channels, height, width], [features] or [tokens]. */
  readonly shape: readonly number[];
  readonly vocabularySize: number | undefined;
  readonly file: GraphFile;
  readonly info: OnnxModelInfo;
  readonly input: string;
  readonly logits: string;
  /** Rows of one run where the graph fixes it, else Infinity. */
  readonly maxRows: number;
  /** @param values Float32Array [rows, ...shape]; token ids of text. At most maxRows rows. */
  feeds(values: Float32Array, rows: number): Readonly<Record<string, HostTensor>>;
  dispose(): Promise<void>;
}

/** Larger rows would make the probe set itself too large. */
const MAX_ROW_VALUES = 3 * 512 * 512;
/** A model beyond this is loaded whole into memory; the lab compares small models. */
const MAX_GRAPH_BYTES = 512 * 2 ** 20;
const TEXT_TOKENS = 16;

export async function openSubject(artifact: Artifact, runtime: Runtime, signal: CancelSignal): Promise<Subject> {
  const choice = chooseModel(artifact.files);
  if (choice.kind === 'onnx') {
    const info = await readOnnxModel(choice.file);
    const direct = await openDirectly(artifact, choice.file, info);
    if (direct !== undefined) return direct;
  }
  return throughClassifier(await openClassifier(artifact, runtime, signal));
}

async function openDirectly(artifact: Artifact, source: ByteSource, info: OnnxModelInfo): Promise<Subject | undefined> {
  const { task, main, logits } = readGivenClassifier(source, info, (await classNames(artifact)).length);
  const [batch, ...shape] = main.dims ?? [];
  const fixed = shape.filter((dim): dim is number => typeof dim === 'number' && dim > 0);
  if (task === 'text-classification' || main.elementType !== ONNX_TYPE.float32 || fixed.length !== shape.length) return undefined;
  limit(source.path, 'values of one input', fixed.reduce((product, dim) => product * dim, 1), MAX_ROW_VALUES);
  limit(source.path, 'bytes of the graph', source.size, MAX_GRAPH_BYTES);
  return {
    kind: task === 'tabular' ? 'tabular' : 'image',
    shape: fixed,
    vocabularySize: undefined,
    file: { name: source.path, bytes: await readAll(source), external: locateExternalData(artifact, source, info) },
    info,
    input: main.name,
    logits,
    maxRows: typeof batch === 'number' && batch > 0 ? batch : Infinity,
    feeds: (values, rows) => {
      const size = values.length / rows;
      const filled = typeof batch === 'number' && batch > 0 ? batch : rows;
      const data = filled === rows ? values : Float32Array.from({ length: filled * size }, (_, at) => values[at % values.length] ?? 0);
      return { [main.name]: { type: 'float32', dims: [filled, ...fixed], data } };
    },
    dispose: () => Promise.resolve(),
  };
}

function throughClassifier(opened: OpenedClassifier): Subject {
  const { model } = opened;
  const common = { file: model.graph.file, info: model.graph.info, input: model.graph.input, logits: model.graph.logits, maxRows: model.maxRows, dispose: () => model.dispose() };
  if (opened.task === 'text-classification') {
    const { vocabularySize, maxTokens } = opened.model.spec;
    const tokens = Math.min(TEXT_TOKENS, maxTokens);
    const feeds = (values: Float32Array, rows: number): Readonly<Record<string, HostTensor>> =>
      opened.model.feeds({ kind: 'text', rows: Array.from({ length: rows }, (_, row) => [...values.subarray(row * tokens, (row + 1) * tokens)]) });
    return { ...common, kind: 'text', shape: [tokens], vocabularySize, feeds };
  }
  if (opened.task === 'tabular') {
    const { features } = opened.model.spec;
    return { ...common, kind: 'tabular', shape: [features], vocabularySize: undefined, feeds: (values, rows) => opened.model.feeds({ kind: 'tabular', rows, values }) };
  }
  const { channels, height, width } = opened.model.spec;
  return { ...common, kind: 'image', shape: [channels, height, width], vocabularySize: undefined, feeds: (pixels, rows) => opened.model.feeds({ kind: 'image', rows, pixels }) };
}

function limit(file: string, field: string, value: number, most: number): void {
  if (value > most) throw new ArtifactError({ code: 'limit-exceeded', format: 'fingerprint', file, field, expected: `at most ${most}`, actual: String(value) });
}
