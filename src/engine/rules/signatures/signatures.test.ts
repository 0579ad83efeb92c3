import { expect, it } from 'vitest';
import { SHIPPED_SIGNATURES } from './shipped.ts';
import { parseSignatures, SIGNATURES_SCHEMA, templateText } from './signature-set.ts';

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
