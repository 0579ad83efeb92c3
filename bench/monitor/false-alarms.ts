// 1,000 simulated clean streams of 100,000 predictions: alarms of the sequential detectors against the promised budget,
// beside the fixed-window test's. Each stream has a fresh baseline, so the baseline's own error is in it.
//   node --import tsx bench/monitor/false-alarms.ts [streams] > false-alarms.json
import { WindowTests } from '../../src/engine/monitor/sequence/window-tests.ts';
import { baselineEvents, bursty, CLASSES, independent, knownEvents, run, seeded, type Draw } from './class-streams.ts';

const STREAMS = Number(process.argv[2] ?? 1000);
const LENGTH = 100_000;
const BUDGET = 1e-5;
const BASELINE = 60_000;
const WINDOW = 1000;
const LEVEL = 0.01;

interface Result {
  readonly stream: string;
  readonly streams: number;
  readonly promised: number;
  readonly alarms: number;
  readonly alarmsPerStream: number;
  readonly streamsWithAlarm: number;
}

function sequential(name: string, makeDraw: () => Draw, known: boolean, streams: number): Result {
  let [alarms, hit] = [0, 0];
  for (let i = 0; i < streams; i++) {
    const random = seeded(i, name);
    const events = known ? knownEvents() : baselineEvents(makeDraw(), BASELINE, random.fork('baseline'));
    const found = run(events, BUDGET, makeDraw(), LENGTH, random, false).length;
    alarms += found;
    if (found > 0) hit++;
  }
  return { stream: name, streams, promised: LENGTH * BUDGET, alarms, alarmsPerStream: alarms / streams, streamsWithAlarm: hit };
}

/** The window test as monitors usually run it (true shares known), tumbling; and corrected over the log's windows. */
function windows(name: string, makeDraw: () => Draw, inflation: number, streams: number) {
  let [alarms, adjusted, hit, count] = [0, 0, 0, 0];
  for (let i = 0; i < streams; i++) {
    const random = seeded(i, `${name} windows`);
    const tests = new WindowTests(Array.from({ length: CLASSES }, () => 1 / CLASSES), WINDOW, LEVEL, inflation, (from) => seeded(i, `${name} windows/test`, from));
    const draw = makeDraw();
    for (let row = 0; row < LENGTH; row++) tests.add(draw(random), row);
    const summary = tests.summary();
    alarms += summary.alarms;
    adjusted += summary.alarmsAfterAdjusting;
    count += summary.windows;
    if (summary.alarms > 0) hit++;
  }
  return { stream: name, streams, windows: count, alarms, alarmsPerStream: alarms / streams, streamsWithAlarm: hit, adjustedPerStream: adjusted / streams };
}

const begun = performance.now();
const result = {
  length: LENGTH, budget: BUDGET, baseline: BASELINE, window: WINDOW, level: LEVEL,
  sequential: [
    sequential('independent, shares known exactly', () => independent(), true, STREAMS),
    sequential('independent, baseline of 60,000', () => independent(), false, STREAMS),
    sequential('bursty (autocorrelation 0.5), baseline of 60,000', () => bursty(0.5), false, Math.max(1, STREAMS / 5)),
    sequential('bursty (autocorrelation 0.9), baseline of 60,000', () => bursty(0.9), false, Math.max(1, STREAMS / 5)),
  ],
  fixedWindow: [windows('independent', () => independent(), 1, STREAMS), windows('bursty (autocorrelation 0.5)', () => bursty(0.5), 1, Math.max(1, STREAMS / 5))],
  seconds: 0,
};
process.stdout.write(`${JSON.stringify({ ...result, seconds: (performance.now() - begun) / 1000 }, null, 2)}\n`);
