import { expect, it } from 'vitest';
import type { Result } from '../engine/core/result.ts';
import { startWorker } from './start-worker.ts';

class FakeWorker extends EventTarget {
  terminated = false;
  postMessage(): void {}
  terminate(): void {
    this.terminated = true;
  }
}

function start(): { readonly fake: FakeWorker; readonly started: ReturnType<typeof startWorker<object>> } {
  const fake = new FakeWorker();
  return { fake, started: startWorker<object>(fake as unknown as Worker) };
}

it('gives the call\'s own result, and an error for a call that throws', async () => {
  const { started } = start();
  expect(await started.guard(Promise.resolve<Result<number>>({ kind: 'ok', value: 7 }))).toEqual({ kind: 'ok', value: 7 });
  expect(await started.guard(Promise.reject<Result<number>>(new Error('no')))).toEqual({ kind: 'error', message: 'no' });
});

it('settles calls that wait for a worker which is gone', async () => {
  const { fake, started } = start();
  const waiting = started.guard(new Promise<Result<number>>(() => undefined));
  fake.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  expect(await waiting).toEqual({ kind: 'error', message: 'the worker stopped: out of memory' });
  expect([fake.terminated, started.ended]).toEqual([true, true]);
});

it('settles calls of a worker that is ended to cancel it as cancelled', async () => {
  const { started } = start();
  const waiting = started.guard(new Promise<Result<number>>(() => undefined));
  started.end('cancelled');
  expect(await waiting).toEqual({ kind: 'cancelled' });
});
