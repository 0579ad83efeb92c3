import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { torchscript } from './index.ts';

const judge = async (code: string): Promise<string[]> => alarms(await findingsOf(torchscript, [bytesOf('model.pt', zipSync({ 'm/code/__torch__/own.py': new TextEncoder().encode(code) }) as Uint8Array<ArrayBuffer>)]));
const forward = (line: string): string => `class Own(Module):\n  __parameters__ = []\n  training : bool\n  def forward(self: __torch__.Own,\n    x: Tensor) -> Tensor:\n    ${line}\n    return x\n`;

it.each([
  ['a file that is mapped', '_0 = torch.from_file("/etc/hosts", True, 8)', 'high ASY-PKL-030'],
  ['an operator from elsewhere', 'x0 = ops.helper.run("id")', 'medium ASY-PKL-031'],
])('reports %s', async (_, line, alarm) => {
  expect(await judge(forward(line))).toEqual([alarm]);
});

it('leaves ordinary code alone', async () => {
  expect(await judge(forward('_0 = ops.torchvision.nms(x, torch.add(x, x), 0.5)\n    x1 = torch.softmax(ops.aten.linear(x, x), -1)'))).toEqual([]);
});

it('tells that a torch.package archive brings Python', async () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const archive = (files: Record<string, Uint8Array>): Promise<string[]> => findingsOf(torchscript, [bytesOf('model.pt', zipSync(files) as Uint8Array<ArrayBuffer>)]).then(alarms);
  expect(await archive({ 'm/.data/extern_modules': text('sys\n'), 'm/net.py': text('import sys\n') })).toEqual(['medium ASY-PKL-032']);
  expect(await archive({ 'm/.data/serialization_id': text('1'), 'm/code/__torch__/net.py': text('class Net(Module):\n') })).toEqual([]);
});
