import { describe, expect, it } from 'vitest';
import { pinBlob } from './pinned-blob.ts';

describe('pinBlob', () => {
  it('gives the same bytes, whole, in slices and as streams', async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    const { blob, release } = pinBlob(new Blob([bytes]));
    expect(blob).toBeInstanceOf(Blob);
    expect(blob.size).toBe(1000);
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(bytes);
    expect(new Uint8Array(await blob.slice(10, 20).arrayBuffer())).toEqual(bytes.slice(10, 20));
    expect(new Uint8Array(await new Response(blob.slice(300, 900).stream()).arrayBuffer())).toEqual(bytes.slice(300, 900));
    release();
  });

  it('keeps a stream whose read is pending', async () => {
    const { blob } = pinBlob(new Blob([new Uint8Array(64)]));
    const reader = blob.slice(0, 64).stream().getReader();
    const { value } = await reader.read();
    expect(value?.byteLength).toBe(64);
  });
});
