import { expect, it } from 'vitest';
import { isChecksumFile, parseChecksums, parseLfsPointer } from './parse.ts';

const DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

it('reads the lists of coreutils and BSD, and lone digests', () => {
  const text = `${DIGEST}  model.safetensors\r\n${DIGEST.toUpperCase()} *a b.bin\nSHA256 (x (1).txt) = ${DIGEST}\nMD5 (y) = ${DIGEST.slice(0, 32)}\n\n# a comment\n${DIGEST}\n`;
  expect(parseChecksums(text).map(({ line, name, algorithm }) => [line, name, algorithm])).toEqual([
    [1, 'model.safetensors', 'sha256'], [2, 'a b.bin', 'sha256'], [3, 'x (1).txt', 'sha256'], [4, 'y', 'other'], [7, undefined, 'sha256'],
  ]);
  expect(parseChecksums(text).every(({ digest }) => digest === digest.toLowerCase())).toBe(true);
});

it('knows checksum files by their names', () => {
  expect(['SHA256SUMS', 'sha256sum.txt', 'checksums.txt', 'model.bin.sha256', 'CHECKSUM'].map(isChecksumFile)).toEqual([true, true, true, true, true]);
  expect(['README.md', 'sha256.py', 'notes.txt'].map(isChecksumFile)).toEqual([false, false, false]);
});

it('reads Git LFS pointers', () => {
  expect(parseLfsPointer(`version https://git-lfs.github.com/spec/v1\noid sha256:${DIGEST}\nsize 12\n`)).toEqual({ digest: DIGEST, size: 12 });
  expect(parseLfsPointer('version 1')).toBeUndefined();
});
