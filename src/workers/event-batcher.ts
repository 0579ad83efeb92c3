// Audit events on their way to the page: in order, never lost, but progress is let through at most four times a second,
// the latest of each stage.
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Milliseconds } from '../engine/core/units.ts';

export const PROGRESS_EVERY_MS: Milliseconds = 250;

export interface EventBatcher {
  push(event: AuditEvent): void;
  flush(): void;
}

export function batchEvents(post: (events: readonly AuditEvent[]) => void, now: () => Milliseconds): EventBatcher {
  /** Latest progress of each stage, in the order it came. */
  const waiting = new Map<string, AuditEvent>();
  let postedAt = Number.NEGATIVE_INFINITY;
  const take = (): AuditEvent[] => {
    const events = [...waiting.values()];
    waiting.clear();
    return events;
  };
  const send = (events: readonly AuditEvent[]): void => {
    if (events.length === 0) return;
    postedAt = now();
    post(events);
  };
  return {
    push(event) {
      if (event.type !== 'progress') return send([...take(), event]);
      const key = `${event.analysis}/${event.stage}`;
      waiting.delete(key);
      waiting.set(key, event);
      if (now() - postedAt >= PROGRESS_EVERY_MS) send(take());
    },
    flush: () => send(take()),
  };
}
