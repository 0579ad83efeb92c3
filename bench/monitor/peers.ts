// Assay beside peers on the same streams in one run: 10 classes; half of the streams stay calm, in the other half one
// class goes from 10 % to 15 %. Same labels for everybody (a file), alarms and delays counted alike.
//   node --import tsx bench/monitor/peers.ts PYTHON [streams of each kind] [PYTHON with Evidently, streams for it] > peers.json
//   '-' as the first PYTHON leaves river and SciPy out; the streams are the same in every run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DetectorBank } from '../../src/engine/monitor/sequence/detector-bank.ts';
import { baselineEvents, independent, median, seeded } from './class-streams.ts';

const [python = 'python3', countText = '40', evidentlyPython, evidentlyText = '10'] = process.argv.slice(2);
const STREAMS = Number(countText);
const LENGTH = 20_000;
const CHANGE = 8000;
const BUDGET = 1e-5;

const labels = new Uint8Array(2 * STREAMS * LENGTH);
const [calm, raised] = [independent(), independent(0.15)];
for (let s = 0; s < 2 * STREAMS; s++) {
  const random = seeded(s, 'peers');
  for (let i = 0; i < LENGTH; i++) labels[s * LENGTH + i] = (s >= STREAMS && i >= CHANGE ? raised : calm)(random);
}

const begun = performance.now();
const delays: number[] = [];
let falseStreams = 0;
let early = 0;
for (let s = 0; s < 2 * STREAMS; s++) {
  const alarms: number[] = [];
  const bank = new DetectorBank(baselineEvents(independent(), 60_000, seeded(s, 'peers baseline')), 1, BUDGET, ({ position }) => alarms.push(position));
  for (let i = 0; i < LENGTH; i++) {
    bank.trial(0);
    bank.hit(labels[s * LENGTH + i] as number, i);
    if ((i & 255) === 255) bank.settle(i);
  }
  if (s < STREAMS) falseStreams += alarms.length > 0 ? 1 : 0;
  else {
    early += alarms.some((at) => at < CHANGE) ? 1 : 0;
    const first = alarms.find((at) => at >= CHANGE);
    delays.push(first === undefined ? Infinity : first - CHANGE + 1);
  }
}
const seconds = (performance.now() - begun) / 1000;
const folder = mkdtempSync(join(tmpdir(), 'assay-peers-'));
const file = join(folder, 'streams.bin');
writeFileSync(file, labels);
const peers: unknown = python === '-' ? undefined : JSON.parse(execFileSync(python, [join(import.meta.dirname, 'peers/drift.py'), file, String(LENGTH), String(CHANGE)], { encoding: 'utf8' }));
const evidentlyArguments = [file, String(LENGTH), String(CHANGE), String(STREAMS), String(falseStreams), evidentlyText];
const evidently: unknown = evidentlyPython === undefined ? undefined : JSON.parse(execFileSync(evidentlyPython, [join(import.meta.dirname, 'peers/evidently_windows.py'), ...evidentlyArguments], { encoding: 'utf8' }));
rmSync(folder, { recursive: true });
process.stdout.write(`${JSON.stringify({
  length: LENGTH, change: CHANGE, streams: STREAMS,
  assay: { detector: 'Assay, one false alarm in 100,000, baseline of 60,000', cleanStreamsWithAlarm: falseStreams, cleanStreams: STREAMS, earlyAlarms: early, found: delays.filter(Number.isFinite).length / STREAMS, medianDelay: median(delays), predictionsPerSecond: Math.round((2 * STREAMS * (LENGTH + 60_000)) / seconds), note: 'speed includes counting a baseline of 60,000 for each stream' },
  peers, evidently,
}, null, 2)}\n`);
