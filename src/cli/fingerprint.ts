// `assay fingerprint build | score | evaluate`: reference sets from folders of clean models, and other models against them.
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { nodeHasher } from '../adapters/node-hasher.ts';
import { openPath } from '../adapters/node-files.ts';
import { openNodeRuntime } from '../adapters/onnxruntime-node.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { Drop } from '../engine/core/byte-source.ts';
import { NEVER } from '../engine/core/cancel.ts';
import { evaluateGrid, evaluateScores } from '../engine/fingerprint/evaluate/evaluate-set.ts';
import { shown } from '../engine/core/shown.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import { readExamples } from '../engine/fingerprint/extract/examples.ts';
import { listTaps } from '../engine/fingerprint/extract/list-taps.ts';
import type { FeatureSetId } from '../engine/fingerprint/features/feature-sets.ts';
import { fingerprintFolders, optionsOf, type FingerprintedDrop } from '../engine/fingerprint/fingerprint-drop.ts';
import { parseReferenceSet, writeReferenceSet } from '../engine/fingerprint/reference/parse-reference.ts';
import { buildReferenceSet, diffReferenceSets, noteOnShape, splitComparable, type ReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';
import type { RepresentationId } from '../engine/fingerprint/representations/representation.ts';
import { contributions } from '../engine/fingerprint/score/contributions.ts';
import { scoreModels, type ScoreRequest } from '../engine/fingerprint/score/score-models.ts';

export interface FingerprintRecipe {
  /** Drawn at random where undefined: it stays with the set. */
  readonly secretSeed: number | undefined;
  readonly taps?: readonly string[];
  readonly gradients: boolean;
  /** A .npy file of the user's own inputs. */
  readonly inputs?: string;
}

export interface FingerprintRequest {
  readonly features: FeatureSetId;
  readonly representation: RepresentationId;
  readonly seed: number;
  readonly json?: string;
}

const PUBLIC_SEED = 42;
const SHOWN_FEATURES = 5;

export async function buildFingerprints(folder: string, out: string, { secretSeed, taps, gradients, inputs }: FingerprintRecipe): Promise<number> {
  const examples = inputs === undefined ? undefined : readExamples(await readBytes(inputs), inputs).map((row) => [...row]);
  const seed = secretSeed ?? randomInt(2 ** 32);
  const recipe = { name: basename(folder), publicSeed: PUBLIC_SEED, secretSeed: seed, gradients, ...(taps === undefined ? {} : { taps }), ...(examples === undefined ? {} : { examples }) };
  const { models, names } = await fingerprint([folder], recipe);
  if (names === undefined) throw new ArtifactError({ code: 'missing-file', format: 'reference set', file: folder, expected: 'models that can be fingerprinted (ONNX classifiers, or folders with config.json and safetensors)', actual: 'none' });
  const set = buildReferenceSet(recipe, models, names);
  await writeFile(out, writeReferenceSet(set));
  process.stdout.write(`${set.models.length} models in ${out}; whoever knows its secret seed (${seed}) can train against it.\n`);
  return 0;
}

export async function scoreFingerprints(paths: readonly string[], referenceFile: string, request: FingerprintRequest): Promise<number> {
  const reference = await readReference(referenceFile);
  const { models, refused } = await comparedWith(reference, paths, request);
  const scored = await scoreModels(reference, models, requestOf(request), NEVER);
  const results = scored.candidates.map((score, i) => {
    const model = models[i];
    const features = model === undefined ? [] : contributions(reference, model, request.features, SHOWN_FEATURES);
    const note = model === undefined ? undefined : noteOnShape(reference, model);
    return { name: model?.name ?? '', sha256: model?.sha256 ?? '', inReference: (scored.known[i] ?? -1) >= 0, ...score, ...(note === undefined ? {} : { note }), features };
  });
  for (const { name, trust, tier, action, pValue, inReference, note, features } of results) {
    process.stdout.write(`${shown(name)}: ${trust.toFixed(0)} (${tier}, p ${pValue.toPrecision(2)}${inReference ? ', a model of the reference, left out of its own comparison' : ''}) ${action}\n`);
    if (note !== undefined) process.stdout.write(`    ${note}\n`);
    if (tier === 'high') for (const { name: feature, value, median, deviations } of features) process.stdout.write(`    ${shown(feature)}: ${value.toPrecision(3)}, usually ${median.toPrecision(3)} (${deviations.toFixed(1)} deviations)\n`);
  }
  await writeJson(request.json, { schema: 'assay-fingerprint-scores/1', reference: { name: reference.name, version: reference.version, models: reference.models.length }, request: requestOf(request), results, refused });
  // As everywhere: what was found goes before what could not be tested (in the JSON and on standard error).
  return results.some(({ tier }) => tier === 'high') ? 1 : refused.length > 0 ? 3 : 0;
}

export async function evaluateFingerprints(planted: readonly string[], referenceFile: string, request: FingerprintRequest): Promise<number> {
  const reference = await readReference(referenceFile);
  const { models, refused } = await comparedWith(reference, planted, request);
  const scored = await scoreModels(reference, models, requestOf(request), NEVER);
  const evaluation = evaluateScores(scored, models.map(() => true));
  if (evaluation === undefined) throw new ArtifactError({ code: 'missing-file', format: 'fingerprint', file: planted.join(', '), expected: 'planted models that are not in the reference set', actual: 'none' });
  const grid = await evaluateGrid(reference, models, requestOf(request), NEVER, (done, total) => status(`${done} of ${total} fits`));
  status('');
  const line = (name: string, { auroc, at10 }: typeof evaluation.ensemble): string => `${name.padEnd(18)} AUROC ${auroc.value.toFixed(3)} (${auroc.interval.map((value) => value.toFixed(2)).join('–')})  found at 10 % false positives ${at10.value.toFixed(3)} (${at10.interval.map((value) => value.toFixed(2)).join('–')})\n`;
  process.stdout.write(`${evaluation.clean} clean (held out), ${evaluation.planted} planted\n${line('ensemble', evaluation.ensemble)}${evaluation.detectors.map(({ detector, roc }) => line(detector, roc)).join('')}`);
  await writeJson(request.json, { schema: 'assay-fingerprint-evaluation/1', ...evaluation, grid, refused });
  return refused.length > 0 ? 3 : 0;
}

export async function showTaps(path: string, json: string | undefined): Promise<number> {
  const taps = await listTaps(await openArtifact(await openPath(path)), await openNodeRuntime(), NEVER);
  if (json !== '-') for (const { tensor, operator, dims, byDefault } of taps) process.stdout.write(`${byDefault ? '*' : ' '} ${shown(tensor)}  ${shown(operator)} [${dims.join(', ')}]\n`);
  await writeJson(json, taps);
  return 0;
}

export async function diffFingerprints(before: string, after: string): Promise<number> {
  const { added, removed, changed, recipe } = diffReferenceSets(await readReference(before), await readReference(after));
  const lines = [...recipe.map((what) => `recipe ${what}`), ...added.map((name) => `+ ${shown(name)}`), ...removed.map((name) => `- ${shown(name)}`), ...changed.map((name) => `~ ${shown(name)}`)];
  process.stdout.write(lines.length === 0 ? 'no difference\n' : `${lines.join('\n')}\n`);
  return 0;
}

async function fingerprint(paths: readonly string[], recipe: Pick<ReferenceSet, 'publicSeed' | 'secretSeed' | 'gradients' | 'taps' | 'examples'>): Promise<FingerprintedDrop> {
  const folders: Drop[] = [];
  for (const path of paths) folders.push(await openPath(path));
  const runtime = await openNodeRuntime();
  const made = await fingerprintFolders(folders, runtime, nodeHasher, optionsOf(recipe), NEVER, ({ done, total, name }) => status(`${done} of ${total} ${shown(name, 60)}`));
  status('');
  if (made.leftAside.length > 0) process.stderr.write(`${made.leftAside.length} files are no models and were left aside\n`);
  for (const { name, reason } of made.refused) process.stderr.write(`${shown(name)} was refused: ${shown(new ArtifactError(reason).message, 400)}\n`);
  return made;
}

/** The models of these paths that can be compared with the set; every other is named on standard error and in the JSON. */
async function comparedWith(reference: ReferenceSet, paths: readonly string[], { features }: FingerprintRequest): Promise<Pick<FingerprintedDrop, 'models' | 'refused'>> {
  const { models, refused } = await fingerprint(paths, reference);
  const { comparable, aside } = splitComparable(reference, models, features, (model) => model);
  for (const { name, reason } of aside) process.stderr.write(`${shown(name)} was not compared: ${shown(reason.actual ?? '', 400)}\n`);
  return { models: comparable, refused: [...refused, ...aside] };
}

async function readBytes(file: string): Promise<Uint8Array> {
  return readFile(file).catch(() => {
    throw new ArtifactError({ code: 'missing-file', format: 'npy', file, expected: 'a file that can be read' });
  });
}

async function readReference(file: string): Promise<ReferenceSet> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new ArtifactError({ code: 'missing-file', format: 'reference set', file, expected: 'a file that can be read' });
  });
  return parseReferenceSet(text, file);
}

function requestOf({ features, representation, seed }: FingerprintRequest): ScoreRequest {
  return { set: features, representation, seed };
}

function status(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}

async function writeJson(file: string | undefined, value: unknown): Promise<void> {
  if (file === undefined) return;
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (file === '-') process.stdout.write(text);
  else await writeFile(file, text);
}
