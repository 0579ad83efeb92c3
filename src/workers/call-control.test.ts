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
});
