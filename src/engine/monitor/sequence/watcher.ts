// The sequential side of a check: the baseline's families with their confidence bands, watched by one detector bank
// under one budget. Each monitor gets an equal share of the budget, each event of a monitor an equal share of that.
import type { LogBatch } from '../log/encode.ts';
import { FamilyRouter, type Family, type FamilySink } from '../profile/families.ts';
import type { FeatureScorer } from '../profile/feature-space.ts';
import type { Profile } from '../profile/profile.ts';
import { proportionInterval } from '../statistics/binomial.ts';
import { DetectorBank, type Alarm, type BankState, type Direction, type WatchedEvent } from './detector-bank.ts';

export interface WatchedAlarm extends Alarm {
  readonly family: Family;
  /** Index within the family. */
  readonly local: number;
  readonly low: number;
  readonly high: number;
  readonly monitor: string;
}

export interface WatcherState {
  readonly bank: BankState;
  readonly hits: Float64Array;
  readonly trials: Float64Array;
  readonly last: number;
  readonly alarms: readonly Alarm[];
}

export interface FlatEvent {
  readonly family: Family;
  readonly local: number;
  readonly watched: WatchedEvent;
}

/** Both directions where a fall would be news as well: classes, values, the middles. Tails and new things only rise. */
function directionsOf({ rule }: Family, local: number): readonly Direction[] {
  switch (rule.kind) {
    case 'class':
    case 'value':
      return ['up', 'down'];
    case 'confidence':
      return local === 2 ? ['up', 'down'] : ['up'];
    case 'above':
      return local === 0 && rule.thresholds.length > 1 ? ['up', 'down'] : ['up'];
    default:
      return ['up'];
  }
}

export function watchedEvents(profile: Profile, monitors?: ReadonlySet<string>): FlatEvent[] {
  const families = profile.families.map((family, index) => ({ family, index })).filter(({ family }) => family.trials > 0 && (monitors?.has(family.monitor) ?? true));
  const names = new Set(families.map(({ family }) => family.monitor));
  const directionsByMonitor = new Map<string, number>();
  let events = 0;
  for (const { family } of families) {
    family.events.forEach((_, local) => {
      directionsByMonitor.set(family.monitor, (directionsByMonitor.get(family.monitor) ?? 0) + directionsOf(family, local).length);
      events++;
    });
  }
  const level = 1 - (1 - profile.bandLevel) / events;
  return families.flatMap(({ family, index }) =>
    family.events.map(({ hits, inflation }, local) => {
      const [low, high] = proportionInterval(hits / inflation, family.trials / inflation, level);
      const weight = 1 / names.size / (directionsByMonitor.get(family.monitor) ?? 1);
      return { family, local, watched: { family: index, low, high, inflation, directions: directionsOf(family, local), weight } };
    }),
  );
}

export class Watcher {
  readonly alarms: WatchedAlarm[] = [];
  readonly events: readonly FlatEvent[];
  readonly monitors: readonly string[];
  /** Hits and trials of the log so far. */
  readonly hits: Float64Array;
  readonly trials: Float64Array;
  readonly #bank: DetectorBank;
  readonly #router: FamilyRouter;
  readonly #sink: FamilySink;
  readonly #byMonitor: ReadonlyMap<string, readonly number[]>;
  #last = 0;

  constructor(profile: Profile, budget: number, scorer: FeatureScorer | undefined, monitors?: ReadonlySet<string>, onAlarm?: (alarm: WatchedAlarm) => void) {
    this.events = watchedEvents(profile, monitors);
    const firstOf: number[] = [];
    this.events.forEach(({ watched, local }, index) => {
      if (local === 0) firstOf[watched.family] = index;
    });
    const byMonitor = new Map<string, number[]>();
    this.events.forEach(({ family }, index) => byMonitor.set(family.monitor, [...(byMonitor.get(family.monitor) ?? []), index]));
    this.#byMonitor = byMonitor;
    this.monitors = [...byMonitor.keys()];
    this.hits = new Float64Array(this.events.length);
    this.trials = new Float64Array(profile.families.length);
    this.#bank = new DetectorBank(this.events.map(({ watched }) => watched), profile.families.length, budget, (alarm) => {
      const event = this.events[alarm.event];
      if (event === undefined) return;
      const entry = watchedAlarm(alarm, event);
      this.alarms.push(entry);
      onAlarm?.(entry);
    });
    const known = { classes: profile.classes.labels.length, sources: profile.sources?.labels.length ?? 0 };
    this.#router = new FamilyRouter(profile.families.map(({ rule }) => rule), known, scorer);
    const { hits, trials } = this;
    const bank = this.#bank;
    this.#sink = {
      trial: (family) => {
        trials[family] = (trials[family] as number) + 1;
        bank.trial(family);
      },
      hit: (family, local, row) => {
        const first = firstOf[family];
        if (first === undefined) return;
        hits[first + local] = (hits[first + local] as number) + 1;
        bank.hit(first + local, row);
      },
      endTrial: () => undefined,
    };
  }

  add(batch: LogBatch, from = 0, to = batch.rows): void {
    this.#router.route(batch, this.#sink, from, to);
    this.#last = batch.row[to - 1] ?? this.#last;
    this.#bank.settle(this.#last);
  }

  snapshot(): WatcherState {
    return { bank: this.#bank.snapshot(), hits: this.hits, trials: this.trials, last: this.#last, alarms: this.alarms.map(({ event, direction, position, began, eValue, hits, trials }) => ({ event, direction, position, began, eValue, hits, trials })) };
  }

  /** Of a watcher over the same profile. */
  restore({ bank, hits, trials, last, alarms }: WatcherState): void {
    this.#bank.restore(bank);
    this.hits.set(hits);
    this.trials.set(trials);
    this.#last = last;
    for (const alarm of alarms) {
      const event = this.events[alarm.event];
      if (event !== undefined) this.alarms.push(watchedAlarm(alarm, event));
    }
  }

  /** Why a monitor of this bank has looked at nothing: the log has the column, and nothing in it. */
  untried(monitor: string): string | undefined {
    const events = this.#byMonitor.get(monitor)?.map((index) => this.events[index]?.watched.family ?? 0);
    return events === undefined || events.some((family) => (this.trials[family] ?? 0) > 0) ? undefined : 'no row of this log has a value there';
  }

  /** Weighted e-value of each monitor now; an alarm stands at 1 / budget. */
  eValues(): number[] {
    return this.monitors.map((monitor) => this.#bank.eValue(this.#byMonitor.get(monitor) ?? []));
  }
}

function watchedAlarm(alarm: Alarm, { family, local, watched }: FlatEvent): WatchedAlarm {
  return { ...alarm, family, local, low: watched.low, high: watched.high, monitor: family.monitor };
}
