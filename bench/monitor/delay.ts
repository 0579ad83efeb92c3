// Predictions until the first alarm after one class of ten is raised from 10 % to 15, 12, 11 and 10.5 %, at a budget of
// one false alarm in 100,000: with shares known exactly and with baselines of 60,000 and 1,000,000 predictions, and
// with a calm stretch of 20,000 before the change.
//   node --import tsx bench/monitor/delay.ts [runs] > delay.json
import { baselineEvents, independent, knownEvents, median, run, seeded } from './class-streams.ts';

const RUNS = Number(process.argv[2] ?? 200);
const BUDGET = 1e-5;
const LONGEST = 400_000;

const results = [];
for (const raised of [0.15, 0.12, 0.11, 0.105]) {
  for (const baseline of ['known', 60_000, 1_000_000] as const) {
    const delays: number[] = [];
    const classes: number[] = [];
    const shared = baseline === 1_000_000 ? baselineEvents(independent(), baseline, seeded(0, 'one million')) : undefined;
    for (let i = 0; i < RUNS; i++) {
      const random = seeded(i, `delay ${raised} ${baseline}`);
      const events = shared ?? (baseline === 'known' ? knownEvents() : baselineEvents(independent(), baseline, random.fork('baseline')));
      const [first] = run(events, BUDGET, independent(raised), LONGEST, random, true);
      if (first !== undefined) {
        delays.push(first.position + 1);
        classes.push(first.event);
      }
    }
    // Runs without an alarm count as later than all.
    const all = [...delays, ...Array.from({ length: RUNS - delays.length }, () => Infinity)];
    results.push({ raised, baseline, runs: RUNS, found: delays.length / RUNS, median: finite(median(all)), p90: finite([...all].sort((a, b) => a - b)[Math.floor(0.9 * RUNS)] ?? Infinity), rightClass: classes.filter((c) => c === 0).length / Math.max(1, classes.length) });
  }
}
const CALM = 20_000;
const late: number[] = [];
for (let i = 0; i < RUNS; i++) {
  const random = seeded(i, 'late');
  let row = 0;
  const [calm, raised] = [independent(), independent(0.15)];
  const alarms = run(baselineEvents(independent(), 60_000, random.fork('baseline')), BUDGET, (r) => (row++ < CALM ? calm(r) : raised(r)), CALM + LONGEST / 10, random, true);
  const after = alarms.find(({ position }) => position >= CALM);
  if (after !== undefined) late.push(after.position - CALM + 1);
}
process.stdout.write(`${JSON.stringify({ budget: BUDGET, longest: LONGEST, results, afterCalmStretch: { calm: CALM, raised: 0.15, runs: RUNS, found: late.length / RUNS, median: median(late) } }, null, 2)}\n`);

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
