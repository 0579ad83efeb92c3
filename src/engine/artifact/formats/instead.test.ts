import { expect, it } from 'vitest';
import { readSafetensors } from './safetensors.ts';
import { standsInstead } from './instead.ts';

const source = (text: string): Parameters<typeof standsInstead>[0] => {
  const bytes = new TextEncoder().encode(text);
  return { path: 'model.safetensors', size: bytes.byteLength, slice: async (begin, end) => bytes.slice(begin, end) };
};

it('knows pointers and pages in the place of weights', async () => {
  expect(await standsInstead(source('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n'))).toContain('Git LFS');
  expect(await standsInstead(source('\n<!DOCTYPE html><html></html>'))).toContain('page');
  expect(await standsInstead(source('{"a": 1}'))).toBeUndefined();
  await expect(readSafetensors(source('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n'))).rejects.toThrow(/Git LFS/);
});
