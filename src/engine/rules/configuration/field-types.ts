// Fields of transformers' config.json and generation_config.json whose value is of a kind that no loader takes, and NaN anywhere in
// its settings, which Python writes and reads without a word; and how pictures are to be brought to a model (preprocessor_config.json), where
// that cannot be done. A null says that a field is not set. What it can miss: fields that only some architectures have, and other libraries' files of the same names.
import { PREPROCESSOR_FILE, unusableFields } from '../../artifact/preprocessor-config.ts';
import { describeJson, isObject, type JsonObject } from '../../artifact/text.ts';

export interface WrongType {
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

interface Kind {
  readonly expected: string;
  fits(value: unknown): boolean;
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
const IDS: Kind = { expected: 'the id of a token, or a list of such ids', fits: (value) => isNumber(value) || (Array.isArray(value) && value.every(isNumber)) };
const NUMBER: Kind = { expected: 'a number', fits: isNumber };
const FLAG: Kind = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };
const TEXT: Kind = { expected: 'a string', fits: (value) => typeof value === 'string' };
const NAMES: Kind = { expected: 'a list of names', fits: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string') };
const SECTION: Kind = { expected: 'an object', fits: isObject };

const SPECIAL: readonly (readonly [string, Kind])[] = ['bos_token_id', 'eos_token_id', 'pad_token_id'].map((key) => [key, IDS]);
const FIELDS: Readonly<Record<string, ReadonlyMap<string, Kind>>> = {
  'config.json': new Map([...SPECIAL, ['model_type', TEXT], ['architectures', NAMES], ['rope_scaling', SECTION], ['rope_parameters', SECTION]]),
  'generation_config.json': new Map([
    ...SPECIAL,
    ['do_sample', FLAG],
    ...['max_length', 'max_new_tokens', 'min_length', 'min_new_tokens', 'temperature', 'top_k', 'top_p', 'repetition_penalty'].map((key) => [key, NUMBER] as const),
  ]),
};

/** Files of settings that hold no NaN by design; a trainer's log does. */
const SETTINGS: ReadonlySet<string> = new Set([...Object.keys(FIELDS), PREPROCESSOR_FILE, 'tokenizer_config.json', 'adapter_config.json']);
/** NaN told of one file. */
const MOST_NAN = 8;

/** `name`: of the file, without its folder; `channels`: of the pictures that the model beside it takes, where they are known. */
export function wrongTypes(name: string, value: JsonObject, channels: number | undefined): WrongType[] {
  // Other libraries have a config.json of their own.
  if (name === 'config.json' && typeof value['model_type'] !== 'string' && value['transformers_version'] === undefined) return [];
  const wrong = [...(Object.hasOwn(FIELDS, name) ? (FIELDS[name] ?? []) : [])].flatMap(([key, { expected, fits }]) => {
    const found = value[key];
    return found === undefined || found === null || fits(found) ? [] : [{ key, expected, found: describeJson(found) }];
  });
  const nan = SETTINGS.has(name) ? nanIn(value) : [];
  // The place of a NaN says more than the list it stands in.
  const pictures = name === PREPROCESSOR_FILE ? unusableFields(value, channels).filter(({ key }) => nan.every((place) => place !== key && !place.startsWith(`${key}[`))) : [];
  return [...wrong, ...pictures, ...nan.filter((key) => wrong.every((told) => told.key !== key)).map((key) => ({ key, expected: 'a number', found: describeJson(Number.NaN) }))];
}

/** Paths of NaN, as far as the reader lets objects nest. */
function nanIn(value: unknown, path = '', found: string[] = []): string[] {
  if (found.length >= MOST_NAN) return found;
  if (Number.isNaN(value)) found.push(path);
  else if (Array.isArray(value)) for (const [i, inner] of value.entries()) nanIn(inner, `${path}[${i}]`, found);
  else if (isObject(value)) for (const [key, inner] of Object.entries(value)) nanIn(inner, path === '' ? key : `${path}.${key}`, found);
  return found;
}
