// Circles, values that nothing makes or that are made twice, and what ordinary graphs do that looks like it.
import { expect, it } from 'vitest';
import type { OnnxAttribute, OnnxGraphInfo, OnnxModelInfo, OnnxNodeInfo } from '../../graph/onnx-reader.ts';
import { wiringFaults } from './onnx-wiring.ts';

const port = (name: string) => ({ name, elementType: 1, dims: undefined });
const node = (type: string, inputs: readonly string[], outputs: readonly string[], bodies: readonly OnnxGraphInfo[] = []): OnnxNodeInfo => ({ name: '', type, domain: '', inputs, outputs, at: 7, attributes: bodies.map((body, i): OnnxAttribute => ({ name: `body${i}`, ints: [], floats: [], texts: [], tensors: [], graphs: [body], refersTo: '' })) });
const graph = (nodes: readonly OnnxNodeInfo[], outputs: readonly string[] = ['y'], inputs: readonly string[] = ['x']): OnnxGraphInfo => ({ name: '', inputs: inputs.map(port), outputs: outputs.map(port), nodes, initializers: [] });
const model = (nodes: readonly OnnxNodeInfo[], more: Partial<OnnxModelInfo> = {}): OnnxModelInfo => ({ ...graph(nodes), irVersion: 8, opsets: new Map(), producer: '', metadata: [], functions: [], unknown: [], ...more });

it.each<readonly [string, readonly OnnxNodeInfo[], string]>([
  ['a circle', [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])], 'a graph without circles'],
  ['an input that nothing makes', [node('Add', ['x', 'nope'], ['y'])], 'a value that something makes'],
  ['an output that nothing makes', [node('Relu', ['x'], ['z'])], 'a value that something makes'],
  ['a value that is made twice', [node('Relu', ['x'], ['y']), node('Relu', ['x'], ['y'])], 'a value that is made once'],
  ['an input that is made over', [node('Relu', ['x'], ['x']), node('Relu', ['x'], ['y'])], 'a value that is made once'],
  ['a fault inside a body', [node('If', ['x'], ['y'], [graph([node('Relu', ['nope'], ['t'])], ['t'], []), graph([node('Relu', ['x'], ['t'])], ['t'], [])])], 'a value that something makes'],
  ['a circle by way of a body', [node('If', ['x'], ['a'], [graph([node('Relu', ['y'], ['t'])], ['t'], [])]), node('Relu', ['a'], ['y'])], 'a graph without circles'],
])('tells %s', (_, nodes, expected) => {
  expect(wiringFaults(model(nodes))).toContainEqual(expect.objectContaining({ code: 'malformed', expected }));
});

it('says where: the node and its place in the file', () => {
  expect(wiringFaults(model([node('Add', ['x', 'nope'], ['y'])]))).toEqual([{ code: 'malformed', offset: 7, field: 'graph, input of Add ("y")', expected: 'a value that something makes', actual: '"nope", which nothing does' }]);
});

it.each<readonly [string, OnnxModelInfo]>([
  ['nodes out of order', model([node('Relu', ['a'], ['y']), node('Relu', ['x'], ['a'])])],
  ['inputs and outputs left out', model([node('Resize', ['x', '', 's'], ['y', ''])], { initializers: [{ name: 's', elementType: 1, dims: [1], data: { kind: 'inline', parts: [] }, at: 0 }] })],
  ['tensors stored by their places', model([node('Add', ['x', 'w'], ['y'])], { sparse: ['w'] })],
  ['bodies that take from outside, and share names', model([node('Relu', ['x'], ['a']), node('If', ['x'], ['y'], [graph([node('Relu', ['a'], ['t'])], ['t'], []), graph([node('Neg', ['a'], ['t'])], ['t'], [])])])],
  ['an output that is an input', model([node('Relu', ['x'], ['y'])], { outputs: [port('x'), port('y')] })],
  ['a function', model([node('F', ['x'], ['y'])], { functions: [{ name: 'F', domain: 'own', inputs: ['p'], outputs: ['q'], nodes: [node('Relu', ['p'], ['q'])], defaults: [] }] })],
])('leaves alone %s', (_, whole) => {
  expect(wiringFaults(whole)).toEqual([]);
});

it('takes a long chain in a moment', () => {
  const nodes = Array.from({ length: 100_000 }, (_, i) => node('Relu', [i === 0 ? 'x' : `v${i}`], [i === 99_999 ? 'y' : `v${i + 1}`]));
  expect(wiringFaults(model(nodes))).toEqual([]);
});
