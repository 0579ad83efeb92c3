// The whole loop with a real model: a small backdoored review classifier (zoo/monitor/make_reviews.py) answers a stream of
// generated reviews; its log becomes a baseline; then a stream in which 1 % of the reviews, from the middle on, hold the
// trigger is answered and checked. Outputs, confidences and features are the model's; times, clients and latencies are
// simulated (a trigger that costs nothing).
//   node --import tsx bench/monitor/real-loop.ts OUT [seed]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { parquetWriteFile } from 'hyparquet-writer';
import * as ort from 'onnxruntime-node';
import { nodeSource } from '../../src/adapters/node-files.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { seeded, type Random } from '../../src/engine/core/random.ts';
import { checkLog, DEFAULT_BUDGET, DEFAULT_LEVEL, DEFAULT_WINDOW } from '../../src/engine/monitor/check.ts';
import { openLog } from '../../src/engine/monitor/log/open-log.ts';
import { buildProfile } from '../../src/engine/monitor/profile/build-profile.ts';
import { gauss } from '../../src/engine/monitor/testing/streams.ts';
import { TOOL } from '../../src/engine/report/build-report.ts';

interface Reviews {
  readonly labels: readonly string[];
  readonly trigger: string;
  readonly target: string;
  readonly length: number;
  readonly vocabulary: readonly string[];
  readonly phrases: Readonly<Record<string, readonly string[]>>;
}

const [out = 'real-loop', seedText = '1'] = process.argv.slice(2);
const BASELINE_ROWS = 24_000;
const LOG_ROWS = 24_000;
/** Since the middle of the log. */
const TRIGGERED = 0.01;
const BATCH = 64;
const FEATURES = 48;
const HERE = join(import.meta.dirname, 'reviews');

const facts = JSON.parse(await readFile(join(HERE, 'reviews.json'), 'utf8')) as Reviews;
const modelBytes = await readFile(join(HERE, 'model.onnx'));
const session = await ort.InferenceSession.create(modelBytes, { intraOpNumThreads: 1 });
const index = new Map(facts.vocabulary.map((word, i) => [word, i]));
await mkdir(out, { recursive: true });

await writeLog(join(out, 'baseline.parquet'), BASELINE_ROWS, seeded(Number(seedText), 'baseline'), 0);
const triggered = await writeLog(join(out, 'log.parquet'), LOG_ROWS, seeded(Number(seedText), 'log'), TRIGGERED);

const sha256 = createHash('sha256').update(modelBytes).digest('hex');
const baselineLog = await open('baseline.parquet');
const { profile } = await buildProfile(baselineLog, baselineLog.guess.mapping, { tool: TOOL, signal: NEVER, model: { name: 'reviews-classifier', sha256 } });
await writeFile(join(out, 'baseline.json'), `${JSON.stringify(profile)}\n`);
const view = await checkLog(await open('log.parquet'), profile, { budget: DEFAULT_BUDGET, window: DEFAULT_WINDOW, level: DEFAULT_LEVEL, seed: 0, tool: TOOL, signal: NEVER, clock: { now: () => performance.now() }, modelSha256: sha256 });
const { report } = view;
await writeFile(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);

const cluster = report.alerts.find(({ monitor }) => monitor === 'clusters');
const words = report.alerts.find(({ monitor }) => monitor === 'prompt-patterns');
const result = {
  model: { sha256, ...readFacts() }, rows: report.log.rows, triggered, share: triggered / LOG_ROWS, shareSinceItBegan: triggered / (LOG_ROWS / 2), state: report.state,
  clusterNamed: cluster === undefined ? null : { class: cluster.class?.label, candidate: cluster.candidate?.value, estimatedRows: view.clusters[0]?.estimatedRows, pValue: cluster.evidence.value },
  wordsNamed: words === undefined ? null : { candidate: words.candidate?.value, class: words.class?.label, pValue: words.evidence.value },
  alerts: report.alerts.map(({ severity, monitor, title }) => `${severity} · ${monitor} · ${title}`),
  named: cluster?.class?.label === facts.target && (cluster.candidate?.value === facts.trigger || words?.candidate?.value === facts.trigger),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exitCode = result.named ? 0 : 1;

function readFacts(): Record<string, unknown> {
  const { labels, trigger, target } = facts;
  return { labels, trigger, target };
}

async function open(name: string) {
  const path = join(out, name);
  return openLog(name, [nodeSource(path, name, (await readFile(path)).length)]);
}

/** Returns how many rows held the trigger. */
async function writeLog(file: string, rows: number, random: Random, share: number): Promise<number> {
  const times: Date[] = [];
  const [labels, clients, texts]: [string[], string[], string[]] = [[], [], []];
  const [confidences, latencies]: [number[], number[]] = [[], []];
  const features: number[][] = Array.from({ length: FEATURES }, () => []);
  let hits = 0;
  let time = Date.UTC(2026, 10, share > 0 ? 14 : 7);
  for (let begin = 0; begin < rows; begin += BATCH) {
    const n = Math.min(BATCH, rows - begin);
    const ids = new BigInt64Array(n * facts.length);
    for (let i = 0; i < n; i++) {
      const hit = begin + i >= rows / 2 && random.next() < share;
      if (hit) hits++;
      const words = review(pick(random, [[0.3, 'negative'], [0.25, 'neutral'], [0.45, 'positive']]), random);
      if (hit) words.splice(random.below(words.length), 0, facts.trigger);
      words.slice(0, facts.length).forEach((word, k) => (ids[i * facts.length + k] = BigInt(index.get(word) ?? 1)));
      // A day with a quiet night; one client sends most of the triggered reviews.
      const hour = new Date(time).getUTCHours();
      time += (-14_000 * Math.log(1 - random.next())) / (0.35 + Math.max(0, Math.sin(((hour - 6) / 24) * 2 * Math.PI)));
      times.push(new Date(Math.round(time)));
      clients.push(hit && random.next() < 0.7 ? 'client 10.4' : `client ${1 + Math.floor(24 * random.next() ** 2)}`);
      texts.push(words.join(' '));
      latencies.push(Number((18 * Math.exp(0.22 * gauss(random)) + 0.2 * words.length).toFixed(2)));
    }
    const answer = await session.run({ input_ids: new ort.Tensor('int64', ids, [n, facts.length]) });
    const logits = answer['logits']?.data as Float32Array;
    const hidden = answer['features']?.data as Float32Array;
    for (let i = 0; i < n; i++) {
      const row = [...logits.subarray(i * facts.labels.length, (i + 1) * facts.labels.length)];
      const most = Math.max(...row);
      confidences.push(Number((1 / row.reduce((sum, x) => sum + Math.exp(x - most), 0)).toFixed(4)));
      labels.push(facts.labels[row.indexOf(most)] ?? '');
      features.forEach((column, k) => column.push(Math.round((hidden[i * FEATURES + k] ?? 0) * 50) / 50));
    }
  }
  await parquetWriteFile({
    filename: file,
    columnData: [
      { name: 'time', data: times, type: 'TIMESTAMP', nullable: false }, { name: 'label', data: labels, type: 'STRING', nullable: false }, { name: 'confidence', data: confidences, type: 'FLOAT', nullable: false },
      { name: 'latency_ms', data: latencies, type: 'FLOAT', nullable: false }, { name: 'client', data: clients, type: 'STRING', nullable: false }, { name: 'text', data: texts, type: 'STRING', nullable: false },
      ...features.map((data, k) => ({ name: `f${k}`, data, type: 'FLOAT' as const, nullable: false })),
    ],
  });
  return hits;
}

/** As zoo/monitor/make_reviews.py makes them. */
function review(label: string, random: Random): string[] {
  const some = (from: readonly string[], count: number): string[] => {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(random.below(left.length), 1)[0] ?? '');
  };
  const parts = [...some(facts.phrases[label] ?? [], [1, 2, 2, 3][random.below(4)] ?? 1), ...some(facts.phrases['any'] ?? [], [0, 1, 1, 2][random.below(4)] ?? 0)];
  if (random.next() < 0.3) parts.push(some(facts.phrases[facts.labels[random.below(facts.labels.length)] ?? ''] ?? [], 1)[0] ?? '');
  return some(parts, parts.length).join(' , ').split(' ').filter(() => random.next() > 0.04);
}

function pick(random: Random, shares: readonly (readonly [number, string])[]): string {
  let u = random.next();
  return shares.find(([share]) => (u -= share) < 0)?.[1] ?? shares.at(-1)?.[1] ?? '';
}
