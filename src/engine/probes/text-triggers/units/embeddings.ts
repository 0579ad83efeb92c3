// The model's own table of input embeddings, read through its graph, so that a folder and an export are treated alike: each
// token of the vocabulary is run once and what the first look-up gives is tapped. Subset: graphs that look the ids up in a stored
// table of two dimensions, float32. How it can mislead: an encoder that rewrites its embeddings later shows nothing of that here.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { whereGiven } from '../../../core/artifact-error.ts';
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import type { OnnxModelInfo } from '../../../graph/onnx-reader.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import { triggerTokens } from './vocabulary.ts';

export interface Embeddings {
  /** Value of the graph that carries them, [rows, length, size]. */
  readonly value: string;
  readonly tokens: readonly number[];
  readonly size: number;
  /** Float32Array [tokens, size]. */
  readonly table: Float32Array;
}

/** Values: 256 MiB as float32. */
const MAX_VALUES = 2 ** 26;
const ROW = 60;
const ROWS = 16;

const known = new WeakMap<TextClassifier, Promise<Embeddings | undefined>>();

/** Undefined where the graph looks up no embedding by token id, too large a table, or the runtime cannot show it. Read once for a model. */
export function openEmbeddings(runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Embeddings | undefined> {
  const before = known.get(runnable.model);
  if (before !== undefined) return before;
  const opening = whereGiven(readTable(runnable, signal));
  known.set(runnable.model, opening);
  opening.catch(() => known.delete(runnable.model));
  return opening;
}

async function readTable({ model, tokenizer }: RunnableTextClassifier, signal: CancelSignal): Promise<Embeddings | undefined> {
  const value = embeddingValue(model.graph.info, model.graph.input);
  if (value === undefined) return undefined;
  const tokens = triggerTokens(tokenizer, model.spec.vocabularySize);
  const row = Math.max(1, Math.min(ROW, model.spec.maxTokens));
  const rows = Math.max(1, Math.min(ROWS, model.maxRows));
  const skipped = model.spec.prefix.length;
  let table: Float32Array | undefined;
  let size = 0;
  for (let begin = 0; begin < tokens.length; begin += row * rows) {
    await breathe(signal);
    const part = tokens.slice(begin, begin + row * rows);
    const batch = Array.from({ length: Math.ceil(part.length / row) }, (_, at) => part.slice(at * row, (at + 1) * row));
    const { [value]: tensor } = await model.tap({ kind: 'text', rows: batch }, [value], signal);
    if (tensor === undefined || !(tensor.data instanceof Float32Array) || tensor.dims.length !== 3) return undefined;
    const [, length = 0, hidden = 0] = tensor.dims;
    if (tokens.length * hidden > MAX_VALUES || hidden === 0) return undefined;
    table ??= new Float32Array(tokens.length * hidden);
    size = hidden;
    for (const at of part.keys()) {
      const from = (Math.floor(at / row) * length + skipped + (at % row)) * hidden;
      table.set(tensor.data.subarray(from, from + hidden), (begin + at) * hidden);
    }
  }
  return table === undefined ? undefined : { value, tokens, size, table };
}

/** What the first look-up by token id in a stored table gives, as float32 where it is widened before or after. */
function embeddingValue({ nodes, initializers }: OnnxModelInfo, input: string): string | undefined {
  const stored = new Set(initializers.filter(({ dims }) => dims.length === 2).map(({ name }) => name));
  const ids = new Set([input]);
  let found: string | undefined;
  for (const { type, inputs, outputs } of nodes) {
    const [first = '', indices = ''] = inputs;
    if (found !== undefined && type === 'Cast' && first === found) return outputs[0];
    if (type === 'Cast' || type === 'Identity' || type === 'Reshape') {
      for (const known of [ids, stored]) if (known.has(first)) for (const output of outputs) known.add(output);
    }
    if (type === 'Gather' && ids.has(indices) && stored.has(first)) found ??= outputs[0];
  }
  return found;
}
