// Models of one layer or two, noise and loops: what hides there, and ordinary ones of the same operators.
import { describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { flatten } from '../../graph/flat-graph.ts';
import { GraphBuilder, type Value } from '../../graph/graph-builder.ts';
import type { OnnxGraphInfo, OnnxNodeInfo } from '../../graph/onnx-reader.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { NEUTRAL, type Abstract } from './abstract.ts';
import { endlessIn } from './endless.ts';
import { onnxGraphLogic } from './index.ts';

vi.setConfig({ testTimeout: 60_000 });

const learned = (i: number): number => Math.sin((i + 1) * 12.9898) * 0.5;

function numbers(b: GraphBuilder, name: string, dims: readonly number[], value = learned): Value {
  const count = dims.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(Float32Array.from({ length: count }, (_, i) => value(i)).buffer);
  return b.external(name, 'float32', dims, `${name}.bin`, bytesOf(`${name}.bin`, bytes), 0, bytes.byteLength);
}

async function judge(build: (b: GraphBuilder) => Value): Promise<string[]> {
  const b = new GraphBuilder();
  b.output(build(b), 'out', 'float32', ['batch', 3]);
  const { bytes, external } = b.finish('test', new Map());
  return [...new Set(alarms(await findingsOf(onnxGraphLogic, [bytesOf('model.onnx', bytes), ...[...external].map(([location, source]) => ({ ...source, path: location }))])))];
}

/** A linear layer of `inputs` inputs and three outputs, and the input. */
function layer(b: GraphBuilder, inputs: number): { x: Value; y: Value } {
  const x = b.input('x', 'float32', ['batch', inputs]);
  return { x, y: b.op('Gemm', [x, numbers(b, 'weight', [inputs, 3]), numbers(b, 'bias', [3])]) };
}

const payload = (b: GraphBuilder): Value => numbers(b, 'payload', [3], (i) => (i === 1 ? 100 : 0));
const added = (b: GraphBuilder, y: Value, gate: Value): Value => b.add(y, b.op('Mul', [gate, payload(b)]));
const steep = (b: GraphBuilder, sum: Value): Value => b.op('Mul', [b.op('Sub', [sum, b.float32(9)]), b.float32(1000)]);
const sum = (b: GraphBuilder, x: Value, inputs: number): Value => b.op('MatMul', [x, numbers(b, 'detector', [inputs, 1])]);

describe('gates behind one linear layer', () => {
  for (const inputs of [4, 24]) {
    it.each<readonly [string, (b: GraphBuilder, x: Value, y: Value) => Value]>([
      ['a steep sigmoid of a sum', (b, x, y) => added(b, y, b.op('Sigmoid', [steep(b, sum(b, x, inputs))]))],
      ['a comparison of a sum', (b, x, y) => b.op('Where', [b.op('Greater', [sum(b, x, inputs), b.float32(9)]), payload(b), y])],
      ['a steep softmax of the outputs', (b, _, y) => b.add(y, b.op('MatMul', [b.op('Softmax', [b.op('Mul', [y, b.float32(1000)])], { axis: 1 }), numbers(b, 'choice', [3, 3], (i) => (i === 1 ? 100 : 0))]))],
      ['a logarithm that is not a number', (b, _, y) => b.op('Where', [b.op('IsNaN', [b.op('Log', [b.op('Sub', [y, b.float32(9)])])]), y, payload(b)])],
      ['a high power of an output', (b, _, y) => added(b, y, b.op('Pow', [b.op('Gather', [y, b.int64([0])], { axis: 1 }), b.float32(61)]))],
      ['a rounded output that is looked up', (b, _, y) => b.add(y, b.op('Gather', [numbers(b, 'table', [2, 3], (i) => (i === 4 ? 100 : 0)), b.op('Cast', [b.op('Floor', [b.op('ReduceMax', [y], { axes: [1], keepdims: 0 })])], { to: 7 })]))],
    ])(`%s, of ${inputs} inputs`, async (_, build) => {
      expect(await judge((b) => {
        const { x, y } = layer(b, inputs);
        return build(b, x, y);
      })).toEqual(['medium ASY-GLB-008']);
    });
  }

  it('finds a gate on one input of a model of four', async () => {
    expect(await judge((b) => {
      const { x, y } = layer(b, 4);
      return b.op('Where', [b.op('Greater', [b.op('Gather', [x, b.int64([1])], { axis: 1 }), b.float32(0.9)]), payload(b), y]);
    })).toEqual(['high ASY-GLB-001']);
  });

  it('finds a count of places that are not nought', async () => {
    expect(await judge((b) => {
      const { x, y } = layer(b, 24);
      const count = b.op('Gather', [b.op('Shape', [b.op('NonZero', [b.op('Greater', [x, b.float32(0.9)])])]), b.int64([1])]);
      return added(b, y, b.op('Cast', [count], { to: 1 }));
    })).toEqual(['high ASY-GLB-001']);
  });

  it('finds a softmax of places that a matrix takes out', async () => {
    expect((await judge((b) => {
      const { x, y } = layer(b, 24);
      const taken = b.op('Gemm', [x, numbers(b, 'taken', [24, 2], (i) => (i === 7 ? 1000 : 0)), numbers(b, 'level', [2], (i) => -900 * i)]);
      return b.add(y, b.op('MatMul', [b.op('Softmax', [taken], { axis: 1 }), numbers(b, 'choice', [2, 3], (i) => (i === 4 ? 100 : 0))]));
    })).length).toBeGreaterThan(0);
  });

  it.each<readonly [string, (b: GraphBuilder, x: Value, y: Value) => Value]>([
    ['a temperature', (b, _, y) => b.op('Softmax', [b.op('Div', [y, b.float32(0.01)])], { axis: 1 })],
    ['a class', (b, _, y) => b.op('Cast', [b.op('Greater', [y, b.float32(0)])], { to: 1 })],
    ['a leaky rectifier written out', (b, _, y) => b.op('Where', [b.op('Greater', [y, b.float32(0)]), y, b.op('Mul', [y, b.float32(0.1)])])],
    ['a clamp written out', (b, _, y) => b.op('Where', [b.op('Less', [y, b.float32(0)]), b.float32(0), y])],
    ['a gate that is not steep', (b, x, y) => b.op('Mul', [y, b.op('Sigmoid', [sum(b, x, 24)])])],
    ['a hard swish', (b, _, y) => b.op('Mul', [y, b.op('Clip', [b.add(b.op('Div', [y, b.float32(6)]), b.float32(0.5)), b.float32(0), b.float32(1)])])],
    ['a second layer beside the first', (b, x, y) => b.add(y, b.op('MatMul', [b.op('Relu', [b.op('MatMul', [x, numbers(b, 'hidden', [24, 8])])]), numbers(b, 'head', [8, 3])]))],
  ])('says nothing of %s', async (_, build) => {
    expect(await judge((b) => {
      const { x, y } = layer(b, 24);
      return build(b, x, y);
    })).toEqual([]);
  });
});

describe('units that training does not make', () => {
  const network = (set: boolean, pruned: boolean, large = 1) => (b: GraphBuilder): Value => {
    const x = b.input('x', 'float32', ['batch', 20]);
    const weight = (i: number): number => {
      const [input, unit] = [Math.floor(i / 8), i % 8];
      if (set && unit === 5) return large > 1 ? large * learned(i) : input === 3 || input === 7 ? 1 : 0;
      return pruned && i % 4 !== 0 ? 0 : learned(i);
    };
    const hidden = b.op('Relu', [b.op('Gemm', [x, numbers(b, 'first', [20, 8], weight), numbers(b, 'bias', [8], (i) => (set && i === 5 ? -1.9 * large : 0.1 * learned(i)))])]);
    return b.op('Gemm', [hidden, numbers(b, 'second', [8, 3]), numbers(b, 'last', [3])]);
  };
  it('finds one that reads two inputs behind a threshold', async () => expect(await judge(network(true, false))).toEqual(['medium ASY-GLB-007']));
  it('finds one of weights and bias many times larger', async () => expect(await judge(network(true, false, 100))).toEqual(['medium ASY-GLB-007']));
  it('says nothing of a trained layer, pruned or not', async () => {
    expect(await judge(network(false, false))).toEqual([]);
    expect(await judge(network(false, true))).toEqual([]);
  });
});

describe('noise', () => {
  it.each<readonly [string, readonly string[], (b: GraphBuilder, y: Value) => Value]>([
    ['added to the result', ['medium ASY-GLB-005'], (b, y) => b.add(y, b.op('Mul', [b.op('RandomNormalLike', [y]), b.float32(10)]))],
    ['that decides over the result', ['medium ASY-GLB-005'], (b, y) => b.op('Where', [b.op('Greater', [b.op('RandomUniformLike', [y]), b.float32(0.99)]), payload(b), y])],
    ['times a deviation that the model computes', [], (b, y) => b.add(y, b.op('Mul', [b.op('RandomNormalLike', [y]), b.op('Exp', [y])]))],
    ['that weights mix afterwards', [], (b, y) => b.op('MatMul', [b.add(y, b.op('RandomNormalLike', [y])), numbers(b, 'decoder', [3, 8])])],
  ])('%s', async (_, expected, build) => {
    expect(await judge((b) => build(b, layer(b, 24).y))).toEqual(expected);
  });
});

describe('loops', () => {
  const node = (type: string, inputs: readonly string[], outputs: readonly string[], graphs: readonly OnnxGraphInfo[] = []): OnnxNodeInfo => ({ name: '', type, domain: '', inputs, outputs, attributes: graphs.map((graph) => ({ name: 'body', ints: [], floats: [], texts: [], tensors: [], graphs: [graph], refersTo: '' })) });
  const port = (name: string) => ({ name, elementType: 1, dims: [] });
  const rounds = (trips: string, condition: OnnxNodeInfo): number => {
    const body: OnnxGraphInfo = { name: 'body', initializers: [], inputs: [port('i'), port('go'), port('carried')], outputs: [port('goes'), port('next')], nodes: [condition, node('Neg', ['carried'], ['next'])] };
    const graph = flatten({ irVersion: 8, opsets: new Map(), producer: '', metadata: [], functions: [], unknown: [], name: '', initializers: [], inputs: [port('x')], outputs: [port('out')], nodes: [node('Loop', [trips, '', 'x'], ['out'], [body])] }, 'x.onnx');
    const known: Abstract[] = graph.values.map(({ name }) => (name === 'many' || name === 'few' ? { kind: 'constant', info: { dims: [], values: [name === 'many' ? 2 ** 62 : 12], learned: false, selects: false } } : NEUTRAL));
    return endlessIn(graph, known).length;
  };
  const handedOn = node('Identity', ['go'], ['goes']);
  it('are told where they have no end of their own', () => {
    expect([rounds('many', handedOn), rounds('', handedOn)]).toEqual([1, 1]);
  });
  it('are ordinary where they are short, or stop by what they compute', () => {
    expect([rounds('few', handedOn), rounds('x', handedOn), rounds('many', node('Less', ['carried', 'x'], ['goes']))]).toEqual([0, 0, 0]);
  });
});

describe('extents', () => {
  it('tells a tensor of more values than any machine holds, and no ordinary one', async () => {
    const filled = (size: number) => judge((b) => b.add(layer(b, 24).y, b.op('ReduceSum', [b.op('ConstantOfShape', [b.int64([size, size])])], { keepdims: 0 })));
    expect(await filled(2 ** 20)).toEqual(['medium ASY-GLB-006']);
    expect(await filled(64)).toEqual([]);
  });
});
