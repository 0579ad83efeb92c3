import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { skops } from './index.ts';

const node = (module: string, name: string, loader: string, content: unknown = {}): object => ({ __class__: name, __module__: module, __loader__: loader, content });
const judge = async (schema: object): Promise<string[]> => alarms(await findingsOf(skops, [bytesOf('model.skops', zipSync({ 'schema.json': new TextEncoder().encode(JSON.stringify(schema)) }) as Uint8Array<ArrayBuffer>)]));
const pipeline = (step: object): object => node('sklearn.pipeline', 'Pipeline', 'ObjectNode', node('builtins', 'dict', 'DictNode', { steps: node('builtins', 'list', 'ListNode', [step]) }));

it.each([
  ['a function that starts programs', node('os', 'system', 'FunctionNode', { module_path: 'os', function: 'system' })],
  ['an operator node that calls', node('builtins', 'call', 'OperatorFuncNode')],
  ['a method of what is dangerous', node('builtins', 'method', 'MethodNode', { func: 'system', obj: node('os', 'os', 'TypeNode') })],
])('reports %s, at any depth', async (_, bad) => {
  expect(await judge(bad)).toContain('high ASY-PKL-020');
  expect(await judge(pipeline(bad))).toContain('high ASY-PKL-020');
});

it('asks for a look at unknown classes', async () => {
  expect(await judge(pipeline(node('my_package.steps', 'Cleaner', 'ObjectNode')))).toEqual(['medium ASY-PKL-021']);
});

it('leaves ordinary models alone', async () => {
  expect(await judge(pipeline(node('sklearn.linear_model._logistic', 'LogisticRegression', 'ObjectNode', node('builtins', 'dict', 'DictNode', { C: node('builtins', 'str', 'JsonNode', '1.0'), key: node('operator', 'itemgetter', 'OperatorFuncNode') }))))).toEqual([]);
});
