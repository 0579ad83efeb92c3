import { expect, test } from 'vitest';
import type { Call } from '../../artifact/pickle/program.ts';
import type { Value } from '../../artifact/pickle/value.ts';
import { allRead } from './storage-values.ts';

const LEGACY = Uint8Array.from([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80]);
const storage = (offset: number): Value => ({ kind: 'bytes', offset, length: LEGACY.length, head: LEGACY });
const load = (value: Value): Call => ({ offset: 0, by: 'REDUCE', callee: { kind: 'global', module: 'torch.storage', name: '_load_from_bytes', offset: 0 }, args: [value], lines: () => [] });

test('what is loaded was read: as many values as there are, each however often', () => {
  const [one, other] = [storage(1), storage(2)];
  expect(allRead([load(one), load(other), load(one)], 2)).toBe(true);
  // One of them stands too deep inside of other files to be looked into.
  expect(allRead([load(one), load(other)], 1)).toBe(false);
  expect(allRead([load(one)], 0)).toBe(false);
  expect(allRead([], 3)).toBe(false);
});

test('what is no storage is not read', () => {
  expect(allRead([load({ kind: 'bytes', offset: 1, length: 2, head: Uint8Array.from([1, 2]) })], 1)).toBe(false);
});
