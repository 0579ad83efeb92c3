// Which .safetensors files of a folder make up the model, and their tensors together. transformers' order: model.safetensors,
// else model.safetensors.index.json and the shards it names (plain names in the same folder: a path is an attack, CWE-22).
import type { ArtifactErrorFields } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { firstOf } from '../core/shown.ts';
import type { TensorInfo } from './artifact.ts';
import { readSafetensors } from './formats/safetensors.ts';
import { baseName, directoryOf, orProblem } from './formats/reader.ts';
import { CONFIG_LIMITS, describeType, isObject, readJsonObject, type JsonObject } from './text.ts';

export interface Weights {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** An index names every tensor: up to some hundred thousand lines. */
const INDEX_LIMITS = { ...CONFIG_LIMITS, maxBytes: 64 * 2 ** 20 };

/** `files`: the folder's .safetensors files; `indexes`: its *.safetensors.index.json files. */
export async function readWeights(files: readonly ByteSource[], indexes: readonly ByteSource[], problems: ArtifactErrorFields[]): Promise<Weights> {
  const notes: string[] = [];
  const single = files.find(({ path }) => baseName(path) === 'model.safetensors');
  const index = indexes.find(({ path }) => baseName(path) === 'model.safetensors.index.json') ?? indexes[0];
  if (single === undefined && index !== undefined) {
    const parsed = await orProblem(problems, () => readJsonObject(index, INDEX_LIMITS));
    if (parsed !== undefined) return readIndexed(index, parsed, files, problems, notes);
  }
  if (single !== undefined && index !== undefined) await refuseTwoModels(single, index, files, problems);
  const chosen = single === undefined ? numberedShards(files) : [single];
  const left = files.filter((file) => !chosen.includes(file));
  if (left.length > 0) notes.push(`Weights are read from ${chosen.map(({ path }) => path).join(', ')}; left aside: ${left.map(({ path }) => path).join(', ')}.`);
  return readShards(chosen, problems, notes);
}

/** transformers takes the single file, vLLM what the index names: where that is another file, they run different models. */
async function refuseTwoModels(single: ByteSource, index: ByteSource, files: readonly ByteSource[], problems: ArtifactErrorFields[]): Promise<void> {
  const map = (await orProblem<JsonObject>(problems, () => readJsonObject(index, INDEX_LIMITS)))?.['weight_map'];
  if (!isObject(map)) return;
  const here = new Set(files.map(({ path }) => baseName(path)));
  const others = [...new Set(Object.values(map))].filter((shard): shard is string => typeof shard === 'string' && shard !== baseName(single.path) && here.has(shard));
  if (others.length > 0) problems.push({ code: 'malformed', format: 'json', file: index.path, field: 'weight_map', expected: `${baseName(single.path)}, which stands beside it and is what was read`, actual: `other weights: ${firstOf(others)} (loaders disagree about which to take)` });
}

async function readIndexed(index: ByteSource, parsed: JsonObject, files: readonly ByteSource[], problems: ArtifactErrorFields[], notes: string[]): Promise<Weights> {
  const at = { format: 'json', file: index.path } as const;
  const map = parsed['weight_map'];
  if (!isObject(map)) {
    problems.push({ code: 'malformed', ...at, field: 'weight_map', expected: 'an object', actual: describeType(map) });
    return readShards(numberedShards(files), problems, notes);
  }
  const byName = new Map(files.filter(({ path }) => directoryOf(path) === directoryOf(index.path)).map((file) => [baseName(file.path), file]));
  const wanted = new Map<string, ByteSource | undefined>();
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string') {
      problems.push({ code: 'malformed', ...at, field: `weight_map.${tensor}`, expected: 'a file name', actual: describeType(shard) });
      continue;
    }
    if (wanted.has(shard)) continue;
    const file = byName.get(shard);
    wanted.set(shard, file);
    if (file !== undefined) continue;
    if (/[\\/]|^\.\.?$|\0/.test(shard)) problems.push({ code: 'malformed', ...at, field: `weight_map.${tensor}`, expected: 'a plain file name', actual: shard.slice(0, 120) });
    else if (!shard.endsWith('.safetensors')) problems.push({ code: 'unsupported-format', ...at, field: `weight_map.${tensor}`, expected: 'a .safetensors file', actual: shard.slice(0, 120) });
    else problems.push({ code: 'missing-file', ...at, field: `weight_map.${tensor}`, expected: shard.slice(0, 120), actual: 'no such file in the folder' });
  }
  const weights = await readShards([...wanted.values()].filter((file) => file !== undefined), problems, notes);
  const read = new Set([...wanted].flatMap(([shard, file]) => (file === undefined ? [] : [shard])));
  compareWithIndex(map, read, weights.tensors, at, problems);
  return weights;
}

const MAX_LISTED = 32;

/** Only of the shards that are there: a missing one is one problem, not one for each of its tensors. */
function compareWithIndex(map: JsonObject, read: ReadonlySet<string>, tensors: ReadonlyMap<string, TensorInfo>, at: { readonly format: string; readonly file: string }, problems: ArtifactErrorFields[]): void {
  const differing: ArtifactErrorFields[] = [];
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !read.has(shard)) continue;
    const found = tensors.get(name);
    if (found === undefined) differing.push({ code: 'missing-tensor', ...at, field: name, expected: `a tensor in ${shard.slice(0, 120)}`, actual: 'none that can be used' });
    else if (baseName(found.source.path) !== shard) differing.push({ code: 'malformed', ...at, field: name, expected: `its place in ${shard.slice(0, 120)}`, actual: found.source.path });
  }
  for (const name of tensors.keys()) if (!Object.hasOwn(map, name)) differing.push({ code: 'malformed', ...at, field: name, expected: 'an entry for each tensor of the shards', actual: 'a tensor that the index does not name' });
  problems.push(...differing.slice(0, MAX_LISTED));
  if (differing.length > MAX_LISTED) problems.push({ code: 'malformed', ...at, field: 'weight_map', actual: `${differing.length - MAX_LISTED} more differences from the shards` });
}

async function readShards(files: readonly ByteSource[], problems: ArtifactErrorFields[], notes: readonly string[]): Promise<Weights> {
  const tensors = new Map<string, TensorInfo>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const file of files) {
    const content = await orProblem(problems, () => readSafetensors(file));
    if (content === undefined) continue;
    metadata = { ...content.metadata, ...metadata };
    for (const tensor of content.tensors) {
      if (tensors.has(tensor.name)) problems.push({ code: 'malformed', format: 'safetensors', file: file.path, field: tensor.name, expected: 'each tensor in one shard', actual: 'a second one (the first one is used)' });
      else tensors.set(tensor.name, tensor);
    }
  }
  return { tensors, metadata, notes };
}

/** `name-00001-of-00003.safetensors`: all of them together; otherwise the first file alone. */
function numberedShards(files: readonly ByteSource[]): readonly ByteSource[] {
  const pattern = /^(.*)-\d{5}-of-(\d{5})\.safetensors$/;
  const first = files.map((file) => pattern.exec(baseName(file.path))).find((match) => match !== null);
  if (first === undefined) return files.slice(0, 1);
  return files.filter((file) => {
    const match = pattern.exec(baseName(file.path));
    return match?.[1] === first[1] && match?.[2] === first[2];
  });
}
