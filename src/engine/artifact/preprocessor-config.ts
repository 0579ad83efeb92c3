// Fields of a preprocessor_config.json (transformers' image processors) that cannot be used as they stand: how pixels are scaled
// and normalised, and how large a picture is to be. A null says that a field is not set; what is switched off (do_normalize,
// do_rescale) is not looked at. What it can miss: values of the right kind that are not the ones the model was trained with.
import { describeJson, isObject, type JsonObject } from './text.ts';

export const PREPROCESSOR_FILE = 'preprocessor_config.json';

export interface UnusableField {
  /** 'size.height'. */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

const FLAGS = ['do_rescale', 'do_normalize', 'do_resize', 'do_center_crop'];
const SIDES = ['height', 'width', 'shortest_edge', 'longest_edge', 'max_height', 'max_width'];

/** `channels`: of the model's pictures, where they are known. */
export function unusableFields(fields: JsonObject, channels: number | undefined): UnusableField[] {
  return [...unusableRange(fields, channels), ...FLAGS.flatMap((key) => told(fields, key, 'true or false', (value) => typeof value === 'boolean')), ...['size', 'crop_size'].flatMap((key) => unusableSize(key, fields[key]))];
}

/** Those that pixels are scaled and normalised by. */
export function unusableRange(fields: JsonObject, channels: number | undefined): UnusableField[] {
  const factor = fields['do_rescale'] === false ? [] : told(fields, 'rescale_factor', 'a positive number', isPositive);
  if (fields['do_normalize'] === false) return factor;
  const mean = fields['image_mean'];
  const numbers = channels ?? (Array.isArray(mean) && mean.length > 1 ? mean.length : undefined);
  const list = (key: string, kind: string, most: number | undefined, fits: (value: unknown) => boolean): UnusableField[] =>
    told(fields, key, `${most === undefined ? '' : `${most} `}${kind}, ${most === channels ? 'one for each channel' : 'as many as image_mean has'}`, (value) => {
      if (!Array.isArray(value)) return fits(value);
      return value.length > 0 && value.every(fits) && (most === undefined || value.length === 1 || value.length === most);
    });
  return [...factor, ...list('image_mean', 'numbers', channels, isNumber), ...list('image_std', 'positive numbers', numbers, isPositive)];
}

/** One number for both sides, sides by name, or a list of them (with the channels, too). */
function unusableSize(key: string, value: unknown): UnusableField[] {
  const side = 'a positive whole number';
  if (isObject(value)) return SIDES.flatMap((name) => told(value, name, side, isWhole).map((field) => ({ ...field, key: `${key}.${name}` })));
  return told({ [key]: value }, key, `${side}, a list of them, or an object of height and width`, (size) => (Array.isArray(size) ? size.length > 0 && size.length <= 3 && size.every(isWhole) : isWhole(size)));
}

function told(fields: JsonObject, key: string, expected: string, fits: (value: unknown) => boolean): UnusableField[] {
  const value = fields[key];
  return value === undefined || value === null || fits(value) ? [] : [{ key, expected, found: describeJson(value) }];
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && isPositive(value);
}
