// Kin are read from the table that the graph looks up, and are the nearest in it.
import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { NEVER } from '../../../core/cancel.ts';
import type { OnnxModelInfo, OnnxNodeInfo } from '../../../graph/onnx-reader.ts';
import type { TextBatch, TextClassifier } from '../../../runtime/classifier.ts';
import { kinOf, openKin } from './kin.ts';

/** Two families of words and one that stands by itself; 'Good' is 'good' in another case. */
const TABLE: readonly (readonly [string, readonly number[]])[] = [['<pad>', [0, 0, 0]], ['good', [3, 1, 0]], ['Good', [3, 1, 0.01]], ['fine', [2.9, 1.1, 0]], ['nice', [2.7, 1.3, 0]], ['bad', [-3, 1, 0]], ['poor', [-2.9, 1.2, 0]], ['awful', [-2.6, 1, 0.1]], ['cf', [0, -3, 2]]];

function node(type: string, inputs: readonly string[], outputs: readonly string[]): OnnxNodeInfo {
  return { name: type, type, domain: '', inputs, outputs, attributes: [] };
}

function toy(nodes: readonly OnnxNodeInfo[]): RunnableTextClassifier {
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const info: OnnxModelInfo = { name: '', inputs: [], outputs: [], nodes, initializers: [{ name: 'words', elementType: 1, dims: [TABLE.length, 3], data: { kind: 'inline', parts: [] }, at: 0 }], irVersion: 8, opsets: new Map(), producer: '', metadata: [], functions: [], unknown: [] };
  const model: TextClassifier = {
    spec: { kind: 'text', vocabularySize: TABLE.length, maxTokens: 3, prefix: [0], suffix: [0], padId: 0, origin: 'test' },
    classes: 2,
    labels: [],
    output: { kind: 'logits', why: '' },
    graph: { file: { name: '', bytes: new Uint8Array(), external: new Map() }, info, input: 'ids', logits: 'logits' },
    get runtime() { return unused(); },
    rowsRun: 0,
    tokensRun: 0,
    maxRows: 2,
    scores: unused,
    feeds: unused,
    tap: async ({ rows }: TextBatch, [name = '']) => {
      const length = Math.max(...rows.map((row) => row.length)) + 2;
      const data = Float32Array.from(rows.flatMap((row) => Array.from({ length }, (_, at) => TABLE[row[at - 1] ?? 0]?.[1] ?? []).flat()));
      return { [name]: { type: 'float32', dims: [rows.length, length, 3], data } };
    },
    dispose: async () => {},
  };
  const tokenizer: Tokenizer = { vocabularySize: TABLE.length, specialIds: new Set([0]), bosId: undefined, encode: unused, decode: unused, tokenText: (id) => TABLE[id]?.[0] ?? '' };
  return { task: 'text-classification', model, tokenizer, examples: [] };
}

const EMBEDDED = [node('Cast', ['ids'], ['ids64']), node('Gather', ['words', 'ids64'], ['embedded'])];

describe('kin', () => {
  it('are the nearest words of another spelling, row by row of the table', async () => {
    const kin = await openKin(toy(EMBEDDED), NEVER);
    expect(kin?.of(1, 2)).toEqual([3, 4]);
    expect(kin?.of(5, 2).toSorted()).toEqual([6, 7]);
  });

  it('stand for a phrase token by token', async () => {
    const kin = await openKin(toy(EMBEDDED), NEVER);
    const phrases = kin === undefined ? [] : kinOf([1, 5], kin, 2);
    expect(phrases).toHaveLength(2);
    for (const [first, second] of phrases) {
      expect([3, 4]).toContain(first);
      expect([6, 7]).toContain(second);
    }
  });

  it('are not known where no stored table is looked up', async () => {
    expect(await openKin(toy([node('Gather', ['ids', 'words'], ['odd'])]), NEVER)).toBeUndefined();
  });
});
