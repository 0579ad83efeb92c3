// The hash worker's entry: SHA-256 of the dropped files, streamed, beside the model worker on another core.
import * as Comlink from 'comlink';
import { createSHA256 } from 'hash-wasm';
import { fileSource } from '../adapters/file-source.ts';
import { hashFiles } from '../engine/artifact/hash-files.ts';
import type { Hasher } from '../engine/core/hasher.ts';
import { capture } from '../engine/core/result.ts';
import type { HashWorker } from './protocol.ts';

async function makeHasher(): Promise<Hasher> {
  const hasher = await createSHA256();
  return { update: (bytes) => void hasher.update(bytes), digest: () => hasher.digest('hex') };
}

const worker: HashWorker = {
  hash: (files, onProgress) => capture(() => hashFiles(files.map(({ path, file }) => fileSource(file, path)), makeHasher, { onProgress })),
};

Comlink.expose(worker);
