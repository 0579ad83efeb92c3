// SHA-256 of one large file in a worker of its own, so that reading, counting and hashing of tensors go on beside it. A few
// pieces at most wait there.
import type { HasherBeside } from '../engine/core/hasher.ts';

export type HashRequest = { readonly kind: 'update'; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly kind: 'digest' };
export type HashAnswer = { readonly kind: 'taken' } | { readonly kind: 'digest'; readonly sha256: string } | { readonly kind: 'error'; readonly message: string };

/** Pieces on their way; each is some megabytes. */
const MOST_WAITING = 3;

/** The side of a worker that is needed here, so that tests can stand in for it. */
export type HashPort = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;

export function hashBeside(worker: HashPort): HasherBeside {
  let waiting = 0;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  let sha256: string | undefined;
  const next = async (done: () => boolean): Promise<void> => {
    while (!done() && failure === undefined) await new Promise<void>((resolve) => (wake = resolve));
    if (failure !== undefined) throw failure;
  };
  worker.onmessage = ({ data }: MessageEvent<HashAnswer>): void => {
    if (data.kind === 'taken') waiting--;
    else if (data.kind === 'digest') sha256 = data.sha256;
    else failure = new Error(data.message);
    wake();
  };
  worker.onerror = ({ message }): void => {
    failure = new Error(message === '' ? 'the hash worker could not start' : message);
    wake();
  };
  return {
    async update(bytes) {
      waiting++;
      worker.postMessage({ kind: 'update', bytes } satisfies HashRequest, [bytes.buffer]);
      await next(() => waiting < MOST_WAITING);
    },
    async digest() {
      worker.postMessage({ kind: 'digest' } satisfies HashRequest);
      await next(() => sha256 !== undefined);
      return sha256 ?? '';
    },
    dispose: () => worker.terminate(),
  };
}
