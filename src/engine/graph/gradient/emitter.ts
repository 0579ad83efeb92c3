// Writes the backward half of a graph: nodes appended to the given one. Shapes of the forward values are known numbers
// (they were measured by running the graph once), so every shape written here is a constant.
import { ONNX_TYPE, type Attribute, type OnnxInitializer, type OnnxNode, type OnnxType } from '../onnx-model.ts';
import { float } from '../graph-builder.ts';
import type { GraphNode } from './graph-nodes.ts';

export type Shape = readonly number[];
type AttributeInput = number | string | readonly number[] | Attribute;

const SMALLEST_DIVISOR = 1e-12;

export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly opset: number;
  readonly #shapes: Map<string, Shape>;
  readonly #integers: ReadonlyMap<string, readonly number[]>;
  readonly #constants = new Map<string, string>();
  readonly #singles = new Map<string, string>();
  #next = 0;

  constructor(opset: number, shapes: ReadonlyMap<string, Shape>, integers: ReadonlyMap<string, readonly number[]>) {
    this.opset = opset;
    this.#shapes = new Map(shapes);
    this.#integers = integers;
  }

  /** Shape of a value of the forward graph. */
  shape(value: string): Shape {
    const shape = this.#shapes.get(value);
    if (shape === undefined) throw new Unsupported(`a value of unknown shape (${value})`);
    return shape;
  }

  /** Values of an integer input of the forward graph. */
  integersOf(value: string): readonly number[] {
    const values = this.#integers.get(value);
    if (values === undefined) throw new Unsupported(`an integer input of unknown value (${value})`);
    return values;
  }

  /** A value of the forward graph as float32. */
  single(value: string): string {
    const known = this.#singles.get(value);
    if (known !== undefined) return known;
    const cast = this.op('Cast', [value], { to: ONNX_TYPE.float32 });
    const shape = this.#shapes.get(value);
    if (shape !== undefined) this.#shapes.set(cast, shape);
    this.#singles.set(value, cast);
    return cast;
  }

  op(type: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeInput>> = {}): string {
    const name = `assay_gradient/${type}/${this.#next++}`;
    const typed = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)]));
    this.nodes.push({ name, type, domain: '', inputs, outputs: [name], attributes: typed });
    return name;
  }

  floats(values: Float32Array, dims: Shape): string {
    const key = values.length <= 16 ? `f/${dims.join('x')}/${[...values].join(',')}` : undefined;
    return this.#constant(key, 'float32', dims, new Uint8Array(values.slice().buffer));
  }

  scalar(value: number): string {
    return this.floats(Float32Array.of(value), []);
  }

  integers(values: readonly number[]): string {
    return this.#constant(`i/${values.join(',')}`, 'int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  add(a: string, b: string): string {
    return this.op('Add', [a, b]);
  }
  sub(a: string, b: string): string {
    return this.op('Sub', [a, b]);
  }
  mul(a: string, b: string): string {
    return this.op('Mul', [a, b]);
  }
  div(a: string, b: string): string {
    return this.op('Div', [a, b]);
  }
  scale(a: string, by: number): string {
    return by === 1 ? a : this.mul(a, this.scalar(by));
  }
  /** `a` where the condition holds, else 0. */
  where(condition: string, a: string): string {
    return this.mul(a, this.op('Cast', [condition], { to: ONNX_TYPE.float32 }));
  }
  reshape(a: string, dims: Shape): string {
    return this.op('Reshape', [a, this.integers(dims)]);
  }
  expand(a: string, dims: Shape): string {
    return this.op('Expand', [a, this.integers(dims)]);
  }
  transpose(a: string, perm: readonly number[]): string {
    return this.op('Transpose', [a], { perm });
  }

  /** Sum over axes, which stay with length 1. */
  sum(a: string, axes: readonly number[]): string {
    if (axes.length === 0) return a;
    return this.opset >= 13 ? this.op('ReduceSum', [a, this.integers(axes)], { keepdims: 1 }) : this.op('ReduceSum', [a], { axes, keepdims: 1 });
  }
  mean(a: string, axes: readonly number[]): string {
    return this.opset >= 18 ? this.op('ReduceMean', [a, this.integers(axes)], { keepdims: 1 }) : this.op('ReduceMean', [a], { axes, keepdims: 1 });
  }

  /** Before opset 11 floats can be compared by size alone. */
  equal(a: string, b: string): string {
    return this.opset >= 11 ? this.op('Equal', [a, b]) : this.op('Not', [this.op('Or', [this.op('Less', [a, b]), this.op('Greater', [a, b])])]);
  }

  /** The gradient of a broadcast: `a` of shape `from`, summed to shape `to`. */
  unbroadcast(a: string, from: Shape, to: Shape): string {
    if (sameShape(from, to)) return a;
    const lead = from.length - to.length;
    const axes = from.flatMap((dim, axis) => (axis < lead || (to[axis - lead] === 1 && dim !== 1) ? [axis] : []));
    return this.reshape(this.sum(a, axes), to);
  }

  /** A product along one axis: `matrix` [length of the axis, its new length]. */
  along(a: string, rank: number, axis: number, matrix: string): string {
    const last = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis).concat(axis);
    const moved = this.op('MatMul', [this.transpose(a, last), matrix]);
    return this.transpose(moved, last.map((_, i) => last.indexOf(i)));
  }

  /** Kept away from infinity, which times nothing is no number. */
  bounded(a: string): string {
    return this.op('Max', [this.op('Min', [a, this.scalar(1 / SMALLEST_DIVISOR)]), this.scalar(-1 / SMALLEST_DIVISOR)]);
  }
  /** What is not negative, kept away from 0. */
  divisor(a: string): string {
    return this.op('Max', [a, this.scalar(SMALLEST_DIVISOR)]);
  }

  /** Zeros before and after along each axis. */
  pad(a: string, before: readonly number[], after: readonly number[]): string {
    if ([...before, ...after].every((count) => count === 0)) return a;
    return this.opset >= 11 ? this.op('Pad', [a, this.integers([...before, ...after])], { mode: 'constant' }) : this.op('Pad', [a], { mode: 'constant', pads: [...before, ...after] });
  }

  slice(a: string, starts: readonly number[], ends: readonly number[]): string {
    const axes = starts.map((_, axis) => axis);
    return this.opset >= 10 ? this.op('Slice', [a, this.integers(starts), this.integers(ends), this.integers(axes)]) : this.op('Slice', [a], { starts, ends, axes });
  }

  #constant(key: string | undefined, type: OnnxType, dims: Shape, bytes: Uint8Array): string {
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = `assay_gradient/constant/${this.initializers.length}`;
    this.initializers.push({ name, type, dims, data: { kind: 'inline', bytes } });
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }
}

/** Why a graph cannot be differentiated, in the user's words. */
export class Unsupported extends Error {}

/** Gradients with respect to a node's inputs, in their order; undefined where there is none or nobody asked. */
export type GradientRule = (context: RuleContext) => readonly (string | undefined)[];

export interface RuleContext {
  readonly node: GraphNode;
  /** Gradients with respect to the node's outputs. */
  readonly pulls: readonly (string | undefined)[];
  /** Of the first output: what most rules need. */
  readonly pull: string;
  readonly emit: Emitter;
  /** True where this input depends on what is differentiated. */
  wants(input: number): boolean;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function numberOf({ attributes }: GraphNode, name: string, otherwise: number): number {
  const value = attributes.get(name);
  return typeof value === 'number' ? value : otherwise;
}

export function listOf({ attributes }: GraphNode, name: string): readonly number[] | undefined {
  const value = attributes.get(name);
  return Array.isArray(value) ? value : undefined;
}

export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** An input's name; an input that is left out is a malformed node here. */
export function inputOf(node: GraphNode, at: number): string {
  const name = node.inputs[at];
  if (name === undefined || name === '') throw new Unsupported(`${node.type} without input ${at}`);
  return name;
}

export function outputOf(node: GraphNode): string {
  const [name] = node.outputs;
  if (name === undefined) throw new Unsupported(`${node.type} without an output`);
  return name;
}

function attributeOf(value: AttributeInput): Attribute {
  if (typeof value === 'number') return Number.isInteger(value) ? { kind: 'int', value } : float(value);
  if (typeof value === 'string') return { kind: 'text', value };
  return isInts(value) ? { kind: 'ints', value } : value;
}

function isInts(value: readonly number[] | Attribute): value is readonly number[] {
  return Array.isArray(value);
}
