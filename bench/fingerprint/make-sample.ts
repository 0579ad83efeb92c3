// Makes public/samples/fingerprints: a reference set of clean MLPs, the fingerprints of planted ones, and a few models to be run in
// the page, from zoo.fingerprint's population.
//   npx tsx bench/fingerprint/make-sample.ts ZOO OUT
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeHasher } from '../../src/adapters/node-hasher.ts';
import { openPath } from '../../src/adapters/node-files.ts';
import { openNodeRuntime } from '../../src/adapters/onnxruntime-node.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { fingerprintDrops } from '../../src/engine/fingerprint/fingerprint-drop.ts';
import { buildReferenceSet } from '../../src/engine/fingerprint/reference/reference-set.ts';
import { writeReferenceSet } from '../../src/engine/fingerprint/reference/parse-reference.ts';
import { splitDrop } from '../../src/engine/fingerprint/reference/split-drop.ts';

/** Public with the sample: it protects nothing here. */
const SECRET_SEED = 2718;
const [zoo = '.', out = '.'] = process.argv.slice(2);
const truth = JSON.parse(await readFile(join(zoo, 'truth.json'), 'utf8')) as Record<string, { family: string; kind: string }>;
const named = (kind: string): string[] => Object.keys(truth).filter((name) => truth[name]?.family === 'mlp' && truth[name]?.kind === kind).sort();
const [clean, planted, adaptive] = [named('clean'), named('planted'), named('adaptive')];
const reference = clean.slice(0, 32);
const marked = planted.slice(0, 12);
const run = [...clean.slice(32, 34), ...planted.slice(12, 15), ...adaptive.slice(0, 1)];

const { models: drops } = splitDrop(await openPath(join(zoo, 'models')));
const runtime = await openNodeRuntime({ threads: 1 });
const recipe = { publicSeed: 42, secretSeed: SECRET_SEED, gradients: false };
const fingerprinted = async (names: readonly string[], label: string): Promise<string> => {
  const made = await fingerprintDrops(drops.filter(({ name }) => names.includes(name)), runtime, nodeHasher, recipe, NEVER);
  if (made.names === undefined || made.refused.length > 0) throw new Error(`refused: ${JSON.stringify(made.refused)}`);
  return writeReferenceSet(buildReferenceSet({ name: label, ...recipe }, made.models, made.names));
};
await mkdir(out, { recursive: true });
await writeFile(join(out, 'reference.json'), await fingerprinted(reference, 'digit classifiers'));
await writeFile(join(out, 'planted.json'), await fingerprinted(marked, 'planted digit classifiers'));
for (const name of run) await copyFile(join(zoo, 'models', `${name}.onnx`), join(out, `${name}.onnx`));
await writeFile(join(out, 'index.json'), `${JSON.stringify({ models: run.map((name) => `${name}.onnx`) }, null, 1)}\n`);
console.log(run.map((name) => `${name} ${truth[name]?.kind ?? ''}`).join('\n'));
