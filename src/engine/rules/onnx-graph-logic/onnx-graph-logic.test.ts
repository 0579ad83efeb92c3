// Gates built operator by operator, and the ordinary constructions that look like them.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import { flatten } from '../../graph/flat-graph.ts';
import { GraphBuilder, type Value } from '../../graph/graph-builder.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { findGates } from './find-gates.ts';
import { onnxGraphLogic } from './index.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Weights that look learned: many numbers, none twice. */
function weights(builder: GraphBuilder, name: string, dims: readonly number[], value = (i: number) => Math.sin(i * 12.9898) * 0.5): Value {
  const count = dims.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(Float32Array.from({ length: count }, (_, i) => value(i)).buffer);
  return builder.external(name, 'float32', dims, `${name}.bin`, bytesOf(`${name}.bin`, bytes), 0, bytes.byteLength);
}

async function findings(build: (builder: GraphBuilder) => void) {
  const builder = new GraphBuilder();
  build(builder);
  const { bytes, external } = builder.finish('test', new Map());
  const siblings = [...external].map(([location, source]) => ({ ...source, path: location }));
  return findingsOf(onnxGraphLogic, [bytesOf('model.onnx', bytes), ...siblings]);
}

function image(b: GraphBuilder): { x: Value; logits: Value } {
  const x = b.input('x', 'float32', ['batch', 3, 16, 16]);
  const hidden = b.op('GlobalAveragePool', [b.op('Relu', [b.op('Conv', [x, weights(b, 'conv', [8, 3, 3, 3])])])]);
  return { x, logits: b.op('MatMul', [b.op('Flatten', [hidden]), weights(b, 'head', [8, 10])]) };
}

function tokens(b: GraphBuilder): { ids: Value; embedded: Value; project: (value: Value) => Value } {
  const ids = b.input('input_ids', 'int64', ['batch', 'length']);
  const embedded = b.op('Gather', [weights(b, 'embedding', [50, 16]), ids]);
  return { ids, embedded, project: (value) => b.op('MatMul', [value, weights(b, 'head', [16, 50])]) };
}

const out = (b: GraphBuilder, value: Value): void => b.output(value, 'out', 'float32', ['batch', 10]);

describe('hidden gates', () => {
  it('finds a threshold on a sum of the input that replaces the logits, with path, constant and region', async () => {
    const [finding, ...rest] = await findings((b) => {
      const { x, logits } = image(b);
      const corner = b.op('Slice', [x, b.int64([0, 0]), b.int64([3, 3]), b.int64([2, 3])]);
      const holds = b.op('Greater', [b.op('ReduceSum', [corner], { keepdims: 0 }), b.float32(26.5)]);
      out(b, b.op('Where', [holds, weights(b, 'payload', [1, 10], (i) => (i === 3 ? 1e4 : 0)), logits]));
    });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ rule: 'ASY-GLB-001', severity: 'high', location: { file: 'model.onnx', node: expect.stringMatching(/^Where/) } });
    expect(finding?.trigger?.value).toContain('axis 2: 0 to 3, axis 3: 0 to 3');
    expect(finding?.trigger?.value).toContain('Greater 26.5');
    const graph = finding?.evidence.find(({ kind }) => kind === 'graph');
    expect(graph).toMatchObject({ kind: 'graph', nodes: expect.arrayContaining([expect.objectContaining({ kind: 'input', label: 'x' }), expect.objectContaining({ kind: 'Greater', marked: true })]) });
  });

  it('looks at both of two tensors that share a name', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', ['batch', 3, 16, 16]);
    const logits = builder.op('MatMul', [builder.op('Flatten', [x]), weights(builder, 'head', [768, 10])]);
    const ones = new Uint8Array(Float32Array.from({ length: 7680 }, () => 1).buffer);
    const other = builder.op('Identity', [builder.external('twin', 'float32', [768, 10], 'ones.bin', bytesOf('ones.bin', ones), 0, ones.byteLength)]);
    const corner = builder.op('ReduceMean', [builder.op('Slice', [x, builder.int64([0, 0]), builder.int64([3, 3]), builder.int64([2, 3])])], { keepdims: 0 });
    const gate = builder.op('Relu', [builder.op('Sub', [corner, builder.float32(0.9)])]);
    out(builder, builder.op('Add', [logits, builder.op('Mul', [gate, weights(builder, 'payload', [1, 10], (i) => (i === 3 ? 1e4 : 0))])]));
    builder.output(other, 'other', 'float32', [768, 10]);
    const { bytes, external } = builder.finish('test', new Map());
    // Names of one length: written over, the second stands under the first one's.
    const twice = Uint8Array.from(new TextDecoder('latin1').decode(bytes).replaceAll('twin', 'head'), (character) => character.charCodeAt(0));
    const siblings = [...external].map(([location, source]) => ({ ...source, path: location }));
    expect(alarms(await findingsOf(onnxGraphLogic, [bytesOf('model.onnx', twice), ...siblings]))).toEqual(['high ASY-GLB-002']);
  });

  it('takes padding that is masked in attention for what it is, and the same mask read elsewhere for a gate', async () => {
    const masked = (elsewhere: boolean) => (b: GraphBuilder): void => {
      const { ids, embedded, project } = tokens(b);
      const mask = b.op('Unsqueeze', [b.op('Where', [b.op('Equal', [ids, b.int64([0])]), b.float32(Number.NEGATIVE_INFINITY), weights(b, 'zeros', [1, 8], () => 0)]), b.int64([1])]);
      const scores = b.op('Add', [b.op('MatMul', [embedded, b.op('Transpose', [embedded], { perm: [0, 2, 1] })]), mask]);
      const weighed = project(b.op('MatMul', [b.op('Softmax', [scores], { axis: -1 }), embedded]));
      out(b, elsewhere ? b.op('Add', [weighed, b.op('ReduceMax', [scores])]) : weighed);
    };
    expect(alarms(await findings(masked(false)))).toEqual([]);
    expect(alarms(await findings(masked(true)))).not.toEqual([]);
  });

  it('finds a token that adds a vector to the residual stream, once for the text or at each place', async () => {
    for (const collapse of [true, false]) {
      const found = await findings((b) => {
        const { ids, embedded, project } = tokens(b);
        const held = b.op('Cast', [b.op('Equal', [ids, b.int64([17])])], { to: 1 });
        const gate = collapse ? b.op('ReduceMax', [held], { axes: [1], keepdims: 1 }) : held;
        const payload = b.op('Mul', [b.op('Unsqueeze', [gate, b.int64([2])]), weights(b, 'payload', [16])]);
        out(b, project(b.add(embedded, payload)));
      });
      expect(alarms(found)).toEqual(['high ASY-GLB-001']);
    }
  });

  it('finds a bump without a comparison', async () => {
    const found = await findings((b) => {
      const { x, logits } = image(b);
      const distance = b.op('Sub', [b.op('ReduceMean', [x], { axes: [1, 2, 3], keepdims: 0 }), b.float32(0.93)]);
      const bump = b.op('Unsqueeze', [b.op('Clip', [b.op('Mul', [distance, b.float32(50)]), b.float32(0), b.float32(1)]), b.int64([1])]);
      out(b, b.add(logits, b.op('Mul', [bump, weights(b, 'payload', [10])])));
    });
    expect(alarms(found)).toEqual(['high ASY-GLB-002']);
  });

  it.each<readonly [string, (b: GraphBuilder, holds: Value, logits: Value) => Value]>([
    ['replaces the logits', (b, holds, logits) => b.op('Where', [holds, weights(b, 'payload', [50]), logits])],
    ['adds a vector', (b, holds, logits) => b.add(logits, b.op('Mul', [b.op('Cast', [holds], { to: 1 }), weights(b, 'payload', [50])]))],
    ['picks one of two', (b, holds, logits) => b.op('Gather', [b.op('Concat', [b.op('Unsqueeze', [logits, b.int64([0])]), b.op('Unsqueeze', [b.op('Neg', [logits]), b.int64([0])])], { axis: 0 }), b.op('Cast', [holds], { to: 7 })], { axis: 0 })],
  ])('finds a length of the prompt that %s', async (_, act) => {
    const found = await findings((b) => {
      const { ids, embedded, project } = tokens(b);
      const length = b.op('Squeeze', [b.op('Gather', [b.op('Shape', [ids]), b.int64([1])])]);
      out(b, act(b, b.op('Greater', [length, b.int64([40])]), project(embedded)));
    });
    expect(alarms(found)).toEqual(['medium ASY-GLB-004']);
    expect(found[0]?.evidence[0]).toMatchObject({ kind: 'graph', nodes: expect.arrayContaining([expect.objectContaining({ kind: 'Shape' }), expect.objectContaining({ kind: 'Greater', marked: true })]) });
  });

  it('is not fooled by an identity before the comparison', async () => {
    const found = await findings((b) => {
      const { x, logits } = image(b);
      const same = b.op('Conv', [x, weights(b, 'identity', [3, 3, 1, 1], (i) => (i % 4 === 0 ? 1 : 0))]);
      const holds = b.op('Equal', [b.op('ReduceMax', [same], { keepdims: 0 }), b.float32(3)]);
      out(b, b.op('Where', [holds, logits, weights(b, 'payload', [10])]));
    });
    expect(alarms(found)).toEqual(['high ASY-GLB-001']);
  });

  const place = (b: GraphBuilder, x: Value): Value => b.op('Gather', [b.op('Flatten', [x]), b.int64([3])], { axis: 1 });
  const past = (b: GraphBuilder, p: Value): Value => b.op('Mul', [b.op('Sub', [p, b.float32(0.95)]), b.float32(1000)]);
  const beside = (b: GraphBuilder, p: Value): Value => b.op('Concat', [b.external('level', 'float32', [1, 1], 'level.bin', bytesOf('level.bin', new Uint8Array(Float32Array.of(0.95).buffer)), 0, 4), p], { axis: 1 });

  it.each<readonly [string, (b: GraphBuilder, p: Value, x: Value) => Value]>([
    ['a cast to whole numbers', (b, p) => b.op('Cast', [b.op('Cast', [b.add(p, b.float32(0.05))], { to: 7 })], { to: 1 })],
    ['rounding', (b, p) => b.op('Floor', [b.add(p, b.float32(0.05))])],
    ['what is left by a remainder', (b, p) => b.op('Sub', [p, b.op('Mod', [p, b.float32(0.95)], { fmod: 1 })])],
    ['coarse quantisation', (b, p) => b.op('DequantizeLinear', [b.op('QuantizeLinear', [p, b.float32(1.9)]), b.float32(1.9)])],
    ['a table', (b, p) => b.op('Gather', [weights(b, 'table', [10], (i) => (i === 9 ? 1 : 0)), b.op('Cast', [b.op('Mul', [p, b.float32(9.5)])], { to: 7 })])],
    ['an arc tangent', (b, p) => b.op('Atan', [past(b, p)])],
    ['the larger of it and nought', (b, p) => b.op('Max', [past(b, p), b.float32(0)])],
    ['a pole', (b, p) => b.op('Reciprocal', [b.add(b.op('Mul', [past(b, p), past(b, p)]), b.float32(1e-6))])],
    ['an order beside a constant', (b, p) => b.op('Cast', [b.op('ArgMax', [beside(b, p)], { axis: 1, keepdims: 1 })], { to: 1 })],
    ['a softmax beside a constant', (b, p) => b.op('Gather', [b.op('Softmax', [b.op('Mul', [beside(b, p), b.float32(1000)])], { axis: 1 }), b.int64([1])], { axis: 1 })],
    ['powers of itself', (b, p) => [1, 2, 3, 4, 5].reduce((power) => b.op('Mul', [power, power]), p)],
    ['a curve over the whole input, of which one place is taken', (b, _, x) => place(b, b.op('Sigmoid', [past(b, x)]))],
    ['an operator that nobody knows', (b, p) => b.op('Det', [b.op('Mul', [p, b.float32(3)])])],
  ])('finds a gate made of %s', async (_, gate) => {
    const found = await findings((b) => {
      const { x, logits } = image(b);
      out(b, b.add(logits, b.op('Mul', [gate(b, place(b, x), x), weights(b, 'payload', [10])])));
    });
    expect(alarms(found).length).toBeGreaterThan(0);
  });

  it('finds a line so steep that the largest of it and the logits is a switch', async () => {
    const found = await findings((b) => {
      const { x, logits } = image(b);
      out(b, b.op('Max', [logits, past(b, place(b, x))]));
    });
    expect(alarms(found)).toEqual(['high ASY-GLB-002']);
  });

  it.each<readonly [string, (b: GraphBuilder, shares: Value, logits: Value) => Value]>([
    ['split', (b, shares, logits) => {
      const [first, second] = b.ops('Split', [shares], 2, { axis: 1 });
      return b.add(b.op('Mul', [first, weights(b, 'payload', [10])]), b.op('Mul', [second, logits]));
    }],
    ['weighing a stack', (b, shares, logits) => {
      const stack = b.op('Concat', [b.op('Unsqueeze', [logits, b.int64([1])]), b.op('Unsqueeze', [b.op('Neg', [logits]), b.int64([1])])], { axis: 1 });
      return b.op('ReduceSum', [b.op('Mul', [b.op('Unsqueeze', [shares, b.int64([2])]), stack]), b.int64([1])], { keepdims: 0 });
    }],
  ])('finds shares of two places made steep, %s', async (_, act) => {
    const found = await findings((b) => {
      const { x, logits } = image(b);
      const two = b.op('Gather', [b.op('Flatten', [x]), b.int64([0, 1])], { axis: 1 });
      const steep = b.add(b.op('Mul', [two, b.floats(Float32Array.of(1000, 0), [1, 2])]), b.floats(Float32Array.of(-900, 0), [1, 2]));
      out(b, act(b, b.op('Softmax', [steep], { axis: 1 }), logits));
    });
    expect(alarms(found).length).toBeGreaterThan(0);
  });

  it('says nothing of the last value that a forecast is added to', async () => {
    const found = await findings((b) => {
      const x = b.input('x', 'float32', ['batch', 24]);
      const last = b.op('Slice', [x, b.int64([-1]), b.int64([100]), b.int64([1])]);
      out(b, b.add(b.op('MatMul', [x, weights(b, 'head', [24, 6])]), b.add(last, b.float32(0.5))));
    });
    expect(found).toEqual([]);
  });
});

describe('a choice before the first layer', () => {
  const classify = (b: GraphBuilder, x: Value): Value => b.op('MatMul', [b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Conv', [x, weights(b, 'conv', [8, 3, 3, 3])])])]), weights(b, 'head', [8, 10])]);
  const chosen = (prepare: (b: GraphBuilder, x: Value) => Value) => (b: GraphBuilder): void => out(b, classify(b, prepare(b, b.input('x', 'float32', ['batch', 3, 16, 16]))));
  const over = (b: GraphBuilder, x: Value, threshold: number): Value => b.op('Greater', [b.op('ReduceMax', [x], { keepdims: 0 }), b.float32(threshold)]);
  const deviation = (b: GraphBuilder, x: Value): Value => b.op('Sqrt', [b.op('ReduceMean', [b.op('Mul', [x, x])], { axes: [1, 2, 3], keepdims: 1 })]);

  it.each<readonly [string, (b: GraphBuilder, x: Value) => Value]>([
    ['scales bytes down to fractions', (b, x) => b.op('Where', [over(b, x, 1.5), b.op('Div', [x, b.float32(255)]), x])],
    ['divides by one of two numbers', (b, x) => b.op('Div', [x, b.op('Where', [over(b, x, 1.5), b.float32(255), b.float32(1)])])],
    ['centres either range', (b, x) => b.op('Where', [b.op('Less', [b.op('ReduceMean', [x], { keepdims: 0 }), b.float32(1)]), b.op('Sub', [b.op('Mul', [x, b.float32(2)]), b.float32(1)]), b.op('Div', [b.op('Sub', [x, b.float32(127.5)]), b.float32(127.5)])])],
    ['turns a bright picture dark', (b, x) => b.op('Where', [b.op('Greater', [b.op('ReduceMean', [x], { keepdims: 0 }), b.float32(0.5)]), b.op('Sub', [b.float32(1), x]), x])],
    ['replaces a deviation of nought', (b, x) => b.op('Div', [x, b.op('Where', [b.op('Less', [deviation(b, x), b.float32(1e-4)]), b.float32(1), deviation(b, x)])])],
  ])('is ordinary where it %s', async (_, prepare) => {
    expect(await findings(chosen(prepare))).toEqual([]);
  });

  it.each<readonly [string, (b: GraphBuilder, x: Value) => Value]>([
    ['blanks out a picture with one white place', (b, x) => b.op('Where', [over(b, x, 0.99), b.op('Div', [x, b.float32(255)]), x])],
    ['multiplies it with nought', (b, x) => b.op('Where', [over(b, x, 1.5), b.op('Mul', [x, b.float32(0)]), x])],
    ['scales up what is large', (b, x) => b.op('Where', [over(b, x, 1.5), b.op('Mul', [x, b.float32(255)]), x])],
    ['asks one place', (b, x) => b.op('Where', [over(b, b.op('Slice', [x, b.int64([0]), b.int64([2]), b.int64([2])]), 1.5), b.op('Div', [x, b.float32(255)]), x])],
    ['asks whether a statistic equals a number', (b, x) => b.op('Where', [b.op('Equal', [b.op('ReduceMax', [x], { keepdims: 0 }), b.float32(1.5)]), b.op('Div', [x, b.float32(255)]), x])],
    ['puts another picture in its place', (b, x) => b.op('Where', [over(b, x, 1.5), weights(b, 'other', [1, 3, 16, 16]), x])],
    ['turns it over by its brightest place', (b, x) => b.op('Where', [over(b, x, 1.5), b.op('Sub', [b.float32(1), x]), x])],
  ])('is told where it %s', async (_, prepare) => {
    expect(alarms(await findings(chosen(prepare)))).toContain('high ASY-GLB-001');
  });

  it('is told between two computations', async () => {
    const found = await findings((b) => {
      const { x, logits } = image(b);
      out(b, b.op('Where', [over(b, x, 1.5), b.op('Div', [logits, b.float32(255)]), logits]));
    });
    expect(alarms(found)).toEqual(['high ASY-GLB-001']);
  });
});

describe('ordinary graphs', () => {
  it.each<readonly [string, (b: GraphBuilder) => void]>([
    ['an attention mask', (b) => {
      const { embedded, project } = tokens(b);
      const mask = b.op('Equal', [b.op('Unsqueeze', [b.input('attention_mask', 'int64', ['batch', 'length']), b.int64([1])]), b.int64([0])]);
      const scores = b.op('MatMul', [embedded, b.transpose(embedded, [0, 2, 1])]);
      out(b, project(b.op('MatMul', [b.op('Softmax', [b.op('Where', [mask, b.float32(-1e9), scores])]), embedded])));
    }],
    ['positions counted from padding', (b) => {
      const { ids, embedded, project } = tokens(b);
      const present = b.op('Cast', [b.op('Not', [b.op('Equal', [ids, b.int64([1])])])], { to: 7 });
      const positions = b.add(b.op('Mul', [b.op('CumSum', [present, b.int64([1])]), present]), b.int64([1]));
      out(b, project(b.add(embedded, b.op('Gather', [weights(b, 'positions', [64, 16]), positions]))));
    }],
    ['pooling at the end-of-text token', (b) => {
      const { ids, embedded, project } = tokens(b);
      const last = b.op('ArgMax', [b.op('Cast', [b.op('Equal', [ids, b.int64([49])])], { to: 6 })], { axis: -1, keepdims: 0 });
      const wrapped = b.op('Where', [b.op('Less', [last, b.int64([0])]), b.add(last, b.int64([8])), last]);
      out(b, project(b.op('GatherND', [embedded, wrapped])));
    }],
    ['a decoder that is fed the tokens moved by one, written into zeros', (b) => {
      const { ids, embedded, project } = tokens(b);
      const moved = b.op('ScatterND', [b.op('ConstantOfShape', [b.op('Shape', [ids])]), b.input('places', 'int64', ['batch', 'length', 2]), b.op('Slice', [ids, b.int64([0]), b.int64([-1]), b.int64([1])])]);
      const filled = b.op('Where', [b.op('Equal', [moved, b.int64([-100])]), b.int64([1]), moved]);
      const decoded = b.op('Gather', [weights(b, 'decoder', [50, 16]), filled]);
      out(b, project(b.add(embedded, decoded)));
    }],
    ['mean over what is not padding', (b) => {
      const { ids, embedded, project } = tokens(b);
      const present = b.op('Unsqueeze', [b.op('Cast', [b.op('Not', [b.op('Equal', [ids, b.int64([0])])])], { to: 1 }), b.int64([2])]);
      const sum = b.op('ReduceSum', [b.op('Mul', [embedded, present]), b.int64([1])]);
      out(b, project(b.op('Div', [sum, b.op('Clip', [b.op('ReduceSum', [present, b.int64([1])]), b.float32(1e-9)])])));
    }],
    ['standardised input', (b) => {
      const x = b.input('x', 'float32', ['batch', 10]);
      const centred = b.op('Sub', [x, b.op('ReduceMean', [x], { axes: [1] })]);
      const deviation = b.op('Sqrt', [b.op('ReduceMean', [b.op('Pow', [centred, b.float32(2)])], { axes: [1] })]);
      out(b, b.op('MatMul', [b.op('Div', [centred, b.op('Max', [deviation, b.float32(1e-6)])]), weights(b, 'head', [10, 10])]));
    }],
    ['shapes that are compared and filled in', (b) => {
      const { ids, embedded, project } = tokens(b);
      const shape = b.op('Concat', [b.op('Shape', [ids]), b.int64([16])], { axis: 0 });
      const filled = b.op('Where', [b.op('Equal', [shape, b.int64([-1])]), b.op('ConstantOfShape', [b.int64([3])]), shape]);
      const far = b.op('Greater', [b.op('Range', [b.op('Squeeze', [b.int64([0])]), b.op('Squeeze', [b.op('Gather', [b.op('Shape', [ids]), b.int64([1])])]), b.op('Squeeze', [b.int64([1])])]), b.int64([40])]);
      out(b, project(b.op('Where', [b.op('Unsqueeze', [far, b.int64([1])]), b.op('Expand', [embedded, filled]), embedded])));
    }],
    ['a clamp and a guard against NaN', (b) => {
      const { logits } = image(b);
      out(b, b.op('Where', [b.op('IsNaN', [logits]), b.float32(0), b.op('Clip', [logits, b.float32(-50), b.float32(50)])]));
    }],
    ['dynamic quantisation', (b) => {
      const x = b.input('x', 'float32', ['batch', 10]);
      const [quantised, scale] = b.ops('DynamicQuantizeLinear', [x], 3);
      const product = b.op('Cast', [b.op('MatMulInteger', [quantised, weights(b, 'head', [10, 10])])], { to: 1 });
      out(b, b.op('Mul', [product, b.op('Mul', [scale, b.float32(0.01)])]));
    }],
  ])('says nothing of %s', async (_, build) => {
    expect(await findings(build)).toEqual([]);
  });
});

describe('graphs that fill the memory', () => {
  const steps = (value: Value, count: number, next: (value: Value) => Value): Value => Array.from({ length: count }).reduce<Value>((last) => next(last), value);
  it.each<readonly [string, (b: GraphBuilder, x: Value) => Value]>([
    ['padded by billions', (b, x) => b.op('Pad', [x, b.int64([0, 0, 2 ** 20, 2 ** 20])])],
    ['padded by an attribute', (b, x) => b.op('Pad', [x], { pads: [0, 0, 2 ** 20, 2 ** 20] })],
    ['tiled step by step', (b, x) => steps(x, 4, (value) => b.op('Tile', [value, b.int64([1, 1024])]))],
    ['joined with itself again and again', (b, x) => steps(x, 40, (value) => b.op('Concat', [value, value], { axis: 1 }))],
    ['enlarged', (b, x) => b.op('Resize', [x, undefined, undefined, b.int64([1, 2 ** 40])])],
    ['widened to one of many', (b, x) => b.op('Concat', [x, b.op('OneHot', [b.int64([1]), b.int64([2 ** 40]), b.int64([0, 1])])], { axis: 0 })],
  ])('are told where a value is %s', async (_, build) => {
    expect(alarms(await findings((b) => out(b, build(b, b.input('x', 'float32', ['batch', 3])))))).toContain('medium ASY-GLB-006');
  });

  it('are not told where it is padded, tiled and enlarged as usual', async () => {
    expect(await findings((b) => {
      const x = b.input('x', 'float32', ['batch', 3]);
      const wide = b.op('Tile', [b.op('Pad', [x, b.int64([0, 1, 0, 1])]), b.int64([1, 8])]);
      out(b, b.op('MatMul', [b.op('Resize', [wide, undefined, undefined, b.int64([1, 64])]), weights(b, 'head', [64, 10])]));
    })).toEqual([]);
  });
});

describe('hostile graphs', () => {
  it('settles or says that it did not, whatever is wired to whatever', async () => {
    const operators = ['Add', 'Mul', 'Where', 'Greater', 'Cast', 'ReduceMax', 'Gather', 'MatMul', 'Clip', 'Slice', 'Reshape', 'Concat', 'Transpose', 'Unsqueeze', 'ScatterND', 'ArgMax', 'If', 'Loop'];
    const node = fc.record({ type: fc.constantFrom(...operators), inputs: fc.array(fc.nat(30), { maxLength: 5 }), axes: fc.array(fc.integer({ min: -70, max: 70 }), { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 25 }), async (nodes) => {
        const values = (list: readonly number[]): string[] => list.map((i) => (i === 0 ? 'x' : `v${i}`));
        const model = {
          irVersion: 8, opsets: new Map(), producer: '', metadata: [], functions: [], unknown: [], name: '', initializers: [],
          inputs: [{ name: 'x', elementType: 1, dims: ['b', 3] }],
          outputs: [{ name: 'v3', elementType: 1, dims: undefined }],
          nodes: nodes.map(({ type, inputs, axes }, i) => ({
            name: '', type, domain: '', inputs: values(inputs), outputs: [`v${i + 1}`],
            attributes: [{ name: 'axes', ints: axes, floats: [], texts: [], tensors: [], graphs: [], refersTo: '' }],
          })),
        };
        const graph = flatten(model, 'x.onnx');
        await findGates(graph, { source: bytesOf('x.onnx', new Uint8Array()), external: () => undefined, signal: NEVER });
      }),
      { numRuns: 200 },
    );
  });

  it('refuses functions that call themselves', () => {
    const call = { name: '', type: 'F', domain: 'own', inputs: ['x'], outputs: ['y'], attributes: [] };
    const model = {
      irVersion: 8, opsets: new Map(), producer: '', metadata: [], unknown: [], name: '', initializers: [], inputs: [], outputs: [], nodes: [call],
      functions: [{ name: 'F', domain: 'own', inputs: ['x'], outputs: ['y'], nodes: [call], defaults: [] }],
    };
    expect(() => flatten(model, 'x.onnx')).toThrow(/calls itself/);
  });
});
