// Finds a model's weights in an artifact, checks type and shape, and brings each into a graph as a float32 value:
// F32 in place; F16 and BF16 in place with a Cast (folded when the session is made) or widened; GGML blocks widened, or,
// for matrices that only multiply, repacked as they are where float32 would not fit.
// Converted weights go to the runtime's scratch file, once, in bounded pieces; both graphs of a model share them.
import type { Artifact, Dtype, TensorInfo } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { throwIfCancelled, type CancelSignal } from '../core/cancel.ts';
import { firstOf } from '../core/shown.ts';
import type { Bytes } from '../core/units.ts';
import type { Runtime } from '../runtime/session.ts';
import { blockFormat } from './dequantize.ts';
import { ggufName } from './gguf-names.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import type { OnnxType } from './onnx-model.ts';
import { BLOCK_VALUES, packedFormat } from './pack-blocks.ts';

/** Read and written at a time while weights are widened. */
const CONVERSION_CHUNK_VALUES = 2 ** 20;
const CONVERTED = 'assay-converted.f32';
const IN_PLACE: Partial<Record<Dtype, OnnxType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** A place in the scratch file for one form of one tensor. */
interface Conversion {
  readonly tensor: TensorInfo;
  readonly offset: Bytes;
  readonly form: 'float32' | 'packed';
}

/** A quantised matrix [outputs, inputs] for MatMulNBits. */
export interface PackedMatrix {
  readonly bits: 4 | 8;
  readonly blockSize: number;
  readonly values: Value;
  readonly scales: Value;
  /** Undefined: the middle of the range. */
  readonly zeros: Value | undefined;
}

export interface WeightOptions {
  /** Types that the runtime reads as they are stored. */
  readonly inPlace: ReadonlySet<Dtype>;
  readonly maxTensorBytes: Bytes;
  /** Keep GGML's blocks where a matrix only multiplies. */
  readonly keepBlocks: boolean;
}

/** Where a tensor that is missing should stand: the file of the weights, or of several the index that tells them apart. */
export function fileOfWeights({ files, tensors }: Artifact): string | undefined {
  const read = [...new Set([...tensors.values()].map(({ source }) => source.path))];
  if (read.length <= 1) return read[0];
  return files.find(({ source }) => source.path.endsWith('.safetensors.index.json'))?.source.path ?? firstOf(read);
}

export class Weights {
  readonly #artifact: Artifact;
  readonly #options: WeightOptions;
  readonly #conversions = new Map<string, Conversion>();
  readonly #read = new Set<string>();
  readonly #bound = new WeakMap<GraphBuilder, Map<string, Value>>();
  #convertedBytes: Bytes = 0;
  #converted: ByteSource | undefined;

  constructor(artifact: Artifact, options: WeightOptions) {
    this.#artifact = artifact;
    this.#options = options;
  }

  /** GGML's own layouts: llama's rotary pairs are neighbours, gpt2's matrices are [out, in]. */
  get fromGguf(): boolean {
    return this.#artifact.kind === 'gguf';
  }

  /** Names, as the file has them, of the tensors that graphs planned so far use. */
  get read(): ReadonlySet<string> {
    return this.#read;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** The tensor as a float32 value of `graph`. `shape` is row-major; any other is an error. */
  bind(graph: GraphBuilder, name: string, shape: readonly number[]): Value {
    const bound = this.#bound.get(graph) ?? new Map<string, Value>();
    this.#bound.set(graph, bound);
    const known = bound.get(name);
    if (known !== undefined) return known;
    const tensor = this.#require(name, shape);
    const value = this.#place(graph, tensor);
    bound.set(name, value);
    return value;
  }

  /** A matrix [outputs, inputs] in blocks, where blocks are kept and it is stored so; undefined elsewhere. */
  bindBlocks(graph: GraphBuilder, name: string, shape: readonly [outputs: number, inputs: number]): PackedMatrix | undefined {
    if (!this.#options.keepBlocks) return undefined;
    const tensor = this.#require(name, shape);
    const format = packedFormat(tensor.dtype);
    if (format === undefined) return undefined;
    const [outputs, inputs] = shape;
    const blocks = valuesOf(tensor) / BLOCK_VALUES;
    const { offset } = this.#plan(tensor, 'packed', blocks * (format.bytes + 4 + (format.zeros ? 4 : 0)));
    const part = (suffix: string, type: OnnxType, dims: readonly number[], begin: Bytes, length: Bytes): Value =>
      graph.external(`${tensor.name}/${suffix}`, type, dims, CONVERTED, undefined, offset + begin, length);
    const perRow = inputs / BLOCK_VALUES;
    return {
      bits: format.bits,
      blockSize: BLOCK_VALUES,
      values: part('values', 'uint8', [outputs, perRow, format.bytes], 0, blocks * format.bytes),
      scales: part('scales', 'float32', [blocks], blocks * format.bytes, blocks * 4),
      zeros: format.zeros ? part('zeros', 'float32', [blocks], blocks * (format.bytes + 4), blocks * 4) : undefined,
    };
  }

  /** Converts what the graphs planned so far need. Called once, after all of them are planned. */
  async convert(runtime: Runtime, signal: CancelSignal): Promise<ReadonlyMap<string, ByteSource>> {
    if (this.#convertedBytes === 0) return new Map();
    if (this.#converted === undefined) {
      const scratch = await runtime.scratch(CONVERTED, this.#convertedBytes);
      for (const conversion of this.#conversions.values()) await convert(conversion, (offset, bytes) => scratch.write(offset, bytes), signal);
      this.#converted = await scratch.finish();
    }
    return new Map([[CONVERTED, this.#converted]]);
  }

  #find(name: string): TensorInfo | undefined {
    const { tensors } = this.#artifact;
    if (!this.fromGguf) return tensors.get(name) ?? tensors.get(`model.${name}`) ?? tensors.get(`transformer.${name}`) ?? tensors.get(name.replace(/^model\./, ''));
    const there = ggufName(name);
    return there === undefined ? undefined : tensors.get(there);
  }

  #require(name: string, shape: readonly number[]): TensorInfo {
    const tensor = this.#find(name);
    const format = this.fromGguf ? 'gguf' : 'safetensors';
    const field = this.fromGguf ? (ggufName(name) ?? name) : name;
    if (tensor === undefined) throw new ArtifactError({ code: 'missing-tensor', format, file: fileOfWeights(this.#artifact), field, expected: `a tensor of shape [${shape.join(', ')}]`, actual: 'nothing' });
    const where = { format, file: tensor.source.path, offset: tensor.begin, field: tensor.name };
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis]))
      throw new ArtifactError({ code: 'shape-mismatch', ...where, expected: `[${shape.join(', ')}]`, actual: `[${tensor.shape.join(', ')}]` });
    const block = blockFormat(tensor.dtype);
    if (block === undefined) throw new ArtifactError({ code: 'unsupported-dtype', ...where, expected: 'F32, F16, BF16, Q8_0, Q4_0 or Q4_1', actual: tensor.dtype.replace(/^other:/, '') });
    const values = valuesOf(tensor);
    const stored = (values / block.values) * block.bytes;
    if (values % block.values !== 0 || tensor.end - tensor.begin !== stored)
      throw new ArtifactError({ code: 'malformed', ...where, expected: `${stored} bytes`, actual: `${tensor.end - tensor.begin} bytes` });
    if (tensor.end > tensor.source.size)
      throw new ArtifactError({ code: 'truncated', ...where, expected: `${tensor.end} bytes in the file`, actual: `${tensor.source.size} bytes` });
    if (values * 4 > this.#options.maxTensorBytes)
      throw new ArtifactError({ code: 'too-large', ...where, expected: `at most ${this.#options.maxTensorBytes} bytes in one tensor on this device`, actual: `${values * 4} bytes` });
    this.#read.add(tensor.name);
    return tensor;
  }

  #place(graph: GraphBuilder, tensor: TensorInfo): Value {
    const type = this.#options.inPlace.has(tensor.dtype) ? IN_PLACE[tensor.dtype] : undefined;
    if (type !== undefined) {
      const stored = graph.external(tensor.name, type, tensor.shape, tensor.source.path, tensor.source, tensor.begin, tensor.end - tensor.begin);
      return type === 'float32' ? stored : graph.op('Cast', [stored], { to: 1 });
    }
    const { offset } = this.#plan(tensor, 'float32', valuesOf(tensor) * 4);
    return graph.external(tensor.name, 'float32', tensor.shape, CONVERTED, undefined, offset, valuesOf(tensor) * 4);
  }

  #plan(tensor: TensorInfo, form: Conversion['form'], bytes: Bytes): Conversion {
    const key = `${form} ${tensor.name}`;
    const known = this.#conversions.get(key);
    if (known !== undefined) return known;
    if (this.#converted !== undefined) throw new RangeError(`${tensor.name} was not planned before conversion`);
    const conversion = { tensor, offset: this.#convertedBytes, form };
    this.#conversions.set(key, conversion);
    this.#convertedBytes += bytes;
    return conversion;
  }
}

function valuesOf(tensor: TensorInfo): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

type Write = (offset: Bytes, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

async function convert({ tensor, offset, form }: Conversion, write: Write, signal: CancelSignal): Promise<void> {
  const block = blockFormat(tensor.dtype);
  if (block === undefined) throw new RangeError(`no decoder for ${tensor.dtype}`);
  const total = valuesOf(tensor) / block.values;
  const step = CONVERSION_CHUNK_VALUES / block.values;
  for (let at = 0; at < total; at += step) {
    throwIfCancelled(signal);
    const blocks = Math.min(step, total - at);
    const begin = tensor.begin + at * block.bytes;
    const input = await tensor.source.slice(begin, begin + blocks * block.bytes);
    if (input.byteLength !== blocks * block.bytes)
      throw new ArtifactError({ code: 'truncated', format: tensor.dtype, file: tensor.source.path, offset: begin, field: tensor.name, expected: `${blocks * block.bytes} bytes`, actual: `${input.byteLength} bytes` });
    if (form === 'packed') {
      await writePacked(tensor.dtype, input, { at, blocks, total, offset }, write);
      continue;
    }
    const output = new Float32Array(blocks * block.values);
    block.decode(input, output);
    await write(offset + at * block.values * 4, new Uint8Array(output.buffer));
  }
}

/** Blocks [at, at + blocks) of `total` into the three parts that bindBlocks() laid out from `offset` on. */
async function writePacked(dtype: Dtype, input: Uint8Array, place: { readonly at: number; readonly blocks: number; readonly total: number; readonly offset: Bytes }, write: Write): Promise<void> {
  const format = packedFormat(dtype);
  if (format === undefined) throw new RangeError(`${dtype} has no packed form`);
  const { at, blocks, total, offset } = place;
  const packed = new Uint8Array(blocks * format.bytes);
  const scales = new Float32Array(blocks);
  const zeros = new Float32Array(blocks);
  const stored = input.byteLength / blocks;
  for (let index = 0; index < blocks; index++) format.pack(input, index * stored, packed, scales, zeros, index);
  await write(offset + at * format.bytes, packed);
  await write(offset + total * format.bytes + at * 4, new Uint8Array(scales.buffer));
  if (format.zeros) await write(offset + total * (format.bytes + 4) + at * 4, new Uint8Array(zeros.buffer));
}
