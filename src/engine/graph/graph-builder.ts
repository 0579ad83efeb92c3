// Builds one ONNX graph node by node. A Value is the name of a tensor in the graph; what no output needs is left out.
import type { ByteSource } from '../core/byte-source.ts';
import type { Bytes } from '../core/units.ts';
import type { GraphFile } from '../runtime/session.ts';
import { serialiseModel, type Attribute, type OnnxInitializer, type OnnxNode, type OnnxType, type OnnxValue } from './onnx-model.ts';

export type Value = string & { readonly __value: unique symbol };

/** A whole number is an `int` attribute; write `float(1)` for a float that may happen to be whole. */
export type AttributeInput = number | string | readonly number[] | Attribute;

export const float = (value: number): Attribute => ({ kind: 'float', value });

interface Declared {
  readonly initializer: OnnxInitializer;
  readonly source: ByteSource | undefined;
}

export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, Declared>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #constants = new Map<string, Value>();
  /** Values that are outputs, and the names they have as such. */
  readonly #names = new Map<string, string>();
  #next = 0;

  input(name: string, type: OnnxType, dims: readonly (number | string)[]): Value {
    this.#inputs.push({ name, type, dims });
    return name as Value;
  }

  /** `value` must come out of a node, and can be one output only. */
  output(value: Value, name: string, type: OnnxType, dims: readonly (number | string)[]): void {
    this.#names.set(value, name);
    this.#outputs.push({ name, type, dims });
  }

  /** One operator with one output. `domain` '' is ONNX's own. */
  op(type: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, AttributeInput>> = {}, domain = ''): Value {
    const [output] = this.ops(type, inputs, 1, attributes, domain);
    return output as Value;
  }

  ops(type: string, inputs: readonly (Value | undefined)[], outputs: number, attributes: Readonly<Record<string, AttributeInput>> = {}, domain = ''): Value[] {
    const name = `${type}/${this.#next++}`;
    const names = Array.from({ length: outputs }, (_, index) => `${name}:${index}` as Value);
    const typed = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)]));
    this.#nodes.push({ name, type, domain, inputs: inputs.map((input) => input ?? ''), outputs: names, attributes: typed });
    return names;
  }

  int64(values: readonly number[], scalar = false): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
    return this.#constant(`int64/${scalar ? 'scalar/' : ''}${values.join(',')}`, 'int64', scalar ? [] : [values.length], bytes);
  }

  float32(value: number): Value {
    return this.#constant(`float32/${value}`, 'float32', [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A tensor written into the graph. */
  floats(values: Float32Array, dims: readonly number[]): Value {
    return this.#constant(`floats/${this.#initializers.size}`, 'float32', dims, new Uint8Array(values.slice().buffer));
  }

  /** A tensor whose bytes stay in `source`; `location` is the name under which the runtime is given that source. */
  external(name: string, type: OnnxType, dims: readonly number[], location: string, source: ByteSource | undefined, offset: Bytes, length: Bytes): Value {
    this.#initializers.set(name, { initializer: { name, type, dims, data: { kind: 'external', location, offset, length } }, source });
    return name as Value;
  }

  reshape(value: Value, shape: Value | readonly number[]): Value {
    return this.op('Reshape', [value, typeof shape === 'string' ? shape : this.int64(shape)]);
  }

  transpose(value: Value, perm: readonly number[]): Value {
    return this.op('Transpose', [value], { perm });
  }

  concat(values: readonly Value[], axis: number): Value {
    const [only] = values;
    return values.length === 1 && only !== undefined ? only : this.op('Concat', values, { axis });
  }

  add(a: Value, b: Value): Value {
    return this.op('Add', [a, b]);
  }

  /** `late`: sources that are known only now, by location (converted weights). */
  finish(name: string, late: ReadonlyMap<string, ByteSource>): GraphFile {
    const used = new Set(this.#outputs.map((output) => output.name));
    const named = (value: string): string => this.#names.get(value) ?? value;
    const nodes: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      const outputs = node.outputs.map(named);
      if (!outputs.some((output) => used.has(output))) continue;
      const inputs = node.inputs.map(named);
      for (const input of inputs) used.add(input);
      nodes.push({ ...node, inputs, outputs });
    }
    const external = new Map<string, ByteSource>();
    const initializers: OnnxInitializer[] = [];
    for (const { initializer, source } of this.#initializers.values()) {
      if (!used.has(initializer.name)) continue;
      initializers.push(initializer);
      if (initializer.data.kind !== 'external') continue;
      const found = source ?? late.get(initializer.data.location);
      if (found === undefined) throw new RangeError(`graph ${name}: no source for external data ${initializer.data.location}`);
      external.set(initializer.data.location, found);
    }
    const inputs = this.#inputs.filter((input) => used.has(input.name));
    const graph = { name, nodes: nodes.toReversed(), initializers, inputs, outputs: this.#outputs };
    const relocated = (rename: (location: string) => string): Uint8Array<ArrayBuffer> =>
      serialiseModel({ ...graph, initializers: initializers.map((initializer) => relocate(initializer, rename)) });
    return { name, bytes: serialiseModel(graph), external, relocated };
  }

  #constant(name: string, type: OnnxType, dims: readonly number[], bytes: Uint8Array): Value {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    this.#initializers.set(name, { initializer: { name, type, dims, data: { kind: 'inline', bytes } }, source: undefined });
    this.#constants.set(name, name as Value);
    return name as Value;
  }
}

function relocate(initializer: OnnxInitializer, rename: (location: string) => string): OnnxInitializer {
  const { data } = initializer;
  return data.kind === 'external' ? { ...initializer, data: { ...data, location: rename(data.location) } } : initializer;
}

function attributeOf(value: AttributeInput): Attribute {
  if (typeof value === 'number') return Number.isInteger(value) ? { kind: 'int', value } : { kind: 'float', value };
  if (typeof value === 'string') return { kind: 'text', value };
  return isInts(value) ? { kind: 'ints', value } : value;
}

function isInts(value: readonly number[] | Attribute): value is readonly number[] {
  return Array.isArray(value);
}
