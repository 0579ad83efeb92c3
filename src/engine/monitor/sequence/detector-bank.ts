// Anytime-valid detectors of a changed rate, many at once under one false-alarm budget: e-detectors of Shiryaev and
// Roberts' kind (Shin, Ramdas & Rinaldo 2023) for yes/no events.
//
// For each event and direction (rate up, rate down) and each of a few alternatives q, S <- (S + 1) L with L the
// likelihood ratio of q against the nearest rate that the baseline still allows (its confidence band's end). While the
// true rate stays inside the band E[S after] <= S + 1. With weights that sum to 1 over events, directions and
// alternatives, M = sum of weight x S grows by at most 1 a trial on average, an alarm needs weight x S >= 1 / budget and
// takes that S back to 0; so the expected number of false alarms in n predictions is at most n x budget, at any time
// one cares to look and however the events depend on each other.
// Streams whose counts vary `inflation` times more than independent draws: L is raised to 1 / inflation, which is exact
// for long blocks in the Gaussian limit and approximate else (README.md).
// Not promised: a band that misses the true rate (chance stated with the baseline), or a change of the world that is no
// attack: the alarm says that the rate changed, not why.
import type { Probability } from '../../core/units.ts';

/** Odds ratios of the alternatives: small nudges need more evidence, large ones are seen at once. */
export const ODDS_RATIOS = [1.05, 1.12, 1.3, 1.7, 3, 10] as const;
const MOST_EXPONENT = 600;

export type Direction = 'up' | 'down';

export interface WatchedEvent {
  /** Events of one family share their trials. */
  readonly family: number;
  readonly low: Probability;
  readonly high: Probability;
  readonly inflation: number;
  readonly directions: readonly Direction[];
  /** Share of the budget of each of its directions; all of them together at most 1. */
  readonly weight: number;
}

export interface Alarm {
  readonly event: number;
  readonly direction: Direction;
  /** Position at which the alarm was raised, and the most likely one at which the change began. */
  readonly position: number;
  readonly began: number;
  /** Weighted e-value at the alarm; the threshold is 1 / budget. */
  readonly eValue: number;
  /** Since the change began. */
  readonly hits: number;
  readonly trials: number;
}

export interface BankState {
  readonly trials: Float64Array;
  readonly detectors: readonly (Pick<Detector, 'trialsSeen' | 'hits' | 'sums' | 'walk' | 'began' | 'hitsAtBegin' | 'trialsAtBegin'>)[];
}

interface Detector {
  readonly event: number;
  readonly family: number;
  readonly direction: Direction;
  readonly weight: number;
  readonly logHit: Float64Array;
  readonly logMiss: Float64Array;
  readonly hit: Float64Array;
  readonly sums: Float64Array;
  trialsSeen: number;
  hits: number;
  /** CUSUM of each alternative, and where it last stood at its bottom. */
  readonly walk: Float64Array;
  readonly began: Float64Array;
  readonly hitsAtBegin: Float64Array;
  readonly trialsAtBegin: Float64Array;
}

export class DetectorBank {
  readonly #threshold: number;
  readonly #trials: Float64Array;
  readonly #byEvent: readonly (readonly Detector[])[];
  readonly #detectors: readonly Detector[];
  readonly #onAlarm: (alarm: Alarm) => void;

  /** budget: false alarms allowed a prediction, e.g. 1e-5. */
  constructor(events: readonly WatchedEvent[], families: number, budget: number, onAlarm: (alarm: Alarm) => void) {
    this.#threshold = 1 / budget;
    this.#trials = new Float64Array(families);
    this.#byEvent = events.map((event, index) => event.directions.filter((direction) => (direction === 'up' ? event.high < 1 : event.low > 0)).map((direction) => detectorOf(event, index, direction)));
    this.#detectors = this.#byEvent.flat();
    this.#onAlarm = onAlarm;
  }

  /** A trial of the family, before its hits. */
  trial(family: number): void {
    this.#trials[family] = (this.#trials[family] ?? 0) + 1;
  }

  hit(event: number, position: number): void {
    const detectors = this.#byEvent[event] as readonly Detector[];
    for (let i = 0; i < detectors.length; i++) {
      const detector = detectors[i] as Detector;
      // The misses since the last hit, then the hit itself.
      this.#catchUp(detector, (this.#trials[detector.family] as number) - 1, position);
      if (detector.direction === 'up') begin(detector, position);
      detector.hits++;
      detector.trialsSeen++;
      let mean = 0;
      const { sums, hit, logHit, walk } = detector;
      for (let a = 0; a < sums.length; a++) {
        const next = ((sums[a] as number) + 1) * (hit[a] as number);
        sums[a] = next;
        mean += next;
        walk[a] = (walk[a] as number) + (logHit[a] as number);
      }
      if (detector.direction === 'up') this.#judge(detector, (detector.weight * mean) / sums.length, position);
    }
  }

  /** Lets every detector count the misses since its last hit: detectors of falling rates are judged here. */
  settle(position: number): void {
    for (const detector of this.#detectors) this.#catchUp(detector, this.#trials[detector.family] as number, position);
  }

  /** Weighted e-value of some events now (settled before). */
  eValue(events: Iterable<number>): number {
    let sum = 0;
    for (const event of events) for (const { weight, sums } of this.#byEvent[event] ?? []) sum += (weight * total(sums)) / sums.length;
    return sum;
  }

  /** Where every detector stands; typed arrays are the detectors' own: copy or write them at once. */
  snapshot(): BankState {
    return { trials: this.#trials, detectors: this.#detectors.map(({ trialsSeen, hits, sums, walk, began, hitsAtBegin, trialsAtBegin }) => ({ trialsSeen, hits, sums, walk, began, hitsAtBegin, trialsAtBegin })) };
  }

  /** Of a bank over the same events. */
  restore({ trials, detectors }: BankState): void {
    this.#trials.set(trials);
    for (const [index, from] of detectors.entries()) {
      const to = this.#detectors[index];
      if (to === undefined) continue;
      to.trialsSeen = from.trialsSeen;
      to.hits = from.hits;
      for (const part of ['sums', 'walk', 'began', 'hitsAtBegin', 'trialsAtBegin'] as const) to[part].set(from[part]);
    }
  }

  #catchUp(detector: Detector, trials: number, position: number): void {
    const misses = trials - detector.trialsSeen;
    if (misses <= 0) return;
    const { sums, logMiss, walk } = detector;
    if (detector.direction === 'down') begin(detector, position);
    detector.trialsSeen = trials;
    for (let a = 0; a < sums.length; a++) {
      const log = logMiss[a] as number;
      const power = Math.exp(Math.min(MOST_EXPONENT, misses * log));
      const ratio = Math.exp(log);
      // (…((S + 1) L + 1) L …): S L^m + L (L^m - 1) / (L - 1).
      sums[a] = (sums[a] as number) * power + (Math.abs(log) < 1e-14 ? misses : (ratio * (power - 1)) / (ratio - 1));
      walk[a] = (walk[a] as number) + misses * log;
    }
    if (detector.direction === 'down') this.#judge(detector, (detector.weight * total(sums)) / sums.length, position);
  }

  #judge(detector: Detector, eValue: number, position: number): void {
    if (eValue < this.#threshold) return;
    const { event, direction, began, hits, hitsAtBegin, trialsSeen, trialsAtBegin, sums } = detector;
    // The alternative that explains best what was seen says since when.
    const best = sums.indexOf(Math.max(...sums));
    this.#onAlarm({ event, direction, position, began: began[best] as number, eValue, hits: hits - (hitsAtBegin[best] as number), trials: trialsSeen - (trialsAtBegin[best] as number) });
    sums.fill(0);
  }
}

function detectorOf(event: WatchedEvent, index: number, direction: Direction): Detector {
  const from = direction === 'up' ? event.high : event.low;
  const alternatives = ODDS_RATIOS.map((ratio) => {
    const odds = (from / (1 - from)) * (direction === 'up' ? ratio : 1 / ratio);
    return odds / (1 + odds);
  });
  const empty = (): Float64Array => new Float64Array(alternatives.length);
  const logHit = Float64Array.from(alternatives, (q) => Math.log(q / from) / event.inflation);
  const logMiss = Float64Array.from(alternatives, (q) => Math.log((1 - q) / (1 - from)) / event.inflation);
  return {
    event: index, family: event.family, direction, weight: event.weight, logHit, logMiss, hit: logHit.map(Math.exp), sums: new Float64Array(alternatives.length),
    trialsSeen: 0, hits: 0, walk: empty(), began: empty(), hitsAtBegin: empty(), trialsAtBegin: empty(),
  };
}

/** Alternatives at their bottom begin anew: here the change may have started. */
function begin({ walk, began, hits, hitsAtBegin, trialsSeen, trialsAtBegin }: Detector, position: number): void {
  for (let a = 0; a < walk.length; a++) {
    if ((walk[a] as number) > 0) continue;
    walk[a] = 0;
    began[a] = position;
    hitsAtBegin[a] = hits;
    trialsAtBegin[a] = trialsSeen;
  }
}

function total(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}
