// One data-flow graph out of an ONNX model: local functions are put in place of their calls, and the bodies of If, Loop and
// Scan in place of their nodes, so that what a hidden branch does is seen as what the main graph does. Every value gets a
// number; names of inner graphs shadow outer ones. Nothing is evaluated.
// Added operators: '#if' (condition, then, else -> one output), '#join' (initial, next iteration -> value inside a body),
// '#loop' (trip count, condition before, condition in the body -> nothing).
import { ArtifactError } from '../core/artifact-error.ts';
import type { OnnxAttribute, OnnxFunctionInfo, OnnxGraphInfo, OnnxModelInfo, OnnxNodeInfo, OnnxPort, OnnxTensorInfo } from './onnx-reader.ts';

export type ValueId = number;

export interface FlatValue {
  readonly name: string;
  /** Index of the operator that makes it. */
  producer: number | undefined;
  readonly tensor: OnnxTensorInfo | undefined;
  /** Input of the main graph. */
  readonly input: OnnxPort | undefined;
}

export interface FlatOp {
  readonly type: string;
  /** '' for ONNX's own. */
  readonly domain: string;
  /** Unique within the model: scopes of functions and subgraphs, then the node's name or first output. */
  readonly name: string;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputs: readonly ValueId[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface FlatGraph {
  readonly values: readonly FlatValue[];
  readonly ops: readonly FlatOp[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

/** CWE-674 and CWE-400: functions that call functions multiply. */
const FLAT_LIMITS = { depth: 32, ops: 1_000_000 } as const;

export function flatten(model: OnnxModelInfo, file: string): FlatGraph {
  return new Flattener(model.functions, file).run(model);
}

class Scope {
  readonly #names = new Map<string, ValueId>();

  constructor(
    readonly prefix: string,
    readonly depth: number,
    readonly outer: Scope | undefined,
    readonly attributes: ReadonlyMap<string, OnnxAttribute>,
  ) {}

  define(name: string, id: ValueId): void {
    this.#names.set(name, id);
  }

  own(name: string): ValueId | undefined {
    return this.#names.get(name);
  }

  find(name: string): ValueId | undefined {
    return this.#names.get(name) ?? this.outer?.find(name);
  }
}

class Flattener {
  readonly #functions: ReadonlyMap<string, OnnxFunctionInfo>;
  readonly #file: string;
  readonly #values: FlatValue[] = [];
  readonly #ops: FlatOp[] = [];

  constructor(functions: readonly OnnxFunctionInfo[], file: string) {
    this.#functions = new Map(functions.map((info) => [`${canonical(info.domain)}\n${info.name}`, info]));
    this.#file = file;
  }

  run(model: OnnxModelInfo): FlatGraph {
    const scope = new Scope('', 0, undefined, new Map());
    const inputs = model.inputs.map((input) => {
      const id = this.#value(input.name, undefined, input);
      scope.define(input.name, id);
      return id;
    });
    this.#body(model, scope);
    return { values: this.#values, ops: this.#ops, inputs, outputs: model.outputs.map(({ name }) => this.#resolve(scope, name)) };
  }

  #body(graph: Pick<OnnxGraphInfo, 'nodes' | 'initializers'>, scope: Scope): void {
    for (const tensor of graph.initializers) scope.define(tensor.name, this.#value(tensor.name, tensor));
    // All names first: nodes may stand in any order.
    for (const { outputs } of graph.nodes) for (const name of outputs) if (name !== '' && scope.own(name) === undefined) scope.define(name, this.#value(name));
    for (const node of graph.nodes) this.#node(node, scope);
  }

  #node(node: OnnxNodeInfo, scope: Scope): void {
    const domain = canonical(node.domain);
    const attributes = new Map(node.attributes.map((attribute) => [attribute.name, (attribute.refersTo === '' ? undefined : scope.attributes.get(attribute.refersTo)) ?? attribute]));
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.#resolve(scope, name)));
    const outputs = node.outputs.map((name) => (name === '' ? this.#value('') : this.#resolve(scope, name)));
    const name = `${scope.prefix}${node.name === '' ? (node.outputs.find((output) => output !== '') ?? node.type) : node.name}`;
    const inlined = this.#functions.get(`${domain}\n${node.type}`);
    const graphs = domain === '' ? node.attributes.flatMap(({ graphs: list }) => list) : [];
    if (inlined !== undefined) this.#call(inlined, { name, inputs, outputs, attributes }, scope);
    else if (node.type === 'If' && graphs.length > 0) this.#if({ name, inputs, outputs, attributes }, scope);
    else if ((node.type === 'Loop' || node.type === 'Scan' || node.type === 'SequenceMap') && graphs[0] !== undefined) this.#loop(node.type, graphs[0], { name, inputs, outputs, attributes }, scope);
    else this.#emit({ type: node.type, domain, name, inputs, outputs, attributes });
  }

  #call(info: OnnxFunctionInfo, call: Call, caller: Scope): void {
    const attributes = new Map([...info.defaults.map((attribute) => [attribute.name, attribute] as const), ...call.attributes]);
    const scope = new Scope(`${call.name}/`, this.#deeper(caller), undefined, attributes);
    info.inputs.forEach((name, i) => {
      const id = call.inputs[i];
      scope.define(name, id ?? this.#value(name));
    });
    this.#body({ nodes: info.nodes, initializers: [] }, scope);
    info.outputs.forEach((name, i) => this.#alias(this.#resolve(scope, name), call.outputs[i], `${call.name}/${name}`));
  }

  #if({ name, inputs, outputs, attributes }: Call, outer: Scope): void {
    const branch = (which: string): readonly ValueId[] => {
      const graph = attributes.get(which)?.graphs[0];
      if (graph === undefined) return [];
      const scope = new Scope(`${name}/${which}/`, this.#deeper(outer), outer, outer.attributes);
      this.#body(graph, scope);
      return graph.outputs.map((output) => this.#resolve(scope, output.name));
    };
    const [then, otherwise] = [branch('then_branch'), branch('else_branch')];
    outputs.forEach((output, i) => this.#emit({ type: '#if', domain: '', name, inputs: [inputs[0], then[i], otherwise[i]], outputs: [output], attributes }));
  }

  /** Loop: trip count, condition, carried -> body(iteration, condition, carried) -> condition, carried, scanned. Scan: carried and scanned only. */
  #loop(type: string, graph: OnnxGraphInfo, { name, inputs, outputs, attributes }: Call, outer: Scope): void {
    const scope = new Scope(`${name}/body/`, this.#deeper(outer), outer, outer.attributes);
    const carried = type === 'Loop' ? graph.inputs.length - 2 : type === 'Scan' ? inputs.length - (attributes.get('num_scan_inputs')?.ints[0] ?? 0) : 0;
    const offset = type === 'Loop' ? 2 : 0;
    const joins = graph.inputs.map((port, i) => {
      const id = this.#value(port.name);
      scope.define(port.name, id);
      return { id, initial: type === 'Loop' && i < 2 ? undefined : inputs[i], loops: i >= offset && i - offset < carried };
    });
    this.#body(graph, scope);
    const results = graph.outputs.map((output) => this.#resolve(scope, output.name));
    const firstState = type === 'Loop' ? 1 : 0;
    joins.forEach(({ id, initial, loops }, i) => this.#emit({ type: '#join', domain: '', name: `${name}/${this.#values[id]?.name ?? ''}`, inputs: [initial, loops ? results[i - offset + firstState] : undefined], outputs: [id], attributes: new Map() }));
    if (type === 'Loop') this.#emit({ type: '#loop', domain: '', name, inputs: [inputs[0], inputs[1], results[0]], outputs: [], attributes });
    outputs.forEach((output, i) => {
      const initial = type === 'Loop' && i < carried ? inputs[i + 2] : undefined;
      this.#emit({ type: '#join', domain: '', name, inputs: [initial, results[i + firstState]], outputs: [output], attributes: new Map() });
    });
  }

  #alias(from: ValueId, to: ValueId | undefined, name: string): void {
    if (to !== undefined) this.#emit({ type: 'Identity', domain: '', name, inputs: [from], outputs: [to], attributes: new Map() });
  }

  #emit(op: FlatOp): void {
    if (this.#ops.length >= FLAT_LIMITS.ops) throw this.#limit(`at most ${FLAT_LIMITS.ops} operators, calls written out`, 'more');
    for (const output of op.outputs) {
      const value = this.#values[output];
      if (value !== undefined) value.producer ??= this.#ops.length;
    }
    this.#ops.push(op);
  }

  #value(name: string, tensor?: OnnxTensorInfo, input?: OnnxPort): ValueId {
    this.#values.push({ name, producer: undefined, tensor, input });
    return this.#values.length - 1;
  }

  /** A name that nothing defines becomes a value without a source. */
  #resolve(scope: Scope, name: string): ValueId {
    const known = scope.find(name);
    if (known !== undefined) return known;
    const id = this.#value(name);
    scope.define(name, id);
    return id;
  }

  #deeper({ depth }: Scope): number {
    if (depth >= FLAT_LIMITS.depth) throw this.#limit(`calls and subgraphs at most ${FLAT_LIMITS.depth} deep`, 'deeper, or a function that calls itself');
    return depth + 1;
  }

  #limit(expected: string, actual: string): ArtifactError {
    return new ArtifactError({ code: 'limit-exceeded', format: 'onnx', file: this.#file, field: 'graph', expected, actual });
  }
}

type Call = Pick<FlatOp, 'name' | 'inputs' | 'outputs' | 'attributes'>;

function canonical(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
