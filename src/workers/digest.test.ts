import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ReportFile } from '../engine/report/report.ts';
import { digestOfFiles } from './digest.ts';

const file = (path: string, sha256: string): ReportFile => ({ path, sha256, bytes: 1, format: 'unknown' });

it('is the file\'s own hash where there is one file', async () => {
  expect(await digestOfFiles([file('a.gguf', 'ab'.repeat(32))])).toBe('ab'.repeat(32));
});

it('is the hash of what sha256sum prints, whatever the order of the files', async () => {
  const [a, b] = [file('a', '11'.repeat(32)), file('b', '22'.repeat(32))];
  const expected = createHash('sha256').update(`${a.sha256}  a\n${b.sha256}  b\n`).digest('hex');
  expect(await digestOfFiles([b, a])).toBe(expected);
  expect(await digestOfFiles([a, b])).toBe(expected);
});
