// SHA-256 of the dropped files, streamed, beside the model worker on another core.
import * as Comlink from 'comlink';
import { createSHA256 } from 'hash-wasm';
import { capture } from '../engine/core/result.ts';
import type { HashWorker } from './protocol.ts';

const CHUNK_BYTES = 4 * 2 ** 20;

const worker: HashWorker = {
  hash: (files, onProgress) =>
    capture(async () => {
      const hasher = await createSHA256();
      const hashes: string[] = [];
      let done = 0;
      for (const { file } of files) {
        hasher.init();
        for (let begin = 0; begin < file.size; begin += CHUNK_BYTES) {
          const bytes = new Uint8Array(await file.slice(begin, begin + CHUNK_BYTES).arrayBuffer());
          hasher.update(bytes);
          done += bytes.length;
          onProgress(done);
        }
        hashes.push(hasher.digest('hex'));
      }
      return hashes;
    }),
};

Comlink.expose(worker);
