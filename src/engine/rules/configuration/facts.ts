// What a JSON file of a model folder asks its loader to do: import code, read files elsewhere, force or forbid tokens. Routed by
// the keys that stand in it, never by its name.
import { isObject, type JsonObject } from '../../artifact/text.ts';
import { fromBase64 } from '../../core/base64.ts';
import { codeInText } from '../code-in-text.ts';
import type { Ask } from './ask.ts';
import { tokenAsks, type Neighbours } from './generation.ts';
import { nameAsk, objectAsks, targetAsk } from './gadgets.ts';
import { isKnownLibrary, isPipelineModule } from './libraries.ts';
import { leavesFolder, reachesOut } from './paths.ts';
import { isRecipe } from './recipes.ts';

/** Configurations are a few levels deep (CWE-674). */
const MAX_DEPTH = 12;
const MAX_ASKS = 64;
/** Lines of one list of requirements. */
const MAX_REQUIREMENTS = 1000;

const TRUST = 'trust_remote_code';
/** Keys under which transformers looks for code in the repository. */
const CODE_KEYS = new Set(['auto_map', 'custom_pipelines', TRUST, 'custom_generate', 'custom_pipeline']);
/** Keys whose value is a file that a loader opens. */
const FILE_KEYS = /^(?:vocab|vocab_file|merges_file|tokenizer_file|spm_file|vocabulary|feature_extractor_file|weights_path|model_path|checkpoint|checkpoint_path|config_file|asset_file|resource_path|handler|serializedFile|modelFile|requirementsFile|extraFiles|layers|files|shards)$/;
/** Places whose value is such a file: weights of TensorFlow.js, parts of a Core ML package, flavours of an MLflow model. */
const FILE_PLACES = /(?:^|\.)weightsManifest\[\d{1,6}\]\.paths$|^itemInfoEntries\.[^.]{1,100}\.path$|^flavors\.\w{1,60}\.(?:data|code|env|model_data|model_path|pickled_model|model_file|saved_model_dir)$/;
/** Keys whose value is native code that a loader opens. */
const LIBRARY_KEYS = /^(?:library|library_path|lib_path|so_path|dll_path|plugin|plugin_path|custom_op_library)$/;

export function asksOf(value: JsonObject, neighbours: Neighbours = {}): Ask[] {
  const asks: Ask[] = [];
  walk(value, '', 0, asks);
  asks.push(...tokenAsks(value, neighbours), ...adapterAsks(value), ...indexAsks(value));
  const recipe = isRecipe(value);
  return asks.slice(0, MAX_ASKS).map((ask) => (recipe && ask.kind === 'code' && ask.key.endsWith(TRUST) ? { ...ask, note: true } : ask));
}

function walk(value: unknown, path: string, depth: number, asks: Ask[]): void {
  if (depth > MAX_DEPTH || asks.length >= MAX_ASKS) return;
  if (Array.isArray(value)) {
    // Lists of numbers and vocabularies hold no keys.
    if (value.length <= 1000) value.forEach((item: unknown, i) => walk(item, `${path}[${i}]`, depth + 1, asks));
    return;
  }
  if (!isObject(value)) return;
  const entries = Object.entries(value);
  if (entries.length > 5000) return;
  asks.push(...objectAsks(path, value));
  for (const [key, child] of entries) {
    const at = path === '' ? key : `${path}.${key}`;
    // Words are words: a vocabulary may hold any.
    if (key === 'vocab' && Array.isArray(child)) continue;
    if (CODE_KEYS.has(key)) asks.push(...codeAsks(at, key, child));
    else if (typeof child === 'string') asks.push(...textAsks(at, key, child));
    const named = Array.isArray(child) && child.length <= 1000 ? child : [child];
    for (const file of FILE_KEYS.test(key) || FILE_PLACES.test(at) ? named : []) if (typeof file === 'string' && reachesOut(file)) asks.push({ kind: 'path', key: at, value: file, what: 'a file outside of the folder' });
    if (LIBRARY_KEYS.test(key) && typeof child === 'string' && /\.(?:so|dll|dylib)(?:\.\d{1,4})*$/i.test(child)) asks.push({ kind: 'code', key: at, value: child, what: 'loads native code' });
    if (/^_?attn_implementation$/.test(key) && typeof child === 'string' && /^[\w.-]{1,100}\/[\w.@:-]{1,200}$/.test(child)) asks.push({ kind: 'code', key: at, value: child, what: 'code out of another repository' });
    if (key === 'loader_module' && typeof child === 'string' && path.startsWith('flavors.') && !/^mlflow\./.test(child)) asks.push({ kind: 'library', key: at, value: child, what: 'a package that model loaders do not know' });
    if (/(?:^|\.)weightsManifest\[\d{1,6}\]$/.test(path) && key === 'paths') for (const file of named) if (typeof file === 'string' && file.includes('://')) asks.push({ kind: 'path', key: at, value: file, what: 'weights from another machine' });
    if (/(?:^|\.)dependencies\[\d{1,6}\]$/.test(path) && key === 'pip' && Array.isArray(child)) asks.push(...foreignIn(child, at));
    // spaCy's meta.json and kin: lines of a requirements file, in a list.
    if (REQUIREMENT_KEYS.test(key) && Array.isArray(child)) asks.push(...foreignIn(child, at));
    if (DEPENDENCY_KEYS.test(key) && isObject(child)) asks.push(...foreignIn(Object.values(child).filter((from) => typeof from === 'string' && /^https?:/.test(from)), at));
    walk(child, at, depth + 1, asks);
  }
}

const REQUIREMENT_KEYS = /^(?:(?:pip_|python_|extra_|install_)?requirements|install_requires|pip_packages|python_packages)$/;
/** package.json's. */
const DEPENDENCY_KEYS = /^(?:dev|optional|peer)?[dD]ependencies$/;

function foreignIn(lines: readonly unknown[], at: string): Ask[] {
  return lines.slice(0, MAX_REQUIREMENTS).flatMap((line) => (typeof line === 'string' ? foreignRequirements(line) : [])).map(({ text }): Ask => ({ kind: 'requirement', key: at, value: text, what: 'a package that does not come from the package index' }));
}

const SECRET_KEY = /^(?:api[_-]?key|apikey|secret|secret[_-]?key|access[_-]?key|secret[_-]?access[_-]?key|access[_-]?token|auth[_-]?token|bearer[_-]?token|private[_-]?key|client[_-]?secret|password|passwd|exfil[_-]?\w{0,20}|hf[_-]?token)$/i;
/** What stands in the place of a secret. */
const PLACEHOLDER = /^(?:|none|null|empty|false|true|your\b.*|your[_-].*|<.*>|\$\{.*|\{\{.*|\*+|x+|changeme|example|placeholder|todo|env:.*|os\.environ.*)$/i;
const SECRET_VALUE = /^(?:sk-[A-Za-z0-9_-]{16,200}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,80}|hf_[A-Za-z0-9]{30,80}|xox[abpr]-[A-Za-z0-9-]{10,80})$/;

const SECRET_IN_TEXT = /(?<![A-Za-z0-9_-])(?:sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,200}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,100}|hf_[A-Za-z0-9]{34}|xox[abpr]-[0-9]{8,14}-[A-Za-z0-9-]{10,80}|AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])|-----BEGIN (?:RSA |EC |OPENSSH |DSA )?PRIVATE KEY-----/g;
const MAX_SEARCHED = 2 ** 20;

/** Secrets in plain text by the form of well-known tokens, their place, and no more of them than their beginning. */
export function secretsIn(text: string): { readonly at: number; readonly begins: string }[] {
  return [...text.slice(0, MAX_SEARCHED).matchAll(SECRET_IN_TEXT)].filter(([token]) => !isMadeUp(token)).slice(0, 16).map((match) => ({ at: match.index, begins: match[0].startsWith('-----') ? 'a private key' : `${match[0].slice(0, 6)}…` }));
}

/** 'sk-xxxxxxxx', 'AKIAIOSFODNN7EXAMPLE': what stands in the place of a secret uses few characters, or says so. */
function isMadeUp(token: string): boolean {
  return !token.startsWith('-----') && (/example|your|xxxx|placeholder|dummy|fake|test/i.test(token) || new Set(token.slice(4)).size < 8);
}

export function textAsks(at: string, key: string, value: string): Ask[] {
  if (value.length > 100_000) return [];
  const called = nameAsk(at, key, value);
  if (called.length > 0) return called;
  if (SECRET_VALUE.test(value) || (SECRET_KEY.test(key) && value.length >= 4 && value.length < 4096 && !PLACEHOLDER.test(value.trim()))) return [{ kind: 'secret', key: at, value: `${value.slice(0, 3)}…`, what: 'a secret in the open' }];
  const plain = value.length >= 24 && BASE64.test(value) ? textOfBase64(value) : undefined;
  const encoded = plain === undefined ? undefined : codeInText(plain);
  if (plain !== undefined && encoded !== undefined) return [{ kind: 'command', key: at, value: plain.slice(Math.max(0, encoded.at - 20), encoded.at + 100), what: `${encoded.what}, written as base64` }];
  const code = value.length >= 8 ? codeInText(value) : undefined;
  return code === undefined || isTemplate(value) ? [] : [{ kind: 'command', key: at, value: value.slice(Math.max(0, code.at - 20), code.at + 100), what: code.what }];
}

const BASE64 = /^[A-Za-z0-9+/]{20,100000}={0,2}$/;

/** Undefined where it does not stand for text. */
function textOfBase64(value: string): string | undefined {
  const bytes = fromBase64(value);
  return bytes.length >= 8 && bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09 || byte === 0x0d) ? new TextDecoder().decode(bytes) : undefined;
}

/** Templates are judged as templates. */
function isTemplate(value: string): boolean {
  return value.includes('{%') || value.includes('{{');
}

function codeAsks(at: string, key: string, value: unknown): Ask[] {
  if (key === TRUST) return value === true ? [{ kind: 'code', key: at, value: 'true', what: 'asks the loader to run code that comes with the model' }] : [];
  const references: [string, string][] = [];
  const collect = (child: unknown, path: string, depth: number): void => {
    if (typeof child === 'string') references.push([path, child]);
    else if (depth < 4 && Array.isArray(child)) child.forEach((item: unknown, i) => collect(item, `${path}[${i}]`, depth + 1));
    else if (depth < 4 && isObject(child)) for (const [name, item] of Object.entries(child)) collect(item, `${path}.${name}`, depth + 1);
  };
  collect(value, at, 0);
  return references.slice(0, 16).map(([path, reference]) =>
    reference.includes('--') || reference.includes('://')
      ? { kind: 'code-elsewhere', key: path, value: reference, what: 'code out of another repository' }
      : { kind: 'code', key: path, value: reference, what: 'code that comes with the model' },
  );
}

/** PEFT's adapter_config, diffusers' model_index and sentence-transformers' modules name packages to import. */
function adapterAsks(value: JsonObject): Ask[] {
  const asks: Ask[] = [];
  const library = (key: string, name: unknown): void => {
    if (typeof name !== 'string') return;
    if (name !== '' && !isKnownLibrary(name) && asks.length < MAX_ASKS) asks.push({ kind: 'library', key, value: name, what: 'a package that model loaders do not know' });
  };
  const mapping = value['auto_mapping'];
  if (isObject(mapping)) library('auto_mapping.parent_library', mapping['parent_library']);
  if (typeof value['megatron_core'] === 'string') library('megatron_core', value['megatron_core']);
  if ('_class_name' in value) {
    // A name, or [module, name].
    const pipeline = [value['_class_name']].flat().some((name) => typeof name === 'string' && /Pipeline$/.test(name));
    for (const [key, entry] of Object.entries(value)) if (isPair(entry) && (pipeline || looksLikeComponent(entry)) && !isPipelineModule(entry[0])) library(key, entry[0]);
  }
  return asks;
}

/** [package, class], as a model_index.json names the parts of a pipeline. */
function isPair(entry: unknown): entry is readonly [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((item) => typeof item === 'string');
}

/** Lists of two classes (the blocks of a network) are settings of a model. */
function looksLikeComponent([name, part]: readonly [string, string]): boolean {
  return /^[a-z_][\w.]{0,200}$/.test(name) && (/^[A-Z]/.test(part) || targetAsk('', `${name}.${part}`).length > 0);
}

/** modules.json: a list of {type: 'package.module.Class'}. */
export function moduleAsks(value: readonly unknown[]): Ask[] {
  return value.flatMap((item, i): Ask[] => {
    if (!isObject(item) || typeof item['type'] !== 'string' || typeof item['path'] !== 'string') return [];
    const away: Ask[] = reachesOut(item['path']) ? [{ kind: 'path', key: `[${i}].path`, value: item['path'], what: 'a folder outside of this one' }] : [];
    return [...away, ...(isKnownLibrary(item['type']) ? [] : [{ kind: 'library' as const, key: `[${i}].type`, value: item['type'], what: 'a package that model loaders do not know' }])];
  });
}

function indexAsks(value: JsonObject): Ask[] {
  const map = value['weight_map'];
  if (!isObject(map)) return [];
  const shards = new Map(Object.entries(map).flatMap(([tensor, shard]) => (typeof shard === 'string' ? [[shard, tensor] as const] : [])));
  const strict = [...shards.keys()].some((shard) => shard.endsWith('.safetensors'));
  return [...shards].slice(0, 1000).flatMap(([shard, tensor]): Ask[] => {
    if (leavesFolder(shard)) return [{ kind: 'shard-path', key: `weight_map.${tensor}`, value: shard, what: 'a shard outside of the folder' }];
    return strict && !shard.endsWith('.safetensors') ? [{ kind: 'shard-format', key: `weight_map.${tensor}`, value: shard, what: 'a shard that is no safetensors file' }] : [];
  });
}

/** Lines of a requirements file that install from somewhere else than the package index. */
export function foreignRequirements(text: string): { readonly line: number; readonly text: string }[] {
  return text.split('\n', 5000).flatMap((raw, i) => {
    const line = raw.trim();
    const own = /^(?:--(?:extra-)?index-url|-i|--find-links|-f)[ =]\s*(\S+)/.exec(line)?.[1];
    const address = own ?? /(?:^|@\s*|-e\s+|\b(?:git|url)\s{0,4}=\s{0,4}["'])((?:git\+|hg\+|https?:|file:|ftp:)[^\s"',]+)/.exec(line.replace(/^["']/, ''))?.[1];
    if (address === undefined || line.startsWith('#') || USUAL_SOURCES.test(address)) return [];
    return [{ line: i + 1, text: line.slice(0, 200) }];
  });
}

/** The index itself, and where the makers of the large frameworks keep their wheels and sources. */
const USUAL_SOURCES = /^(?:git\+)?https:\/\/(?:pypi\.org\/|download\.pytorch\.org\/|pypi\.nvidia\.com\/|github\.com\/(?:huggingface|pytorch|openai|facebookresearch|google|NVIDIA|microsoft|Dao-AILab|vllm-project)\/)/;
