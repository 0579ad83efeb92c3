import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../engine/audit/events.ts';
import { batchEvents } from './event-batcher.ts';

const progress = (stage: string, done: number): AuditEvent => ({ type: 'progress', analysis: 'a', stage, done, total: 9 });
const stage = (name: string): AuditEvent => ({ type: 'stage', analysis: 'a', stage: name, status: 'done' });

describe('batchEvents', () => {
  it('thins out progress, keeps the latest of each stage, and keeps the order', () => {
    let time = 0;
    const batches: (readonly AuditEvent[])[] = [];
    const batcher = batchEvents((events) => batches.push(events), () => time);
    batcher.push(progress('x', 1));
    batcher.push(progress('x', 2));
    batcher.push(progress('y', 1));
    batcher.push(progress('x', 3));
    batcher.push(stage('x'));
    time = 300;
    batcher.push(progress('y', 2));
    batcher.push(progress('y', 3));
    batcher.flush();
    batcher.flush();
    expect(batches).toEqual([[progress('x', 1)], [progress('y', 1), progress('x', 3), stage('x')], [progress('y', 2)], [progress('y', 3)]]);
  });
});
