// Finds a model's weights in an artifact, checks type and shape, and brings each into a graph as a float32 value:
// F32 in place; F16 and BF16 in place with a Cast (folded when the session is made) or widened; GGML blocks widened.
// Widened weights go to the runtime's scratch file, once, in bounded pieces; both graphs of a model share them.
import type { Artifact, Dtype, TensorInfo } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { throwIfCancelled, type CancelSignal } from '../core/cancel.ts';
import type { Bytes } from '../core/units.ts';
import type { Runtime } from '../runtime/session.ts';
import { blockFormat } from './dequantize.ts';
import { ggufName } from './gguf-names.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import type { OnnxType } from './onnx-model.ts';

/** Read and written at a time while weights are widened. */
const CONVERSION_CHUNK_VALUES = 2 ** 20;
const CONVERTED = 'assay-converted.f32';
const IN_PLACE: Partial<Record<Dtype, OnnxType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

interface Conversion {
  readonly tensor: TensorInfo;
  readonly offset: Bytes;
}

export class Weights {
  readonly #artifact: Artifact;
  /** Types that the runtime reads as they are stored. */
  readonly #inPlace: ReadonlySet<Dtype>;
  readonly #maxTensorBytes: Bytes;
  readonly #conversions = new Map<string, Conversion>();
  readonly #bound = new WeakMap<GraphBuilder, Map<string, Value>>();
  #convertedBytes: Bytes = 0;
  #converted: ByteSource | undefined;

  constructor(artifact: Artifact, options: { readonly inPlace: ReadonlySet<Dtype>; readonly maxTensorBytes: Bytes }) {
    this.#artifact = artifact;
    this.#inPlace = options.inPlace;
    this.#maxTensorBytes = options.maxTensorBytes;
  }

  /** GGML's own layouts: llama's rotary pairs are neighbours, gpt2's matrices are [out, in]. */
  get fromGguf(): boolean {
    return this.#artifact.kind === 'gguf';
  }

  get convertedBytes(): Bytes {
    return this.#convertedBytes;
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

  /** Widens what the graphs planned so far need. Called once, after all of them are planned. */
  async convert(runtime: Runtime, signal: CancelSignal): Promise<ReadonlyMap<string, ByteSource>> {
    if (this.#convertedBytes === 0) return new Map();
    if (this.#converted === undefined) {
      const scratch = await runtime.scratch(CONVERTED, this.#convertedBytes);
      for (const conversion of this.#conversions.values()) await widen(conversion, (offset, bytes) => scratch.write(offset, bytes), signal);
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
    if (tensor === undefined) throw new ArtifactError({ code: 'missing-tensor', format, field, expected: `a tensor of shape [${shape.join(', ')}]`, actual: 'nothing' });
    const where = { format, file: tensor.source.path, offset: tensor.begin, field: tensor.name };
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis]))
      throw new ArtifactError({ code: 'shape-mismatch', ...where, expected: `[${shape.join(', ')}]`, actual: `[${tensor.shape.join(', ')}]` });
    const block = blockFormat(tensor.dtype);
    if (block === undefined) throw new ArtifactError({ code: 'unsupported-dtype', ...where, expected: 'F32, F16, BF16, Q8_0, Q4_0 or Q4_1', actual: tensor.dtype });
    const values = valuesOf(tensor);
    const stored = (values / block.values) * block.bytes;
    if (values % block.values !== 0 || tensor.end - tensor.begin !== stored)
      throw new ArtifactError({ code: 'malformed', ...where, expected: `${stored} bytes`, actual: `${tensor.end - tensor.begin} bytes` });
    if (tensor.end > tensor.source.size)
      throw new ArtifactError({ code: 'truncated', ...where, expected: `${tensor.end} bytes in the file`, actual: `${tensor.source.size} bytes` });
    if (values * 4 > this.#maxTensorBytes)
      throw new ArtifactError({ code: 'too-large', ...where, expected: `at most ${this.#maxTensorBytes} bytes in one tensor on this device`, actual: `${values * 4} bytes` });
    return tensor;
  }

  #place(graph: GraphBuilder, tensor: TensorInfo): Value {
    const type = this.#inPlace.has(tensor.dtype) ? IN_PLACE[tensor.dtype] : undefined;
    if (type !== undefined) {
      const stored = graph.external(tensor.name, type, tensor.shape, tensor.source.path, tensor.source, tensor.begin, tensor.end - tensor.begin);
      return type === 'float32' ? stored : graph.op('Cast', [stored], { to: 1 });
    }
    const { offset } = this.#plan(tensor);
    return graph.external(tensor.name, 'float32', tensor.shape, CONVERTED, undefined, offset, valuesOf(tensor) * 4);
  }

  #plan(tensor: TensorInfo): Conversion {
    const known = this.#conversions.get(tensor.name);
    if (known !== undefined) return known;
    if (this.#converted !== undefined) throw new RangeError(`${tensor.name} was not planned before conversion`);
    const conversion = { tensor, offset: this.#convertedBytes };
    this.#conversions.set(tensor.name, conversion);
    this.#convertedBytes += valuesOf(tensor) * 4;
    return conversion;
  }
}

function valuesOf(tensor: TensorInfo): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

async function widen({ tensor, offset }: Conversion, write: (offset: Bytes, bytes: Uint8Array<ArrayBuffer>) => Promise<void>, signal: CancelSignal): Promise<void> {
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
    const output = new Float32Array(blocks * block.values);
    block.decode(input, output);
    await write(offset + at * block.values * 4, new Uint8Array(output.buffer));
  }
}
