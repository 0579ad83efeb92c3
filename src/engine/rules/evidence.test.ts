import { expect, it } from 'vitest';
import { bytesOf } from '../core/byte-source.ts';
import { shownJson } from './evidence.ts';
import { kerasCode } from './keras-code/index.ts';
import { findingsOf } from './testing/findings-of.ts';

it('shows the beginning of JSON as it would be written', () => {
  const value = { a: [1, null, 'x"y', { b: true }], c: {} };
  expect(shownJson(value, 200)).toBe(JSON.stringify(value));
  expect(shownJson(value, 10)).toBe(`${JSON.stringify(value).slice(0, 10)}…`);
});

it('writes no more than is shown, of each of many that are told', async () => {
  const loss = Array.from({ length: 60_000 }, (_, i) => `own${i}`);
  const file = bytesOf('config.json', new TextEncoder().encode(JSON.stringify({ class_name: 'Sequential', config: {}, compile_config: { loss } })));
  const before = process.cpuUsage();
  expect((await findingsOf(kerasCode, [file])).length).toBeGreaterThan(0);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
});
