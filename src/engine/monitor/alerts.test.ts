import { describe, expect, test } from 'vitest';
import { ALERT_STATES, carryOver, stateOf, step, stepsFrom, type Alert } from './alerts.ts';

const ALERT: Alert = {
  id: 'class-shift/class/0/up', monitor: 'class-shift', title: 'a share rises', detail: '', severity: 'high', evidence: { kind: 'e', value: 1e6, threshold: 1e5, alarms: 1 },
  effect: { text: '', now: 0.2, baseline: 0.1 }, rows: { from: 3, examples: [] }, state: 'open', history: [],
};

describe('states', () => {
  test('only the steps of the table are taken, and closing needs a reason', () => {
    for (const from of ALERT_STATES) {
      for (const to of ALERT_STATES) expect(step({ ...ALERT, state: from }, to, 1, 'why').kind === 'ok').toBe(stepsFrom(from).includes(to));
    }
    expect(step(ALERT, 'closed', 1)).toEqual({ kind: 'refused', why: 'closing needs a reason' });
    expect(step(ALERT, 'closed', 7, 'false alarm')).toMatchObject({ kind: 'ok', alert: { state: 'closed', history: [{ state: 'closed', at: 7, reason: 'false alarm' }] } });
  });

  test('what was decided stays; what was closed and comes again is open again', () => {
    const quarantined = { id: ALERT.id, state: 'quarantined', history: [{ state: 'quarantined', at: 1 }] } as const;
    expect(carryOver([ALERT], [quarantined], 5)[0]).toMatchObject({ state: 'quarantined' });
    expect(carryOver([ALERT], [{ ...quarantined, state: 'closed' }], 5)[0]).toMatchObject({ state: 'open', history: [{ state: 'quarantined' }, { state: 'open', reason: 'seen again' }] });
  });

  test('the whole: open high alerts advise quarantine, decided ones do not', () => {
    expect(stateOf([], 100)).toBe('normal');
    expect(stateOf([], 0)).toBe('not-tested');
    expect(stateOf([ALERT], 100)).toBe('quarantine-advised');
    expect(stateOf([{ ...ALERT, severity: 'medium' }], 100)).toBe('watch');
    expect(stateOf([{ ...ALERT, state: 'acknowledged' }], 100)).toBe('watch');
    expect(stateOf([{ ...ALERT, state: 'quarantined' }], 100)).toBe('quarantined');
    expect(stateOf([{ ...ALERT, state: 'closed' }], 100)).toBe('normal');
  });
});
