import { expect, it } from 'vitest';
import { isOfEngine, keyOf, type AuditKey } from './audit-key.ts';

const AUDIT: AuditKey = { sha256: 'ab12', budget: 'quick', seed: 3, backend: 'wasm' };

it('keeps apart what other engines stored, and what was stored before engines were told apart', () => {
  const stored = { ...AUDIT, key: keyOf(AUDIT, 'one') };
  expect(isOfEngine(stored, 'one')).toBe(true);
  expect(isOfEngine(stored, 'two')).toBe(false);
  expect(isOfEngine({ ...AUDIT, key: 'ab12/quick/3' }, 'one')).toBe(false);
  expect(new Set([stored.key, keyOf({ ...AUDIT, seed: 4 }, 'one'), keyOf({ ...AUDIT, budget: 'deep' }, 'one'), keyOf({ ...AUDIT, backend: 'webgpu' }, 'one'), keyOf(AUDIT, 'two')]).size).toBe(5);
});
