// The hash worker's entry: SHA-256 of one file after another, on a core of its own. Bytes are handed over, not copied.
import { wasmHasher } from '../adapters/wasm-hasher.ts';
import type { HashAnswer, HashRequest } from '../adapters/hash-beside.ts';

const answer = (message: HashAnswer): void => postMessage(message);
const first = wasmHasher();
let turn: Promise<unknown> = first;

onmessage = ({ data }: MessageEvent<HashRequest>): void => {
  turn = turn.then(async () => {
    const hasher = await first;
    if (data.kind === 'digest') return answer({ kind: 'digest', sha256: hasher.digest() });
    hasher.update(data.bytes);
    return answer({ kind: 'taken' });
  }).catch((error: unknown) => answer({ kind: 'error', message: error instanceof Error ? error.message : String(error) }));
};
