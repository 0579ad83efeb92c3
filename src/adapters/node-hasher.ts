// SHA-256 by node:crypto (OpenSSL, which uses the processor's SHA instructions).
import { createHash } from 'node:crypto';
import type { MakeHasher } from '../engine/core/hasher.ts';

export const nodeHasher: MakeHasher = async () => {
  const hash = createHash('sha256');
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest('hex'),
  };
};
