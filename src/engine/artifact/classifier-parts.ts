// What the files around a classifier say: names of classes, special tokens around a text, preprocessing of an image.
// config.json (id2label), tokenizer.json (post_processor, padding), preprocessor_config.json; where they are silent a guess
// is made and said.
import type { ImagePreprocessing, TextSpec } from '../runtime/classifier.ts';
import type { Artifact } from './artifact.ts';
import { chooseModel } from './choose-model.ts';
import { baseName, directoryOf } from './formats/reader.ts';
import { PREPROCESSOR_FILE, unusableFields, unusableRange } from './preprocessor-config.ts';
import { CONFIG_LIMITS, isObject, readJsonObject, readText, type JsonObject } from './text.ts';
import { specialToken } from './tokenizer/special-token.ts';

export const LABEL_FILES = ['labels.txt', 'classes.txt', 'class_names.txt'];
/** Lists of names in a config.json that is not transformers' own, in the order of the classes. */
const LABEL_LISTS = ['id2label', 'labels', 'label_names', 'class_names', 'classes'];
const MAX_LABELS = 50_000;

/** Names by index, where the files give them. */
export async function classNames(artifact: Artifact): Promise<readonly (string | undefined)[]> {
  const map = artifact.config?.['id2label'];
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(isObject(map) ? map : {})) {
    const index = Number(key);
    if (Number.isInteger(index) && index >= 0 && index < MAX_LABELS && typeof value === 'string') names[index] = value;
  }
  if (names.length > 0) return names;
  for (const key of LABEL_LISTS) {
    const list = artifact.config?.[key];
    if (Array.isArray(list) && list.length > 0 && list.length <= MAX_LABELS && list.every((name) => typeof name === 'string')) return list;
  }
  const file = artifact.files.find(({ source }) => LABEL_FILES.includes(baseName(source.path)));
  if (file === undefined) return [];
  const text = await readText(file.source, 'text', CONFIG_LIMITS);
  return text.split('\n', MAX_LABELS).map((line) => line.trim()).filter((line) => line !== '');
}

export function labelsFor(names: readonly (string | undefined)[], classes: number): readonly string[] {
  return Array.from({ length: classes }, (_, index) => names[index] ?? `class ${index}`);
}

type Specials = Pick<TextSpec, 'prefix' | 'suffix' | 'padId' | 'origin'>;

/** By size of the vocabulary: BERT uncased and cased, RoBERTa. */
const USUAL_BORDERS: ReadonlyMap<number, Omit<Specials, 'origin'>> = new Map([
  [30_522, { prefix: [101], suffix: [102], padId: 0 }],
  [28_996, { prefix: [101], suffix: [102], padId: 0 }],
  [50_265, { prefix: [0], suffix: [2], padId: 1 }],
]);

/** `rows`: entries of the graph's own embedding table, where it is known. */
export function specialTokens({ tokenizer, tokenizerConfig, config }: Pick<Artifact, 'tokenizer' | 'tokenizerConfig' | 'config'>, rows?: number): Specials {
  const idOf = (name: string): number | undefined => tokenId(tokenizer, specialToken(tokenizerConfig, name));
  const padding = tokenizer?.['padding'];
  const padId = (isObject(padding) ? whole(padding['pad_id']) : undefined) ?? idOf('pad_token') ?? tokenId(tokenizer, '[PAD]') ?? tokenId(tokenizer, '<pad>') ?? whole(config?.['pad_token_id']) ?? 0;
  const processed = fromProcessor(tokenizer?.['post_processor'], tokenizer);
  if (processed !== undefined) return { ...processed, padId, origin: 'tokenizer.json' };
  const [start, end] = [idOf('cls_token') ?? idOf('bos_token'), idOf('sep_token') ?? idOf('eos_token')];
  if (start !== undefined && end !== undefined) return { prefix: [start], suffix: [end], padId, origin: 'tokenizer_config.json' };
  const usual = tokenizer === undefined ? USUAL_BORDERS.get(typeof config?.['vocab_size'] === 'number' ? config['vocab_size'] : (rows ?? 0)) : undefined;
  if (usual !== undefined) return { ...usual, origin: 'guessed: no tokenizer, and as many ids as a well-known one' };
  return { prefix: [], suffix: [], padId, origin: 'guessed: the files name no tokens that begin or end a text' };
}

function fromProcessor(processor: unknown, tokenizer: JsonObject | undefined): Pick<Specials, 'prefix' | 'suffix'> | undefined {
  if (!isObject(processor)) return undefined;
  const { type, single, special_tokens: known, cls, sep, processors } = processor;
  if (type === 'Sequence' && Array.isArray(processors)) {
    for (const child of processors) {
      const found = fromProcessor(child, tokenizer);
      if (found !== undefined) return found;
    }
  }
  if ((type === 'BertProcessing' || type === 'RobertaProcessing') && Array.isArray(cls) && Array.isArray(sep)) {
    const [first, last] = [whole(cls[1]), whole(sep[1])];
    return first === undefined || last === undefined ? undefined : { prefix: [first], suffix: [last] };
  }
  if (type !== 'TemplateProcessing' || !Array.isArray(single)) return undefined;
  const [prefix, suffix]: [number[], number[]] = [[], []];
  let target = prefix;
  for (const piece of single) {
    if (!isObject(piece)) continue;
    if (isObject(piece['Sequence'])) target = suffix;
    const special = piece['SpecialToken'];
    if (!isObject(special) || typeof special['id'] !== 'string') continue;
    const entry = isObject(known) ? known[special['id']] : undefined;
    const ids = isObject(entry) && Array.isArray(entry['ids']) ? entry['ids'].map(whole) : [tokenId(tokenizer, special['id'])];
    for (const id of ids) if (id !== undefined) target.push(id);
  }
  return { prefix, suffix };
}

function tokenId(tokenizer: JsonObject | undefined, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const added = tokenizer?.['added_tokens'];
  for (const entry of Array.isArray(added) ? added : []) if (isObject(entry) && entry['content'] === text) return whole(entry['id']);
  const model = tokenizer?.['model'];
  const vocabulary = isObject(model) ? model['vocab'] : undefined;
  return isObject(vocabulary) && Object.hasOwn(vocabulary, text) ? whole(vocabulary[text]) : undefined;
}

function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export interface ImageHints {
  readonly preprocessing: ImagePreprocessing;
  /** Size of the side that the files name, for graphs that leave it open. */
  readonly side: { readonly height: number; readonly width: number } | undefined;
}

/** `wide`: the graph takes whole numbers from 0 to 255. */
export async function imageHints(artifact: Artifact, channels: number, wide: boolean): Promise<ImageHints> {
  const choice = chooseModel(artifact.files);
  const directory = choice.kind === 'gguf' ? '' : choice.directory;
  const file = artifact.files.find(({ source }) => baseName(source.path) === PREPROCESSOR_FILE && directoryOf(source.path) === directory);
  const fields = file === undefined ? undefined : (await readJsonObject(file.source, CONFIG_LIMITS)).value;
  const side = sideOf(fields?.['crop_size']) ?? sideOf(fields?.['size']) ?? sideOf(artifact.config?.['image_size']) ?? sideOf(artifact.config?.['input_size']);
  if (fields === undefined) {
    const why = wide ? 'guessed: the graph takes whole numbers, so pixels go in as 0 to 255' : 'guessed: pixels go in as 0 to 1, since no preprocessor_config.json says otherwise';
    return { side, preprocessing: { scale: wide ? 255 : 1, mean: fill(channels, 0), std: fill(channels, 1), origin: why, guessed: true } };
  }
  const rescale = fields['do_rescale'] === false ? 1 : (positive(fields['rescale_factor']) ?? 1 / 255);
  const normalise = fields['do_normalize'] !== false && fields['image_mean'] !== undefined && fields['image_mean'] !== null;
  const mean = normalise ? perChannel(fields['image_mean'], channels, finite) : fill(channels, 0);
  const std = normalise ? perChannel(fields['image_std'], channels, positive) : fill(channels, 1);
  const unset = std === undefined && (fields['image_std'] ?? undefined) === undefined ? [{ key: 'image_std', expected: `${channels} positive numbers` }] : [];
  const unusable = [...unusableFields(fields, channels), ...unset].map(({ key, expected }) => `${key} (expected ${expected})`);
  return {
    side,
    preprocessing: {
      scale: 255 * rescale,
      mean: mean ?? fill(channels, 0),
      std: std ?? fill(channels, 1),
      origin: `${PREPROCESSOR_FILE}${unusable.length === 0 ? '' : `, which cannot be used as it stands: ${unusable.join(', ')}`}`,
      guessed: unset.length > 0 || unusableRange(fields, channels).length > 0,
    },
  };
}

/** One number for all channels, or one for each (more than there are channels: the first ones). Undefined where one of them cannot be used. */
function perChannel(value: unknown, channels: number, read: (value: unknown) => number | undefined): readonly number[] | undefined {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const numbers = given.length >= channels ? given.slice(0, channels).map(read) : given.length === 1 ? fill(channels, 0).map(() => read(given[0])) : [];
  const usable = numbers.filter((number) => number !== undefined);
  return usable.length === channels ? usable : undefined;
}

const LARGEST_SIDE = 4096;

/** Of one number, of height and width by name, or of a shape with the channels first or last. */
function sideOf(value: unknown): { readonly height: number; readonly width: number } | undefined {
  if (Array.isArray(value)) {
    const sides = value.length === 3 ? value.filter((_, at) => at !== (Number(value[0]) <= 4 ? 0 : 2)) : value;
    return sides.length === 2 ? sideOf({ height: sides[0], width: sides[1] }) : undefined;
  }
  const { height, width } = isObject(value) ? { height: value['height'] ?? value['shortest_edge'], width: value['width'] ?? value['shortest_edge'] } : { height: value, width: value };
  const [h, w] = [whole(height), whole(width)];
  return h === undefined || w === undefined || h < 1 || w < 1 || h > LARGEST_SIDE || w > LARGEST_SIDE ? undefined : { height: h, width: w };
}

function positive(value: unknown): number | undefined {
  const number = finite(value);
  return number !== undefined && number > 0 ? number : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function fill(count: number, value: number): readonly number[] {
  return new Array<number>(count).fill(value);
}
