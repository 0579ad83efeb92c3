// A causal language model that comes as an ONNX graph (exported by optimum, transformers or torch): what its inputs and
// outputs mean, and where its external data stands. Names are the exporters':
// input_ids [, attention_mask, position_ids, use_cache_branch, past_key_values.N.*] -> logits [, present.N.*].
// Sizes that a graph does not tell (heads, context) come from config.json. An input of any other name is an error.
import type { Artifact } from '../artifact/artifact.ts';
import { chooseModel } from '../artifact/choose-model.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { configReaderOf } from './config-place.ts';
import type { ConfigReader } from './config-reader.ts';
import { CONTEXT_FIELDS, SIZE_LIMITS } from './dimensions.ts';
import { locateExternalData } from './external-data.ts';
import { ONNX_TYPE } from './onnx-model.ts';
import { readOnnxModel, type OnnxModelInfo, type OnnxPort } from './onnx-reader.ts';

export type FloatType = 'float32' | 'float16';

export interface GivenDecoder {
  readonly file: ByteSource;
  readonly info: OnnxModelInfo;
  /** `location` of external data -> its bytes. */
  readonly external: ReadonlyMap<string, ByteSource>;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  readonly vocabulary: number;
  readonly ids: 'int64' | 'int32';
  readonly mask: 'int64' | 'int32' | undefined;
  readonly positions: 'int64' | 'int32' | undefined;
  readonly cacheBranch: boolean;
  readonly logits: FloatType;
  /** Undefined where the graph has no past: whole sequences are run each time. */
  readonly cache: GivenCache | undefined;
}

export interface GivenCache {
  readonly type: FloatType;
  /** Past input and present output of each layer's keys and values. */
  readonly tensors: readonly { readonly past: string; readonly present: string }[];
  /** Tensors are [batch, kvHeads, positions, headDim]. */
  readonly kvHeads: number;
  readonly headDim: number;
}

export async function readGivenDecoder(artifact: Artifact): Promise<GivenDecoder> {
  const choice = chooseModel(artifact.files);
  if (choice.kind !== 'onnx') throw new ArtifactError({ code: 'missing-file', format: 'onnx', expected: 'a model.onnx', actual: 'none' });
  if (artifact.config === undefined) throw new ArtifactError({ code: 'missing-file', format: 'onnx', field: 'config.json', expected: 'the model’s configuration (heads and context length)', actual: 'nothing' });
  const info = await readOnnxModel(choice.file);
  return { file: choice.file, info, external: locateExternalData(artifact, choice.file, info), ...interpret(choice.file, info, configReaderOf(artifact, artifact.config)) };
}

type Interpreted = Omit<GivenDecoder, 'file' | 'info' | 'external'>;

function interpret(file: ByteSource, info: OnnxModelInfo, config: ConfigReader): Interpreted {
  const inputs = new Map(info.inputs.map((input) => [input.name, input]));
  const integer = (name: string): 'int64' | 'int32' | undefined => {
    const input = inputs.get(name);
    inputs.delete(name);
    if (input === undefined) return undefined;
    if (input.elementType === ONNX_TYPE.int64) return 'int64';
    if (input.elementType === ONNX_TYPE.int32) return 'int32';
    throw unsupported(file, name, 'int64 or int32', typeName(input.elementType));
  };
  const ids = integer('input_ids');
  if (ids === undefined) throw unsupported(file, 'input_ids', 'an input of token ids', [...inputs.keys()].join(', ').slice(0, 200) || 'no inputs');
  const [mask, positions] = [integer('attention_mask'), integer('position_ids')];
  const cacheBranch = inputs.delete('use_cache_branch');
  const cache = interpretCache(file, info, inputs);
  const [other] = inputs.keys();
  if (other !== undefined) throw unsupported(file, other, 'input_ids, attention_mask, position_ids and past_key_values', 'another input');

  const logits = info.outputs.find(({ name }) => name === 'logits');
  if (logits === undefined) throw unsupported(file, 'logits', 'an output of this name', info.outputs.map(({ name }) => name).join(', ').slice(0, 200));
  const declared = logits.dims?.at(-1);
  const vocabulary = typeof declared === 'number' && declared > 0 ? declared : config.integer('vocab_size', SIZE_LIMITS.vocabulary);
  if (vocabulary > SIZE_LIMITS.vocabulary.max) throw unsupported(file, 'logits', `at most ${SIZE_LIMITS.vocabulary.max} tokens`, String(vocabulary));
  const size = (names: readonly string[], range: { readonly min: number; readonly max: number }): number => config.integer(names.find((name) => config.has(name)) ?? names[0] ?? '', range);
  const layers = size(['num_hidden_layers', 'n_layer', 'num_layers'], SIZE_LIMITS.layers);
  if (cache !== undefined && cache.tensors.length !== 2 * layers) throw unsupported(file, 'past_key_values', `${2 * layers} tensors for ${layers} layers`, String(cache.tensors.length));
  return {
    layers,
    heads: size(['num_attention_heads', 'n_head', 'num_heads'], SIZE_LIMITS.heads),
    contextLength: size(CONTEXT_FIELDS, SIZE_LIMITS.context),
    vocabulary,
    ids,
    mask,
    positions,
    cacheBranch,
    logits: floatType(file, logits),
    cache,
  };
}

/** Takes the past inputs out of `inputs`. */
function interpretCache(file: ByteSource, info: OnnxModelInfo, inputs: Map<string, OnnxPort>): GivenCache | undefined {
  const outputs = new Set(info.outputs.map(({ name }) => name));
  const past = [...inputs.values()].filter(({ name }) => name.startsWith('past_key_values.'));
  const [first] = past;
  if (first === undefined) return undefined;
  const [, kvHeads, , headDim] = first.dims ?? [];
  if (first.dims?.length !== 4 || typeof kvHeads !== 'number' || typeof headDim !== 'number' || kvHeads < 1 || headDim < 1 || kvHeads > SIZE_LIMITS.heads.max || headDim > SIZE_LIMITS.width.max)
    throw unsupported(file, first.name, '[batch, key heads, positions, head size] with fixed heads and size', `[${first.dims?.join(', ') ?? ''}]`);
  const tensors = past.map(({ name }) => {
    const present = name.replace('past_key_values.', 'present.');
    if (!outputs.has(present)) throw unsupported(file, present, `an output that goes with ${name}`, 'none');
    inputs.delete(name);
    return { past: name, present };
  });
  return { type: floatType(file, first), tensors, kvHeads, headDim };
}

function floatType(file: ByteSource, { name, elementType }: OnnxPort): FloatType {
  if (elementType === ONNX_TYPE.float32) return 'float32';
  if (elementType === ONNX_TYPE.float16) return 'float16';
  throw unsupported(file, name, 'float32 or float16', typeName(elementType));
}

function typeName(elementType: number): string {
  return Object.entries(ONNX_TYPE).find(([, value]) => value === elementType)?.[0] ?? `ONNX type ${elementType}`;
}

function unsupported(file: ByteSource, field: string, expected: string, actual: string): ArtifactError {
  return new ArtifactError({ code: 'unsupported-format', format: 'onnx', file: file.path, field, expected, actual });
}
