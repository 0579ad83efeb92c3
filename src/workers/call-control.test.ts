import { describe, expect, it } from 'vitest';
import { breathe, Cancelled } from '../engine/core/cancel.ts';
import { callControl } from './call-control.ts';

describe('callControl', () => {
  it('sees the shared flag and the message, and starts afresh with each call', async () => {
    const shared = new SharedArrayBuffer(4);
    const control = callControl(shared);
    const first = control.begin();
    expect(first.aborted).toBe(false);
    Atomics.store(new Int32Array(shared), 0, 1);
    expect(first.aborted).toBe(true);
    Atomics.store(new Int32Array(shared), 0, 0);
    control.stop();
    await expect(breathe(first)).rejects.toBeInstanceOf(Cancelled);
    expect(control.begin().aborted).toBe(false);
  });

  it('holds the work until it is let go on, and lets a paused call be cancelled', async () => {
    const control = callControl(undefined);
    const signal = control.begin();
    let passed = 0;
    control.hold(true);
    const waiting = breathe(signal).then(() => passed++);
    await Promise.resolve();
    expect(passed).toBe(0);
    control.hold(false);
    await waiting;
    expect(passed).toBe(1);
    control.hold(true);
    const cancelled = breathe(signal);
    control.stop();
    await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
  });

  it('does something in a pause of the call, once that rests, and lets it go on', async () => {
    const control = callControl(undefined);
    const signal = control.begin();
    const order: string[] = [];
    let finish = (): void => undefined;
    const running = new Promise<void>((resolve) => (finish = resolve));
    const audit = (async () => {
      await running;
      order.push('a step');
      await breathe(signal);
      order.push('the next step');
    })();
    const visit = control.between(audit, async () => order.push('a visit'));
    await Promise.resolve();
    expect(order).toEqual([]);
    finish();
    await Promise.all([audit, visit]);
    expect(order).toEqual(['a step', 'a visit', 'the next step']);
  });

  it('leaves a call paused that the user paused, and ends a visit with it', async () => {
    const control = callControl(undefined);
    const signal = control.begin();
    control.hold(true);
    let passed = 0;
    const audit = breathe(signal).then(() => passed++);
    await control.between(audit, async () => undefined);
    await Promise.resolve();
    expect(passed).toBe(0);
    const visit = control.between(audit, (own) => breathe(own));
    control.stop();
    await expect(visit).rejects.toBeInstanceOf(Cancelled);
    await expect(audit).rejects.toBeInstanceOf(Cancelled);
  });

  it('waits for no call that ended', async () => {
    const control = callControl(undefined);
    control.begin();
    expect(await control.between(Promise.reject(new Error('broke')), async () => 1)).toBe(1);
  });
});
