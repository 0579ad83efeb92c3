// Alerts: what a monitor found, with its evidence, and what people (or a script) did about it. The states and the ways
// between them stand in one table; each step is kept with its time and its reason.
import type { Severity, Trigger } from '../core/finding.ts';
import type { Milliseconds } from '../core/units.ts';
import type { Effect, RowRange, Suspicion, SuspicionEvidence } from './monitors/monitor.ts';
import { percent } from './monitors/clusters.ts';
import type { Profile } from './profile/profile.ts';
import type { WatchedAlarm } from './sequence/watcher.ts';

export const ALERT_STATES = ['open', 'acknowledged', 'quarantined', 'closed'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** Which step leads where. A closed alert is opened again by new evidence, or by hand. */
const STEPS: Readonly<Record<AlertState, readonly AlertState[]>> = {
  open: ['acknowledged', 'quarantined', 'closed'],
  acknowledged: ['quarantined', 'closed', 'open'],
  quarantined: ['closed', 'acknowledged'],
  closed: ['open'],
};

export const CLOSE_REASONS = ['attack confirmed', 'false alarm', 'known change of the world', 'model replaced', 'data problem'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export interface AlertStep {
  readonly state: AlertState;
  readonly at: Milliseconds;
  /** Needed to close. */
  readonly reason?: string;
}

export interface Alert {
  /** Stable for the same model, monitor and subject. */
  readonly id: string;
  readonly monitor: string;
  readonly title: string;
  readonly detail: string;
  readonly severity: Severity;
  readonly evidence: SuspicionEvidence & { readonly adjusted?: number };
  readonly effect: Effect;
  readonly rows: RowRange;
  /** Time of the first suspicious row, where the log has times. */
  readonly since?: Milliseconds;
  readonly class?: { readonly index: number; readonly label: string };
  readonly source?: string;
  readonly candidate?: Trigger;
  readonly table?: Suspicion['table'];
  readonly state: AlertState;
  readonly history: readonly AlertStep[];
}

export function stepsFrom(state: AlertState): readonly AlertState[] {
  return STEPS[state];
}

export type StepResult = { readonly kind: 'ok'; readonly alert: Alert } | { readonly kind: 'refused'; readonly why: string };

export function step(alert: Alert, to: AlertState, at: Milliseconds, reason?: string): StepResult {
  if (!STEPS[alert.state].includes(to)) return { kind: 'refused', why: `an alert that is ${alert.state} cannot become ${to}` };
  if (to === 'closed' && (reason === undefined || reason.trim() === '')) return { kind: 'refused', why: 'closing needs a reason' };
  const entry: AlertStep = reason === undefined ? { state: to, at } : { state: to, at, reason };
  return { kind: 'ok', alert: { ...alert, state: to, history: [...alert.history, entry] } };
}

/** What was decided about an alert before stays; one that was closed and comes again is open again. */
export function carryOver(alerts: readonly Alert[], earlier: readonly Pick<Alert, 'id' | 'state' | 'history'>[], at: Milliseconds): Alert[] {
  const known = new Map(earlier.map((alert) => [alert.id, alert]));
  return alerts.map((alert) => {
    const before = known.get(alert.id);
    if (before === undefined) return alert;
    const kept = { ...alert, state: before.state, history: before.history };
    if (before.state !== 'closed') return kept;
    const again = step(kept, 'open', at, 'seen again');
    return again.kind === 'ok' ? again.alert : kept;
  });
}

export type MonitorState = 'normal' | 'watch' | 'quarantine-advised' | 'quarantined' | 'not-tested';

/** The one function that turns alerts into a state, as judge() does for audits. */
export function stateOf(alerts: readonly Alert[], rows: number): MonitorState {
  const live = alerts.filter(({ state }) => state !== 'closed');
  if (live.some(({ state }) => state === 'quarantined')) return 'quarantined';
  if (live.some(({ severity, state }) => state === 'open' && (severity === 'high' || severity === 'critical'))) return 'quarantine-advised';
  if (live.length > 0) return 'watch';
  return rows === 0 ? 'not-tested' : 'normal';
}

interface TimeOf {
  (row: number): Milliseconds | undefined;
}

export function alertOf(suspicion: Suspicion, labels: readonly string[], timeOf: TimeOf, adjusted?: number): Alert {
  const { output, ...rest } = suspicion;
  const since = timeOf(suspicion.rows.from);
  return {
    ...rest,
    evidence: { ...suspicion.evidence, ...(adjusted === undefined ? {} : { adjusted }) },
    ...(since === undefined ? {} : { since }),
    ...(output === undefined || output < 0 ? {} : { class: { index: output, label: labels[output] ?? String(output) } }),
    state: 'open',
    history: [],
  };
}

/** Sequential alarms of one event and direction are one suspicion; falling shares are told beside the rising one. */
export function suspicionsOf(alarms: readonly WatchedAlarm[], profile: Profile, labels: readonly string[], budget: number): Suspicion[] {
  const groups = new Map<string, WatchedAlarm[]>();
  for (const alarm of alarms) {
    const id = `${alarm.monitor}/${alarm.family.events[alarm.local]?.id ?? alarm.local}/${alarm.direction}`;
    groups.set(id, [...(groups.get(id) ?? []), alarm]);
  }
  const rising = new Set([...groups.values()].flatMap(([first]) => (first?.direction === 'up' ? [first.family.id] : [])));
  return [...groups].flatMap(([id, group]): Suspicion[] => {
    const [first] = group;
    if (first === undefined) return [];
    // Where one class rises all others fall: that is one thing, said once.
    if (first.direction === 'down' && rising.has(first.family.id) && first.family.rule.kind !== 'confidence') return [];
    return [suspicionOf(id, first, group, profile, labels, budget)];
  });
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  'class-shift': 'high', 'value-shift': 'high', confidence: 'medium', 'out-of-distribution': 'medium', latency: 'medium', resources: 'medium', sources: 'low', times: 'low',
};

function suspicionOf(id: string, first: WatchedAlarm, group: readonly WatchedAlarm[], profile: Profile, labels: readonly string[], budget: number): Suspicion {
  const { family, local, direction, position, began, low, high, hits, trials, monitor } = first;
  const event = family.events[local];
  const now = hits / Math.max(1, trials);
  const baseline = (event?.hits ?? 0) / Math.max(1, family.trials);
  const rule = family.rule;
  const output = rule.kind === 'class' ? (local < profile.classes.labels.length ? local : undefined) : rule.kind === 'confidence' ? rule.output : undefined;
  const name = output === undefined ? (event?.label ?? '') : (labels[output] ?? String(output));
  const verb = direction === 'up' ? 'rises' : 'falls';
  const title = rule.kind === 'class' ? (output === undefined ? 'Predictions of a class never seen before' : `${name} share ${verb}`)
    : rule.kind === 'confidence' ? `${name}: ${event?.label ?? ''} ${direction === 'up' ? 'more often' : 'less often'}`
      : rule.kind === 'value' ? `Values ${event?.label ?? ''} ${direction === 'up' ? 'come more often' : 'come less often'}`
        : `${capital(event?.label ?? '')} ${direction === 'up' ? 'more often' : 'less often'}`;
  const delay = position - began;
  return {
    monitor, id, title,
    detail: `${percent(now)} of ${trials.toLocaleString('en')} since about row ${began.toLocaleString('en')}; the baseline allows ${percent(low)} to ${percent(high)}. Noticed after ${delay.toLocaleString('en')} predictions.`,
    severity: SEVERITIES[monitor] ?? 'medium',
    evidence: { kind: 'e', value: Math.max(...group.map(({ eValue }) => eValue)), threshold: 1 / budget, alarms: group.length },
    effect: { text: `${percent(now)}, baseline ${percent(baseline)}`, now, baseline },
    rows: { from: began, noticed: position, examples: [] },
    ...(output === undefined ? {} : { output }),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
