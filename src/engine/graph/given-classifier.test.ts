// Where the logits of a graph are, for the endings that exporters leave.
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../core/byte-source.ts';
import { flatPicture, readGivenClassifier } from './given-classifier.ts';
import type { OnnxModelInfo, OnnxNodeInfo } from './onnx-reader.ts';

const node = (type: string, inputs: readonly string[], outputs: readonly string[], domain = ''): OnnxNodeInfo => ({ name: type, type, domain, inputs, outputs, attributes: [] });

/** A table of four columns; what skl2onnx names its outputs. */
function graph(...nodes: readonly OnnxNodeInfo[]): OnnxModelInfo {
  const port = (name: string, elementType: number, dims: readonly (number | string)[] | undefined) => ({ name, elementType, dims });
  return {
    name: 'g', nodes, inputs: [port('X', 1, ['', 4])], outputs: [port('output_label', 7, ['']), port('output_probability', 0, undefined)], initializers: [],
    irVersion: 8, opsets: new Map([['', 17]]), producer: 'skl2onnx', metadata: [], functions: [], unknown: [],
  };
}
const FILE = bytesOf('x.onnx', new Uint8Array());

describe('the scores of scikit-learn\u2019s classifiers', () => {
  it('are what goes into ZipMap, and the logits what goes into the Softmax before it', () => {
    const mlp = graph(node('Gemm', ['X', 'w'], ['sums']), node('Softmax', ['sums'], ['p']), node('ZipMap', ['p'], ['output_probability'], 'ai.onnx.ml'));
    expect(readGivenClassifier(FILE, mlp, 0)).toMatchObject({ task: 'tabular', logits: 'sums', ending: 'softmax' });
    const forest = graph(node('TreeEnsembleClassifier', ['X'], ['label', 'p'], 'ai.onnx.ml'), node('ZipMap', ['p'], ['output_probability'], 'ai.onnx.ml'));
    expect(readGivenClassifier(FILE, forest, 0)).toMatchObject({ task: 'tabular', logits: 'p', ending: 'none' });
  });
});

describe('of outputs whose names say nothing', () => {
  const chosen = (outputs: readonly (readonly [name: string, width: number])[], labels: number, ...nodes: readonly OnnxNodeInfo[]): string =>
    readGivenClassifier(FILE, { ...graph(...nodes), outputs: outputs.map(([name, width]) => ({ name, elementType: 1, dims: ['n', width] })) }, labels).output.name;
  const body = node('Gemm', ['X', 'w'], ['body']);

  it('the scores are those made out of the others, in whatever order they stand', () => {
    const direct = [body, node('Gemm', ['body', 'v'], ['17'])];
    expect(chosen([['body', 16], ['17', 5]], 0, ...direct)).toBe('17');
    expect(chosen([['17', 5], ['body', 16]], 16, ...direct)).toBe('17');
    const branches = [body, node('Flatten', ['body'], ['16']), node('Relu', ['body'], ['r']), node('Gemm', ['r', 'v'], ['17'])];
    expect(chosen([['16', 16], ['17', 5]], 0, ...branches)).toBe('17');
    expect(chosen([['17', 5], ['16', 16]], 0, ...branches)).toBe('17');
  });

  it('and how sure they are is no score', () => expect(chosen([['body', 16], ['sure', 1]], 0, body, node('Softmax', ['body'], ['p']), node('ReduceMax', ['p'], ['sure']))).toBe('body'));

  it('or those as wide as there are names, or the last', () => {
    const heads = [body, node('Gemm', ['body', 'u'], ['16']), node('Gemm', ['body', 'v'], ['17'])];
    expect(chosen([['16', 7], ['17', 5]], 7, ...heads)).toBe('16');
    expect(chosen([['16', 7], ['17', 5]], 0, ...heads)).toBe('17');
    expect(chosen([['16', 5], ['17', 5]], 0, ...heads)).toBe('16');
  });

  it('and a name that says it is heard', () => expect(chosen([['logits', 16], ['17', 5]], 5, body, node('Gemm', ['logits', 'v'], ['17']))).toBe('logits'));
});

describe('pictures without an axis for their channels', () => {
  const port = (name: string, dims: readonly (number | string)[]) => ({ name, elementType: 1, dims });
  const scores = port('y', ['n', 10]);
  it('are told from tables by the pixels of the usual small pictures', () => {
    expect(flatPicture(port('x', ['n', 784]), scores)).toEqual({ channels: 1, side: 28 });
    expect(flatPicture(port('x', ['n', 3072]), scores)).toEqual({ channels: 3, side: 32 });
    expect(flatPicture(port('x', ['n', 64]), scores)).toEqual({ channels: 1, side: 8 });
    expect(flatPicture(port('x', ['n', 28, 28]), scores)).toEqual({ channels: 1, side: 28 });
  });
  it('and nothing else is one', () => {
    for (const dims of [['n', 4], ['n', 100, 64], ['n', 4, 4], ['n', 'features']]) expect(flatPicture(port('x', dims), scores)).toBeUndefined();
    expect(flatPicture(port('x', ['n', 64]), port('y', ['n', 2]))).toBeUndefined();
  });
});
