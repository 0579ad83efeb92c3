// What a model says of itself (config.json, its model card, its names) beside what its tensors are. Sizes that the weights fix
// are compared; what nothing in the files can prove (author, licence, base model) is quoted as such.
import type { TensorPlace } from '../../artifact/digests/tensor-places.ts';
import { elementCount } from '../../artifact/dtype.ts';
import { isObject, type JsonObject } from '../../artifact/text.ts';
import { claimedLayers, stacksOf } from './layers.ts';
import { numberIn } from './number-in.ts';

export interface Claim {
  /** 'width of the embedding'. */
  readonly about: string;
  /** Where it is said: 'config.json: hidden_size'. */
  readonly where: string;
  readonly says: string;
  readonly is: string;
  /** Undefined where nothing in the files can tell. */
  readonly fits: boolean | undefined;
}

export interface ClaimSources {
  readonly config: JsonObject | undefined;
  readonly configFile: string;
  readonly tokenizer: JsonObject | undefined;
  readonly card: string | undefined;
  /** Name of the drop, and of the model in its configuration. */
  readonly names: readonly string[];
  readonly tensors: readonly TensorPlace[];
}

const EMBEDDING = /(?:^|\.)(?:embed_tokens|wte|word_embeddings|tok_embeddings|token_embd|embed_in|shared)\.weight$/;
const WIDTH_KEYS = ['embedding_size', 'word_embed_proj_dim', 'hidden_size', 'n_embd', 'd_model', 'dim'];
/** Names round: '7B' of 6.7 and of 7.6 thousand million. */
const NAME_TOLERANCE = 1.6;
const FLOATS = new Set(['F64', 'F32', 'F16', 'BF16']);
const WORDS: Readonly<Record<string, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16', float64: 'F64' };

export function claimsOf(sources: ClaimSources): Claim[] {
  return [...ofEmbedding(sources), ...ofLayers(sources), ...ofTokenizer(sources), ...ofNumbers(sources), ...ofParameters(sources), ...ofClass(sources), ...ofLabels(sources), ...ofRope(sources), ...ofCard(sources)];
}

function embeddingOf(tensors: readonly TensorPlace[]): TensorPlace | undefined {
  return tensors.find(isEmbedding);
}

/** Of words: [tokens, width]. */
export function isEmbedding({ name, shape }: Pick<TensorPlace, 'name' | 'shape'>): boolean {
  return shape.length === 2 && EMBEDDING.test(name);
}

function ofEmbedding({ config, configFile, tensors }: ClaimSources): Claim[] {
  const embedding = embeddingOf(tensors);
  if (embedding === undefined) return [];
  const [rows = 0, columns = 0] = embedding.shape;
  const width = numberIn(config, WIDTH_KEYS);
  const vocabulary = numberIn(config, ['vocab_size']);
  return [
    ...(width === undefined ? [] : [{ about: 'width of the embedding', where: `${configFile}: ${width.key}`, says: String(width.value), is: String(columns), fits: width.value === columns }]),
    // Rows are padded to round numbers; fewer than it says cannot be.
    ...(vocabulary === undefined ? [] : [{ about: 'rows of the embedding', where: `${configFile}: vocab_size`, says: String(vocabulary.value), is: String(rows), fits: rows >= vocabulary.value && rows <= vocabulary.value + 1024 }]),
  ];
}

/** Layers are counted for each stack; a model of two stacks fits with either. */
function ofLayers({ config, configFile, tensors }: ClaimSources): Claim[] {
  const claimed = claimedLayers(config);
  const stacks = stacksOf(tensors.map(({ name }) => name));
  if (claimed === undefined || stacks.size === 0) return [];
  const counts = [...stacks.values()].map(({ size }) => size);
  return [{ about: 'layers', where: `${configFile}: ${claimed.key}`, says: String(claimed.value), is: [...new Set(counts)].join(', '), fits: counts.some((count) => count === claimed.value || count === claimed.value + claimed.extra) }];
}

function ofTokenizer({ tokenizer, tensors }: ClaimSources): Claim[] {
  const rows = embeddingOf(tensors)?.shape[0];
  const model = tokenizer?.['model'];
  const vocabulary = isObject(model) ? model['vocab'] : undefined;
  const added = tokenizer?.['added_tokens'];
  if (rows === undefined || vocabulary === undefined) return [];
  let highest = -1;
  if (Array.isArray(vocabulary)) highest = vocabulary.length - 1;
  else if (isObject(vocabulary)) for (const id of Object.values(vocabulary)) if (typeof id === 'number' && id > highest) highest = id;
  if (Array.isArray(added)) for (const token of added) if (isObject(token) && typeof token['id'] === 'number' && token['id'] > highest) highest = token['id'];
  return [{ about: 'tokens', where: 'tokenizer: highest id', says: String(highest), is: `${rows} rows of the embedding`, fits: highest < rows }];
}

function ofNumbers({ config, configFile, tensors }: ClaimSources): Claim[] {
  const key = typeof config?.['torch_dtype'] === 'string' ? 'torch_dtype' : 'dtype';
  const claimed = config?.[key];
  const most = mostOf(tensors);
  if (typeof claimed !== 'string' || most === undefined) return [];
  const said = WORDS[claimed.replace('torch.', '')];
  return said === undefined ? [] : [{ about: 'number format of the weights', where: `${configFile}: ${key}`, says: said, is: most, fits: said === most }];
}

function mostOf(tensors: readonly TensorPlace[]): string | undefined {
  const bytes = new Map<string, number>();
  for (const { dtype, begin, end } of tensors) bytes.set(dtype, (bytes.get(dtype) ?? 0) + end - begin);
  return [...bytes].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** 'Mistral-7B', 'pythia-160m'. Packed formats hide how many numbers there are: only floats are counted. */
function ofParameters({ names, tensors }: ClaimSources): Claim[] {
  const floats = tensors.filter(({ dtype }) => FLOATS.has(dtype));
  if (floats.length === 0 || floats.length < tensors.length / 2) return [];
  const count = floats.reduce((sum, { shape }) => sum + (elementCount(shape) ?? 0), 0);
  for (const name of names) {
    // '8x7B' is not seven.
    const match = /(?:^|[-_ /])(\d{1,4}(?:\.\d{1,3})?)([bBmM])(?=$|[-_ ./])/.exec(name);
    if (match === null) continue;
    const said = Number(match[1]) * ((match[2] ?? '').toLowerCase() === 'b' ? 1e9 : 1e6);
    if (said <= 0 || count <= 0) continue;
    const ratio = Math.max(said / count, count / said);
    return [{ about: 'parameters', where: `name: ${name}`, says: `${match[1]}${match[2]}`, is: count.toLocaleString('en-US').replaceAll(',', ' '), fits: ratio <= NAME_TOLERANCE }];
  }
  return [];
}

function ofClass({ config, configFile }: ClaimSources): Claim[] {
  const type = config?.['model_type'];
  const classes = config?.['architectures'];
  const [first] = Array.isArray(classes) ? classes : [];
  if (typeof type !== 'string' || typeof first !== 'string' || type.length < 2) return [];
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return [{ about: 'architecture', where: `${configFile}: model_type and architectures`, says: type, is: first, fits: plain(first).startsWith(plain(type)) }];
}

/** Sequences, pictures, tokens and sounds are classed by one matrix whose rows are the classes. */
const CLASSIFIES = /For(?:Sequence|Image|Token|Audio)Classification$/;
const HEAD = /(?:^|\.)(?:classifier|score|classifier\.1|classifier\.out_proj|classification_head\.out_proj)\.weight$/;

function ofLabels({ config, configFile, tensors }: ClaimSources): Claim[] {
  const classes = config?.['architectures'];
  if (!Array.isArray(classes) || !classes.some((name) => typeof name === 'string' && CLASSIFIES.test(name))) return [];
  const rows = tensors.find(({ name, shape }) => shape.length === 2 && HEAD.test(name))?.shape[0];
  if (rows === undefined) return [];
  const labels = config?.['id2label'];
  const said = [...(isObject(labels) ? [{ key: 'id2label', value: Object.keys(labels).length }] : []), ...[numberIn(config, ['num_labels'])].filter((entry) => entry !== undefined)];
  return said.map(({ key, value }) => ({ about: `classes (${key})`, where: `${configFile}: ${key}`, says: String(value), is: `${rows} rows of the classifier’s head`, fits: value === rows }));
}

/** Loaders before transformers 5 read the field, later ones the section: where they differ, so does the model. */
function ofRope({ config, configFile }: ClaimSources): Claim[] {
  const section = config?.['rope_parameters'];
  const inner = isObject(section) ? numberIn(section, ['rope_theta']) : undefined;
  const outer = numberIn(config, ['rope_theta']);
  if (inner === undefined || outer === undefined) return [];
  return [{ about: 'base of the rotary positions', where: `${configFile}: rope_theta`, says: String(outer.value), is: `${inner.value} in rope_parameters`, fits: outer.value === inner.value }];
}

const CARD_KEYS = /^(base_model|license|library_name|pipeline_tag|model_name|model-index|author)\s*:\s*(\S.{0,160})$/;

/** The lines of a model card's front matter that say what it is; nothing in the files can prove them. */
function ofCard({ card }: ClaimSources): Claim[] {
  if (card === undefined || !card.startsWith('---')) return [];
  const claims: Claim[] = [];
  for (const line of card.split('\n', 200).slice(1)) {
    if (line.startsWith('---')) break;
    const match = CARD_KEYS.exec(line.trim());
    if (match !== null) claims.push({ about: (match[1] ?? '').replaceAll('_', ' '), where: 'model card', says: match[2] ?? '', is: 'nothing in the files can tell', fits: undefined });
  }
  return claims;
}
