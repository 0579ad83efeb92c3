// Detection on real populations: zoo/fingerprint's digit classifiers, source features against ours.
//   npx tsx bench/fingerprint/run.ts ZOO [--out FILE] [--seed N] [--gradients] [--grid] [--sets behaviour,…]
// ZOO/models/*.onnx and ZOO/truth.json as zoo.fingerprint.train leaves them. Clean models are scored held out.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeHasher } from '../../src/adapters/node-hasher.ts';
import { openPath } from '../../src/adapters/node-files.ts';
import { openNodeRuntime } from '../../src/adapters/onnxruntime-node.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { evaluateGrid, evaluateScores } from '../../src/engine/fingerprint/evaluate/evaluate-set.ts';
import { auroc } from '../../src/engine/fingerprint/evaluate/roc.ts';
import { FEATURE_SETS, PORTABLE } from '../../src/engine/fingerprint/features/feature-sets.ts';
import type { FeatureNames, Fingerprint } from '../../src/engine/fingerprint/fingerprint.ts';
import { fingerprintDrops } from '../../src/engine/fingerprint/fingerprint-drop.ts';
import { buildReferenceSet } from '../../src/engine/fingerprint/reference/reference-set.ts';
import { splitDrop } from '../../src/engine/fingerprint/reference/split-drop.ts';
import { scoreModels } from '../../src/engine/fingerprint/score/score-models.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' }, seed: { type: 'string' }, gradients: { type: 'boolean' }, grid: { type: 'boolean' }, sets: { type: 'string' } } });
const chosenSets = FEATURE_SETS.filter((set) => values.sets === undefined || values.sets.split(',').includes(set));
const zoo = positionals[0] ?? '.';
const secretSeed = Number(values.seed ?? 7);
interface Truth { family: string; kind: 'clean' | 'planted' | 'adaptive' | 'informed'; trigger?: string; accuracy: number; success?: number; shift: boolean }
const truth = JSON.parse(await readFile(join(zoo, 'truth.json'), 'utf8')) as Record<string, Truth>;

const runtime = await openNodeRuntime({ threads: 1 });
const { models: drops } = splitDrop(await openPath(join(zoo, 'models')));
const begin = performance.now();
const { models, names, refused } = await fingerprintDrops(drops.filter(({ name }) => name in truth), runtime, nodeHasher, { secretSeed, gradients: values.gradients === true }, NEVER);
const seconds = (performance.now() - begin) / 1000;
if (refused.length > 0) console.log('refused', refused);
console.log(`${models.length} models fingerprinted in ${seconds.toFixed(1)} s`);
const of = (family: string, kind: Truth['kind']): Fingerprint[] => models.filter(({ name }) => (family === 'both' || truth[name]?.family === family) && truth[name]?.kind === kind);
const featureNames: FeatureNames | undefined = names;
if (featureNames === undefined) throw new Error('no model could be fingerprinted');

const rows: Record<string, unknown>[] = [];
const show = (value: number, interval?: readonly [number, number]): string => `${value.toFixed(2)}${interval === undefined ? '' : ` (${interval[0].toFixed(2)}–${interval[1].toFixed(2)})`}`;
for (const family of ['mlp', 'cnn', 'both']) {
  const [clean, planted, adaptive, informed] = [of(family, 'clean'), of(family, 'planted'), of(family, 'adaptive'), of(family, 'informed')];
  const candidates = [...planted, ...adaptive, ...informed];
  const reference = buildReferenceSet({ name: family, publicSeed: 42, secretSeed, gradients: values.gradients === true }, clean, featureNames);
  for (const set of chosenSets) {
    if (set === 'source' && family === 'both' && !PORTABLE.has(set) && new Set(models.map((model) => model.features[set].length)).size > 1) continue;
    const scored = await scoreModels(reference, candidates, { set, representation: 'raw', seed: 42 }, NEVER);
    // Clean models alone were trained with shifted pictures: against those that were not, the planted ones differ by the plant alone.
    const alike = scored.ranking.reference.filter((_, i) => truth[reference.models[i]?.name ?? '']?.shift === false);
    console.log(`${family.padEnd(5)} ${set.padEnd(11)} planted against the ${alike.length} clean models trained without shifts: AUROC ${auroc(alike, scored.ranking.candidates.slice(0, planted.length)).toFixed(3)}`);
    for (const [what, chosen] of [['planted', planted], ['adaptive', adaptive], ['informed', informed]] as const) {
      const result = evaluateScores(scored, candidates.map((model) => chosen.includes(model)));
      if (result === undefined) continue;
      const { ensemble, detectors } = result;
      rows.push({ family, set, what, clean: result.clean, count: result.planted, ensemble: { auroc: ensemble.auroc, at10: ensemble.at10 }, detectors: detectors.map(({ detector, roc }) => ({ detector, auroc: roc.auroc, at10: roc.at10 })) });
      console.log(`${family.padEnd(5)} ${set.padEnd(11)} ${what.padEnd(9)} ${result.clean}+${result.planted}  ensemble ${show(ensemble.auroc.value, ensemble.auroc.interval)} TPR@10% ${show(ensemble.at10.value, ensemble.at10.interval)}  ${detectors.map(({ detector, roc }) => `${detector} ${show(roc.auroc.value)}/${show(roc.at10.value)}`).join('  ')}`);
    }
  }
  if (values.grid === true) {
    for (const cell of await evaluateGrid(reference, planted, { set: 'behaviour', representation: 'raw', seed: 42 }, NEVER)) console.log(`${family} grid ${cell.detector} ${cell.representation} ${cell.auroc.toFixed(3)}`);
  }
}
if (values.out !== undefined) await writeFile(values.out, JSON.stringify({ secretSeed, models: models.length, secondsToFingerprint: seconds, rows }, null, 1));
