// Assay and scikit-learn in turn, several rounds, one thread each: median milliseconds of processor a run, and what the machine carried.
//   node bench/fp13/compare.mjs DIR [--python PATH] [--rounds 3]
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { python: { type: 'string', default: 'python' }, rounds: { type: 'string', default: '3' } } });
const folder = positionals[0] ?? '.';
const scratch = await mkdtemp(join(tmpdir(), 'fp13-'));
const rounds = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const peer = await measure(values.python, ['bench/fp13/run_sklearn.py', folder, '--out']);
  const ours = await measure('npx', ['tsx', 'bench/fp13/run.ts', folder, '--out']);
  rounds.push({ peer, ours });
  console.log(`round ${round + 1}: processor ${ours.cpuSeconds.toFixed(2)} s, scikit-learn ${peer.cpuSeconds.toFixed(2)} s; wall ${ours.seconds.toFixed(1)} s, ${peer.seconds.toFixed(1)} s; load ${loadavg()[0].toFixed(1)}`);
}
await rm(scratch, { recursive: true });

const keys = [...new Set(rounds[0].ours.runs.map(({ detector, representation }) => `${detector} ${representation}`))];
const timeOf = (result, key) => mean(result.runs.filter(({ detector, representation }) => `${detector} ${representation}` === key).map(({ seconds }) => 1000 * seconds));
console.log('\nmedian ms of processor a run: Assay, scikit-learn, how many times quicker');
for (const key of keys) row(key, (result) => timeOf(result, key));
console.log('\nmedian s of processor');
row('representations', ({ preparing }) => preparing);
row('autoencoder', (result) => sum(result, ({ detector }) => detector === 'autoencoder'));
row('other detectors', (result) => sum(result, ({ detector }) => detector !== 'autoencoder'));
row('all 150 runs', ({ cpuSeconds }) => cpuSeconds);

function row(name, of) {
  const [ours, peer] = [median(rounds.map((round) => of(round.ours))), median(rounds.map((round) => of(round.peer)))];
  console.log(`${name.padEnd(38)} ${digits(ours).padStart(8)} ${digits(peer).padStart(8)} ${(peer / ours).toFixed(2).padStart(8)}`);
}

async function measure(command, parameters) {
  const file = join(scratch, 'result.json');
  const { status } = spawnSync(command, [...parameters, file], { env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
  return JSON.parse(await readFile(file, 'utf8'));
}

function sum({ runs }, where) {
  return runs.filter(where).reduce((total, { seconds }) => total + seconds, 0);
}

function mean(list) {
  return list.reduce((total, value) => total + value, 0) / list.length;
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
