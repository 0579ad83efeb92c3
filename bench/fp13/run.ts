// The source's 150 runs with Assay's detectors, beside its own numbers and, where given, beside scikit-learn's on this machine.
//   npx tsx bench/fp13/run.ts DIR [--sklearn FILE] [--out FILE]
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DETECTORS } from '../../src/engine/fingerprint/detectors/registry.ts';
import { auroc } from '../../src/engine/fingerprint/evaluate/roc.ts';
import { takeRows, type Matrix } from '../../src/engine/fingerprint/linear/matrix.ts';
import { NumpyRandomState } from '../../src/engine/fingerprint/random/numpy-random-state.ts';
import { REPRESENTATIONS } from '../../src/engine/fingerprint/representations/registry.ts';

const SEEDS = [42, 123, 456, 789, 1024];
const SOURCE_NAMES: Readonly<Record<string, string>> = {
  lof: 'lof', 'isolation-forest': 'isolation_forest', 'one-class-svm': 'one_class_svm', 'gaussian-mixture': 'gmm', autoencoder: 'autoencoder', 'pca-mahalanobis': 'pca_mahalanobis',
  raw: 'raw', pca: 'pca', 'fast-ica': 'ica', 'random-projection': 'random_projection',
};
interface Run { detector: string; representation: string; seed: number; auroc: number; seconds?: number }

const { values, positionals } = parseArgs({ allowPositionals: true, options: { sklearn: { type: 'string' }, out: { type: 'string' }, umap: { type: 'boolean' } } });
const folder = positionals[0] ?? '.';
const x = readMatrix(await readFile(join(folder, 'activation_matrix.npy')));
const labels = readLabels(await readFile(join(folder, 'labels.npy')));
const source = JSON.parse(await readFile(join(folder, 'benchmark_summary.json'), 'utf8')) as Run[];

const used = REPRESENTATIONS.filter(({ id }) => id !== 'umap' || values.umap === true);
// The source runs raw twice, the second time as raw_noDR: so do we, for the time to be of the same 150 runs.
const passes = [...used.map((representation) => ({ name: SOURCE_NAMES[representation.id] ?? representation.id, representation })), ...used.filter(({ id }) => id === 'raw').map((representation) => ({ name: 'raw_noDR', representation }))];
const runs: Run[] = [];
let preparing = 0;
const begin = performance.now();
const processor = process.cpuUsage();
for (const seed of SEEDS) {
  const { train, test } = stratifiedSplit(labels, seed);
  const fitted = takeRows(x, train.filter((row) => labels[row] === 0));
  const others = takeRows(x, test);
  for (const { name, representation } of passes) {
    const start = cpuSecondsNow();
    const space = representation.fit(fitted, seed);
    const projected = space.project(others);
    preparing += cpuSecondsNow() - start;
    for (const detector of DETECTORS) {
      const from = cpuSecondsNow();
      const scores = detector.fit(space.train, seed).score(projected);
      const seconds = cpuSecondsNow() - from;
      const of = (label: number): number[] => [...scores].filter((_, i) => labels[test[i] ?? 0] === label);
      runs.push({ detector: SOURCE_NAMES[detector.id] ?? detector.id, representation: name, seed, auroc: auroc(of(0), of(1)), seconds });
    }
  }
}
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(processor);
const cpuSeconds = (user + system) / 1e6;

const withoutAutoencoder = (list: readonly Run[]): number => list.filter(({ detector }) => detector !== 'autoencoder').reduce((sum, run) => sum + (run.seconds ?? 0), 0);
const peer = values.sklearn === undefined ? undefined : (JSON.parse(await readFile(values.sklearn, 'utf8')) as { seconds: number; cpuSeconds: number; runs: Run[] });
const mean = (list: readonly Run[], key: 'auroc' | 'seconds', where: (run: Run) => boolean): number => {
  const found = list.filter(where);
  return found.reduce((sum, run) => sum + (run[key] ?? 0), 0) / found.length;
};
console.log('detector          representation     Assay  source   largest difference of a run   ms of processor (Assay / scikit-learn)');
for (const { name } of passes) {
  for (const { id } of DETECTORS) {
    const where = (run: Run): boolean => run.detector === SOURCE_NAMES[id] && run.representation === name;
    const differences = runs.filter(where).map((run) => Math.abs(run.auroc - (source.find((other) => where(other) && other.seed === run.seed)?.auroc ?? Number.NaN)));
    const peerTime = peer === undefined ? '' : ` / ${(1000 * mean(peer.runs, 'seconds', where)).toFixed(0)}`;
    console.log(`${id.padEnd(18)}${name.padEnd(18)} ${mean(runs, 'auroc', where).toFixed(4)} ${mean(source, 'auroc', where).toFixed(4)}   ${Math.max(...differences).toFixed(4).padEnd(26)}  ${(1000 * mean(runs, 'seconds', where)).toFixed(0)}${peerTime}`);
  }
}
for (const { name } of passes) console.log(`${name.padEnd(18)} mean ${mean(runs, 'auroc', (run) => run.representation === name).toFixed(4)}  source ${mean(source, 'auroc', (run) => run.representation === name).toFixed(4)}`);
console.log(`${runs.length} runs in ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor), of which representations ${preparing.toFixed(1)} s of processor${peer === undefined ? '' : `; scikit-learn ${peer.seconds.toFixed(1)} s (${peer.cpuSeconds.toFixed(1)} s of processor)`}`);
console.log(`the five detectors of scikit-learn, processor: ${withoutAutoencoder(runs).toFixed(2)} s${peer === undefined ? '' : `; scikit-learn ${withoutAutoencoder(peer.runs).toFixed(2)} s`}`);
if (values.out !== undefined) await writeFile(values.out, JSON.stringify({ seconds, cpuSeconds, preparing, runs }, null, 1));

/** Processor time of all threads: what other work on the machine does not change. */
function cpuSecondsNow(): number {
  const { user: own, system: kernel } = process.cpuUsage();
  return (own + kernel) / 1e6;
}

/** NumPy's .npy, version 1 to 3: little-endian float64, float32 or int64, C order. */
function readNpy(bytes: Buffer): { shape: number[]; kind: string; data: DataView } {
  const version = bytes[6] ?? 1;
  const headerLength = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const start = (version === 1 ? 10 : 12) + headerLength;
  const header = bytes.subarray(version === 1 ? 10 : 12, start).toString('latin1');
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  return { shape, kind: /'descr': '([^']*)'/.exec(header)?.[1] ?? '', data: new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start) };
}

function readMatrix(bytes: Buffer): Matrix {
  const { shape, kind, data } = readNpy(bytes);
  const [rows = 0, cols = 0] = shape;
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, (_, i) => (kind === '<f8' ? data.getFloat64(8 * i, true) : data.getFloat32(4 * i, true))) };
}

function readLabels(bytes: Buffer): number[] {
  const { shape, kind, data } = readNpy(bytes);
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => (kind === '<i8' ? Number(data.getBigInt64(8 * i, true)) : data.getInt32(4 * i, true)));
}

/** scikit-learn's StratifiedShuffleSplit(1, test_size=.2) where every class divides by five. */
function stratifiedSplit(classes: readonly number[], seed: number): { train: number[]; test: number[] } {
  const random = new NumpyRandomState(seed);
  const [train, test]: [number[], number[]] = [[], []];
  for (const label of [0, 1]) {
    const members = classes.flatMap((value, row) => (value === label ? [row] : []));
    const order = [...random.permutation(members.length)].map((at) => members[at] ?? 0);
    const share = (4 * members.length) / 5;
    train.push(...order.slice(0, share));
    test.push(...order.slice(share));
  }
  const mixed = (rows: readonly number[]): number[] => {
    const order = Int32Array.from(rows);
    random.shuffle(order);
    return [...order];
  };
  const shuffledTrain = mixed(train);
  return { train: shuffledTrain, test: mixed(test) };
}
