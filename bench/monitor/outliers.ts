// Outlier detectors beside each other in one run, on the same inputs: clean ones to fit to, and planted ones that come
// from elsewhere, each kind of elsewhere on its own. Three sets: classes as correlated Gaussian clouds (what Assay's
// score assumes), classes as rings with heavy tails (what it does not), and scikit-learn's handwritten digits (real).
// For every detector: the share of planted inputs above the score that 1 % of clean held-out inputs pass (equal false
// alarms), the area under the curve, and speed. Assay's is the score that its out-of-distribution monitor watches.
//   node --import tsx bench/monitor/outliers.ts PYTHON > outliers.json       (PYTHON with scikit-learn, pyod, alibi-detect)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shuffled, type Random } from '../../src/engine/core/random.ts';
import { FeatureScorer, fitFeatureSpace } from '../../src/engine/monitor/profile/feature-space.ts';
import { gauss } from '../../src/engine/monitor/testing/streams.ts';
import { seeded } from './class-streams.ts';

const [python = 'python3'] = process.argv.slice(2);
const DIMENSIONS = 16;
const [FIT, HELD_OUT, PLANTED] = [4000, 4000, 400];
const SCRIPT = join(import.meta.dirname, 'peers/outliers.py');

interface Labelled {
  readonly at: readonly number[];
  readonly output: number;
}
interface InputSet {
  readonly name: string;
  readonly fit: readonly Labelled[];
  readonly held: readonly Labelled[];
  readonly kinds: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

function clouds(random: Random): InputSet {
  // Correlated noise, as embeddings have it: neighbouring features share half of their variance.
  const noise = (scale: number): number[] => {
    const own = times(DIMENSIONS + 1, () => gauss(random));
    return Array.from({ length: DIMENSIONS }, (_, k) => (scale * ((own[k] ?? 0) + (own[k + 1] ?? 0))) / Math.SQRT2);
  };
  const usual = (): Labelled => {
    const output = random.below(3);
    return { output, at: noise(1).map((x, k) => x + (k % 3 === output ? 3 : 0)) };
  };
  return {
    name: 'Gaussian clouds, 16 features', fit: times(FIT, usual), held: times(HELD_OUT, usual),
    kinds: {
      'a far dense group': times(PLANTED, () => noise(0.3).map((x, k) => x + (k % 2 === 0 ? 5 : -5))),
      'a trigger that moves one feature in four by 2.5': times(PLANTED, () => usual().at.map((x, k) => x + (k % 4 === 0 ? 2.5 : 0))),
      'between the classes': times(PLANTED, () => noise(0.5).map((x) => x + 1)),
      'a trigger made of common features': times(PLANTED, () => usual().at),
    },
  };
}

function rings(random: Random): InputSet {
  const heavy = (): number => gauss(random) / Math.max(0.3, Math.abs(gauss(random)));
  const around = (output: number, radius: number): number[] => {
    const angle = 2 * Math.PI * random.next();
    return Array.from({ length: DIMENSIONS }, (_, k) => (k === output ? radius * Math.cos(angle) : k === output + 1 ? radius * Math.sin(angle) : 0) + 0.25 * heavy() + (k % 3 === output ? 2 : 0));
  };
  const usual = (): Labelled => {
    const output = random.below(3);
    return { output, at: around(output, 4) };
  };
  return {
    name: 'rings with heavy tails, 16 features', fit: times(FIT, usual), held: times(HELD_OUT, usual),
    kinds: {
      'a far dense group': times(PLANTED, () => times(DIMENSIONS, () => 0.3 * gauss(random)).map((x, k) => x + (k % 2 === 0 ? 5 : -5))),
      'inside the rings': times(PLANTED, () => around(random.below(3), 0.5)),
      'a trigger that moves one feature in four by 2.5': times(PLANTED, () => usual().at.map((x, k) => x + (k % 4 === 0 ? 2.5 : 0))),
    },
  };
}

/** 1,797 pictures of 8 x 8, values 0 to 16. */
function digits(random: Random): InputSet {
  const { images, labels } = JSON.parse(execFileSync(python, [SCRIPT, 'digits'], { encoding: 'utf8', maxBuffer: 2 ** 24 })) as { images: number[][]; labels: number[] };
  const rows = shuffled(images.map((at, i) => ({ at, output: labels[i] ?? 0 })), random);
  const rest = rows.slice(1500).map(({ at }) => at);
  const changed = (change: (x: number, row: number, column: number) => number): number[][] => rest.map((at) => at.map((x, k) => change(x, k >> 3, k & 7)));
  return {
    name: 'handwritten digits, 64 pixels', fit: rows.slice(0, 900), held: rows.slice(900, 1500),
    kinds: {
      'a white square of 2 x 2 in the corner': changed((x, row, column) => (row > 5 && column > 5 ? 16 : x)),
      'one grey pixel in the corner': changed((x, row, column) => (row === 7 && column === 7 ? 8 : x)),
      'noise of 3 over the whole picture': changed((x) => x + 3 * gauss(random)),
      'negatives': changed((x) => 16 - x),
    },
  };
}

const results = [clouds(seeded(1, 'outliers')), rings(seeded(2, 'outliers')), digits(seeded(3, 'outliers'))].map((set) => {
  const kinds = Object.entries(set.kinds);
  const folder = mkdtempSync(join(tmpdir(), 'assay-outliers-'));
  const at = (rows: readonly Labelled[]): (readonly number[])[] => rows.map((row) => row.at);
  writeFileSync(join(folder, 'inputs.bin'), Float32Array.from([...at(set.fit), ...at(set.held), ...kinds.flatMap(([, rows]) => rows)].flat()));
  writeFileSync(join(folder, 'shape.json'), JSON.stringify({ dimensions: set.fit[0]?.at.length ?? 0, fit: set.fit.length, held: set.held.length, planted: kinds.map(([, rows]) => rows.length) }));
  const peers = JSON.parse(execFileSync(python, [SCRIPT, folder], { encoding: 'utf8' })) as unknown[];
  rmSync(folder, { recursive: true });
  return { set: set.name, fit: set.fit.length, held: set.held.length, kinds: kinds.map(([name, rows]) => ({ name, planted: rows.length })), detectors: [assay(set, kinds.map(([, rows]) => rows)), ...peers] };
});
process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);

/** Classes are logged beside the inputs, and Assay uses them; the peers here do not take any. */
function assay({ fit, held }: InputSet, planted: readonly (readonly (readonly number[])[])[]): object {
  const begun = performance.now();
  const space = fitFeatureSpace(fit.map((row) => Float32Array.from(row.at)), fit.map(({ output }) => output));
  if (space === undefined) throw new Error('too few inputs');
  const scorer = new FeatureScorer(space);
  const fitted = performance.now();
  const clean = held.map(({ at }) => scorer.score(at));
  const found = planted.map((rows) => rows.map((row) => scorer.score(row)));
  const seconds = (performance.now() - fitted) / 1000;
  const threshold = [...clean].sort((a, b) => a - b)[Math.floor(0.99 * clean.length)] ?? Infinity;
  return {
    detector: 'Assay, distance to the nearest class', fitSeconds: (fitted - begun) / 1000, inputsPerSecond: Math.round((held.length + found.flat().length) / seconds),
    kinds: found.map((scores) => ({ found: scores.filter((score) => score > threshold).length / scores.length, auc: auc(scores, clean) })),
  };
}

/** Chance that a planted input scores above a clean one. */
function auc(above: readonly number[], below: readonly number[]): number {
  const sorted = [...below].sort((a, b) => a - b);
  const rank = (x: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? Infinity) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return above.reduce((sum, x) => sum + rank(x), 0) / (above.length * below.length);
}
