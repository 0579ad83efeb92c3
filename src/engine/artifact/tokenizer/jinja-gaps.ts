// Methods, filters and operators on texts that Python and Jinja2 have and @huggingface/jinja lacks: find, count, format and
// kin, first and last letters, words counted, '%' on a text. Each gives a text, a number, a yes or no, or a list of texts.
// Every result is at most as long as what it is made of, but for format and repetition, which are bounded.
export type Plain = string | number | boolean | readonly string[];

const MAX_MADE = 2 ** 16;

type Make = (text: string, args: readonly unknown[]) => Plain | undefined;

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '');
const all = (pattern: RegExp): Make => (text) => pattern.test(text);
const times = (text: string, sought: string): number => (sought === '' ? text.length + 1 : text.split(sought).length - 1);

export const METHODS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['find', (text, [sought]) => text.indexOf(textOf(sought))],
  ['rfind', (text, [sought]) => text.lastIndexOf(textOf(sought))],
  ['index', (text, [sought]) => (text.includes(textOf(sought)) ? text.indexOf(textOf(sought)) : undefined)],
  ['count', (text, [sought]) => times(text, textOf(sought))],
  ['format', (text, args) => braces(text, args)],
  ['removeprefix', (text, [start]) => (text.startsWith(textOf(start)) ? text.slice(textOf(start).length) : text)],
  ['removesuffix', (text, [end]) => (textOf(end) !== '' && text.endsWith(textOf(end)) ? text.slice(0, -textOf(end).length) : text)],
  ['casefold', (text) => text.toLowerCase()],
  ['swapcase', (text) => [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')],
  ['splitlines', (text) => text.split(/\r\n|\r|\n/)],
  ['rsplit', (text, [by]) => (typeof by === 'string' && by !== '' ? text.split(by) : text.trim().split(/\s+/))],
  ['partition', (text, [by]) => cut(text, text.indexOf(textOf(by)), textOf(by))],
  ['rpartition', (text, [by]) => cut(text, text.lastIndexOf(textOf(by)), textOf(by))],
  ['zfill', (text, [width]) => (typeof width === 'number' && width < MAX_MADE ? text.padStart(width, '0') : undefined)],
  ['isdigit', all(/^\d+$/)],
  ['isnumeric', all(/^\p{N}+$/u)],
  ['isalpha', all(/^\p{L}+$/u)],
  ['isalnum', all(/^[\p{L}\p{N}]+$/u)],
  ['isspace', all(/^\s+$/)],
  ['isupper', (text) => text === text.toUpperCase() && text !== text.toLowerCase()],
  ['islower', (text) => text === text.toLowerCase() && text !== text.toUpperCase()],
]);

export const FILTERS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['wordcount', (text) => text.match(/\w+/g)?.length ?? 0],
  ['count', (text) => [...text].length],
  ['format', (text, args) => percent(text, args)],
  ['first', (text) => [...text][0]],
  ['last', (text) => [...text].at(-1)],
  ['list', (text) => [...text]],
  ['sort', (text) => [...text].sort()],
  ['unique', (text) => [...new Set(text)]],
  ['reverse', (text) => [...text].reverse().join('')],
  // What is done to a text on its way into an address or a page.
  ['urlencode', percentEncoded],
  ['urlize', (text) => text],
  ['forceescape', (text) => text],
  ['striptags', (text) => text.replace(/<[^<>]{0,1000}>/g, '')],
  ['wordwrap', (text) => text],
  ['center', (text) => text],
  ['pprint', (text) => text],
  ['truncate', (text) => text],
]);

/** As UTF-8; half a pair of surrogates has no such form. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** '%' and '*' with a text on the left; a number beside a key that was one before it was kept as a text. */
export function combine(operator: string, left: unknown, right: unknown): Plain | undefined {
  const order = ORDERS[operator];
  if (order !== undefined) return typeof left !== typeof right && isNumeric(left) && isNumeric(right) ? order(Number(left), Number(right)) : undefined;
  if (typeof left !== 'string') return undefined;
  if (operator === '%') return percent(left, Array.isArray(right) ? (right as readonly unknown[]) : [right]);
  return operator === '*' && typeof right === 'number' && left.length * right <= MAX_MADE ? left.repeat(Math.max(0, Math.floor(right))) : undefined;
}

const ORDERS: Readonly<Record<string, (a: number, b: number) => boolean>> = { '<': (a, b) => a < b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '>=': (a, b) => a >= b };

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value));
}

/** Python's % on texts: %s, %d, %c, %x, %%. */
export function percent(pattern: string, args: readonly unknown[]): string | undefined {
  let next = 0;
  const made = pattern.replace(/%\d{0,3}([sdicxr%])/g, (_, kind: string) => {
    if (kind === '%') return '%';
    const value = args[next++];
    if (kind === 'c' && typeof value === 'number') return value >= 0 && value <= 0x10ffff ? String.fromCodePoint(Math.floor(value)) : '';
    return kind === 'x' && typeof value === 'number' ? value.toString(16) : textOf(value);
  });
  return made.length <= MAX_MADE ? made : undefined;
}

/** str.format: {}, {0}. */
export function braces(pattern: string, args: readonly unknown[]): string | undefined {
  let next = 0;
  const made = pattern.replace(/\{(\d{0,2})\}/g, (_, place: string) => textOf(args[place === '' ? next++ : Number(place)]));
  return made.length <= MAX_MADE ? made : undefined;
}

function cut(text: string, at: number, by: string): readonly string[] {
  return at < 0 || by === '' ? [text, '', ''] : [text.slice(0, at), by, text.slice(at + by.length)];
}
