// Types of NumPy's headers: sizes of those it writes, and objects in whatever way they may be written.
import { expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { pickleCode } from '../../rules/pickle-code/index.ts';
import { fileIntegrity } from '../../rules/file-integrity/index.ts';
import { alarms, findingsOf } from '../../rules/testing/findings-of.ts';
import { elementType } from './npy-descr.ts';

it.each([
  ["'<f4'", 4, false],
  ["'|b1'", 1, false],
  ["'<u8'", 8, false],
  ["'|u1'", 1, false],
  ["'<c16'", 16, false],
  ["'>f2'", 2, false],
  ["'<U10'", 40, false],
  ["'<M8[ns]'", 8, false],
  ["'|O'", 8, true],
  ["'O4'", 4, true],
  ["[('a', '<f4'), ('b', '<i8', (2, 3))]", 52, false],
  ["[(('title', 'n'), '<f8')]", 8, false],
  ["[('a', [('b', '<i2'), ('c', '|S5')]), ('', '|V3')]", 10, false],
  ["[('a', [('b', '|O')])]", 8, true],
  ["[('a', 'O', (1,))]", 8, true],
  ["('O', (3,))", 24, true],
  ["[('p', '<f2', 3)]", 6, false],
])('%s', (descr, bytes, objects) => {
  expect(elementType(descr)).toEqual({ bytes, objects });
});

it.each(["'\\x4f'", "[('a', '\\x4f')]", "[('a', '|' 'O')]", "[('a', 'object')]", "[('a', '|O'", "'f4' 'x'", '', '[', "[[[('a',)]]]"])('does not guess at %s', (descr) => {
  expect(elementType(descr)).toBeUndefined();
});

it('looks for a pickle behind a type that it cannot read', async () => {
  const header = "{'descr': [('a', '\\x4f')], 'fortran_order': False, 'shape': (1,), }".padEnd(117) + '\n';
  const file = bytesOf('x.npy', Uint8Array.from(`\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}\x80\x03cposix\nsystem\nX\x02\0\0\0id\x85R.`, (character) => character.charCodeAt(0)));
  expect(alarms(await findingsOf(pickleCode, [file]))).toEqual(['critical ASY-PKL-001']);
  expect(alarms(await findingsOf(fileIntegrity, [file]))).toContain('medium ASY-FIL-001');
});
