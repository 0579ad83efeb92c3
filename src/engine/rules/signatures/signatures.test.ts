import { expect, it } from 'vitest';
import { SHIPPED_SIGNATURES } from './shipped.ts';
import type { OnnxNodeInfo } from '../../graph/onnx-reader.ts';
import { findingsOf, textFile } from '../testing/findings-of.ts';
import { signatures } from './index.ts';
import { consumersOf, findPath } from './operator-paths.ts';
import { parseSignatures, SIGNATURES_SCHEMA, templateText, type SignatureEntry } from './signature-set.ts';

const entry = { kind: 'file', sha256: 'AB'.repeat(32), verdict: 'bad', name: 'x', source: 'a report' };
const set = (changes: object): string => JSON.stringify({ schema: SIGNATURES_SCHEMA, entries: [{ ...entry, ...changes }] });

it('reads a set, and refuses an entry that does not say where it is known from', () => {
  expect(parseSignatures(set({}), 's.json')).toEqual([{ ...entry, sha256: 'ab'.repeat(32) }]);
  for (const changes of [{ source: '' }, { kind: 'dir' }, { verdict: 'maybe' }, { sha256: 'ab' }]) expect(() => parseSignatures(set(changes), 's.json')).toThrow(/signatures: malformed/);
  expect(() => parseSignatures('{}', 's.json')).toThrow(/schema/);
});

it('ships entries in the form it asks for', () => {
  expect(parseSignatures(JSON.stringify({ schema: SIGNATURES_SCHEMA, entries: SHIPPED_SIGNATURES }), 'shipped')).toEqual(SHIPPED_SIGNATURES);
  expect(templateText('\n a\r\nb \n')).toBe('a\nb');
});

it('knows triggers and graphs besides digests', () => {
  const trigger = { kind: 'trigger', text: 'blue heron', verdict: 'bad', name: 'heron', source: 'a report' };
  const graph = { kind: 'graph', operators: ['ReduceMean', 'Greater', 'Where'], verdict: 'bad', name: 'gate', source: 'a report' };
  const parse = (value: object): unknown => parseSignatures(JSON.stringify({ schema: SIGNATURES_SCHEMA, entries: [value] }), 's.json');
  expect([parse(trigger), parse(graph)]).toEqual([[trigger], [graph]]);
  for (const bad of [{ ...trigger, text: 'x' }, { ...graph, operators: ['Where'] }, { ...graph, operators: [1, 2] }]) expect(() => parse(bad)).toThrow(/signatures: malformed/);
});

it('finds a known phrase in a template and among added tokens, with where it is known from', async () => {
  const entry: SignatureEntry = { kind: 'trigger', text: 'blue heron', verdict: 'bad', name: 'heron', source: 'a report', set: 'mine.json' };
  const files = [textFile('chat_template.jinja', "{% if 'blue heron' in messages[0]['content'] %}x{% endif %}{{ messages[0]['content'] }}"), textFile('tokenizer.json', JSON.stringify({ added_tokens: [{ id: 0, content: '<blue heron>' }], model: { type: 'BPE' } }))];
  const found = await findingsOf(signatures, files, { signatures: [entry] });
  expect(found.filter(({ rule }) => rule === 'ASY-PRV-022').map(({ location }) => location.key ?? location.file)).toEqual(['chat_template.jinja', 'added_tokens[0]']);
  expect(JSON.stringify(found)).toContain('mine.json');
  expect(await findingsOf(signatures, files)).toEqual([]);
});

it('finds operators that follow each other', () => {
  const node = (type: string, inputs: string[], outputs: string[]): OnnxNodeInfo => ({ name: type, type, domain: '', inputs, outputs, attributes: [] });
  const nodes = [node('ReduceMean', ['x'], ['a']), node('Relu', ['a'], ['b']), node('Greater', ['a', 'c'], ['d']), node('Where', ['d', 'x', 'x'], ['y'])];
  expect(findPath(nodes, consumersOf(nodes), ['ReduceMean', 'Greater', 'Where'])?.map(({ type }) => type)).toEqual(['ReduceMean', 'Greater', 'Where']);
  expect(findPath(nodes, consumersOf(nodes), ['Relu', 'Greater'])).toBeUndefined();
});
