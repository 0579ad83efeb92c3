import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashBeside, type HashAnswer, type HashPort, type HashRequest } from './hash-beside.ts';
import { nodeHashWorker } from './node-hash-worker.ts';

/** A worker that answers a moment later, as node:crypto would. */
function port(fail = false): HashPort & { readonly most: () => number; readonly ended: () => boolean } {
  const hash = createHash('sha256');
  let [waiting, most, ended] = [0, 0, false];
  const self = {
    onmessage: null, onerror: null,
    postMessage: (request: HashRequest): void => {
      if (request.kind === 'update') most = Math.max(most, ++waiting);
      const bytes = request.kind === 'update' ? request.bytes.slice() : undefined;
      setTimeout(() => {
        if (bytes !== undefined) hash.update(bytes);
        waiting--;
        const answer: HashAnswer = fail ? { kind: 'error', message: 'no memory' } : bytes === undefined ? { kind: 'digest', sha256: hash.digest('hex') } : { kind: 'taken' };
        (self.onmessage as ((event: { data: HashAnswer }) => void) | null)?.({ data: answer });
      }, 1);
    },
    terminate: () => (ended = true), most: () => most, ended: () => ended,
  };
  return self as unknown as ReturnType<typeof port>;
}

it('hashes what it is handed in order, and holds little of it at once', async () => {
  const worker = port();
  const hasher = hashBeside(worker);
  const whole = createHash('sha256');
  for (let i = 0; i < 20; i++) {
    const bytes = new Uint8Array(1000).fill(i);
    whole.update(bytes);
    await hasher.update(bytes);
  }
  expect(await hasher.digest()).toBe(whole.digest('hex'));
  expect(worker.most()).toBeLessThanOrEqual(3);
  hasher.dispose();
  expect(worker.ended()).toBe(true);
});

it('says when the worker cannot go on', async () => {
  const hasher = hashBeside(port(true));
  await expect((async () => {
    for (let i = 0; i < 5; i++) await hasher.update(new Uint8Array(10));
    await hasher.digest();
  })()).rejects.toThrow('no memory');
});

it('hashes on a thread of Node', async () => {
  const hasher = hashBeside(nodeHashWorker());
  const whole = createHash('sha256');
  for (let i = 0; i < 5; i++) {
    const bytes = new Uint8Array(1000).fill(i);
    whole.update(bytes);
    await hasher.update(bytes);
  }
  expect(await hasher.digest()).toBe(whole.digest('hex'));
  hasher.dispose();
});
