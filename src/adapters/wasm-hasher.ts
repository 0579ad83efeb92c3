// SHA-256 by hash-wasm: crypto.subtle hashes whole buffers only, which a file of gigabytes cannot be.
import { createSHA256 } from 'hash-wasm';
import type { MakeHasher } from '../engine/core/hasher.ts';

export const wasmHasher: MakeHasher = async () => {
  const hash = await createSHA256();
  hash.init();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest('hex'),
  };
};
