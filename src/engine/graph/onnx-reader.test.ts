// The reader against graphs that Assay writes, torch's exports, and bytes that are no model.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArtifactError } from '../core/artifact-error.ts';
import { bytesOf, type ByteSource } from '../core/byte-source.ts';
import { GraphBuilder } from './graph-builder.ts';
import { readOnnxModel } from './onnx-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { findAttentionProbabilities } from './softmax-taps.ts';

const fixture = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(`fixtures/llama-tied-onnx/${name}`, import.meta.url)));

describe('readOnnxModel', () => {
  it('reads what the builder wrote, without what no output needs', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', ['batch', 4]);
    const unused = builder.input('unused', 'int64', [1]);
    builder.op('Neg', [unused]);
    const weight = builder.external('weight', 'float16', [4, 2], 'model.safetensors', bytesOf('model.safetensors', new Uint8Array(64)), 17, 16);
    const product = builder.op('MatMul', [x, builder.op('Cast', [weight], { to: 1 })]);
    builder.output(builder.add(product, builder.float32(-1.5)), 'y', 'float32', ['batch', 2]);
    const file = builder.finish('tiny', new Map());
    const model = await readOnnxModel(bytesOf('tiny.onnx', file.bytes));
    expect(model).toMatchObject({
      irVersion: 10,
      producer: 'assay',
      inputs: [{ name: 'x', elementType: 1, dims: ['batch', 4] }],
      outputs: [{ name: 'y', elementType: 1, dims: ['batch', 2] }],
      functions: [],
    });
    expect(model.nodes.map(({ type }) => type)).toEqual(['Cast', 'MatMul', 'Add']);
    expect(model.nodes[0]?.attributes).toMatchObject([{ name: 'to', ints: [1] }]);
    expect(model.initializers).toMatchObject([
      { name: 'weight', elementType: 10, dims: [4, 2], data: { kind: 'external', location: 'model.safetensors', offset: 17, length: 16 } },
      { name: 'float32/-1.5', elementType: 1, dims: [], data: { kind: 'inline' } },
    ]);
    expect([...file.external.keys()]).toEqual(['model.safetensors']);
    const moved = await readOnnxModel(bytesOf('tiny.onnx', file.relocated?.((location) => `blobs/${location}`) ?? new Uint8Array()));
    expect(moved.initializers[0]?.data).toMatchObject({ location: 'blobs/model.safetensors', offset: 17 });
  });

  it('reads exports of torch, and finds their attention', async () => {
    const model = await readOnnxModel(bytesOf('model_with_past.onnx', fixture('model_with_past.onnx')));
    expect(model.opsets.get('')).toBe(20);
    expect(model.inputs.map(({ name }) => name).slice(0, 4)).toEqual(['input_ids', 'attention_mask', 'position_ids', 'past_key_values.0.key']);
    expect(model.inputs[3]?.dims).toEqual(['batch', 2, 'past', 8]);
    expect(findAttentionProbabilities(model)).toEqual(['val_220', 'val_366', 'val_512']);
  });

  it('skips tensor bytes', async () => {
    const writer = new ProtobufWriter();
    const megabytes = 4;
    writer.message(7, (graph) => {
      graph.message(5, (tensor) => {
        tensor.integer(1, megabytes * 2 ** 18);
        tensor.integer(2, 1);
        tensor.text(8, 'big');
        tensor.bytes(9, new Uint8Array(megabytes * 2 ** 20));
      });
      graph.message(12, (output) => output.text(1, 'big'));
    });
    const counted = countReads(bytesOf('big.onnx', writer.finish()));
    expect((await readOnnxModel(counted.source)).initializers).toMatchObject([{ name: 'big', elementType: 1, dims: [megabytes * 2 ** 18], data: { kind: 'inline' } }]);
    expect(counted.bytes()).toBeLessThan(2 ** 20);
  });

  it('says where a broken file is broken', async () => {
    const truncated = fixture('model.onnx').slice(0, 5000);
    await expect(readOnnxModel(bytesOf('model.onnx', truncated))).rejects.toThrow(/onnx: truncated · model.onnx, offset \d+ · expected 163323 bytes in this field, found 49\d\d/);
    await expect(readOnnxModel(bytesOf('empty.onnx', new Uint8Array()))).rejects.toMatchObject({ code: 'malformed', field: 'graph' });
    await expect(readOnnxModel(bytesOf('x.onnx', Uint8Array.of(0x0b)))).rejects.toMatchObject({ code: 'malformed', actual: '3' });
    await expect(readOnnxModel(bytesOf('x.onnx', new Uint8Array(11).fill(0xff)))).rejects.toMatchObject({ code: 'malformed' });
  });

  it('ends in a model or an exact error, whatever the bytes', async () => {
    const model = fixture('model.onnx');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(model.length - 1), fc.nat(255)), { maxLength: 8 }), fc.oneof({ weight: 4, arbitrary: fc.constant(model.length) }, { weight: 1, arbitrary: fc.nat(model.length) }), async (changes, length) => {
        const bytes = model.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        await readOnnxModel(bytesOf('fuzzed.onnx', bytes)).catch((error: unknown) => expect(error).toBeInstanceOf(ArtifactError));
      }),
      { numRuns: 60 },
    );
  });
});

function countReads(source: ByteSource): { readonly source: ByteSource; bytes(): number } {
  let read = 0;
  const slice = async (begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await source.slice(begin, end);
    read += bytes.byteLength;
    return bytes;
  };
  return { source: { ...source, slice }, bytes: () => read };
}
