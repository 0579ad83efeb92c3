// The calls of a Python source, with what they call by its full name and what they are given as far as it stands there: names
// followed through imports, assignments, __import__, getattr and indexes; texts put together with '+', join, replace, slices,
// chr and base64; values marked by where they come from (decoded, downloaded, read from the machine, typed in). One pass in the order
// of the lines, without scopes and without running anything. What it can miss: values that pass through functions, classes,
// containers and loops; names that are computed otherwise.
import { decoded, MAX_TEXT, ofCharacters } from './decoding.ts';
import type { TextBudget } from './text-budget.ts';
import type { Token } from './tokens.ts';
import type { Origin, Value } from './value.ts';

export interface Call {
  readonly name: string;
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly at: number;
  /** True where the name was put together or reached for in a roundabout way. */
  readonly roundabout: boolean;
}

export interface PythonFacts {
  readonly calls: readonly Call[];
  readonly imports: ReadonlySet<string>;
  /** Texts that the source spells out or puts together. */
  readonly texts: readonly { readonly text: string; readonly at: number }[];
}

/** CWE-674, CWE-400. */
const MAX_DEPTH = 60;
const MAX_CALLS = 50_000;

const DECODES = /^(?:base64\.\w{0,4}(?:16|32|64|85)?decode\w*|base64\.(?:b|a)(?:16|32|64|85)decode|codecs\.(?:decode|getdecoder)|binascii\.(?:unhexlify|a2b_\w+)|bytes\.fromhex|bytearray\.fromhex|zlib\.decompress|gzip\.decompress|bz2\.decompress|lzma\.decompress|marshal\.loads|cryptography\.fernet\.Fernet\.decrypt)$/;
const DOWNLOADS = /^(?:urllib\.request\.(?:urlopen|urlretrieve)|urllib\.urlopen|urllib2\.urlopen|(?:requests|httpx)\.(?:get|post|request)|requests\.Session\.get|http\.client\.HTTPS?Connection|urllib3\.PoolManager)/;
const MACHINE = /^(?:getpass\.getuser|platform\.(?:node|uname)|socket\.(?:gethostname|getfqdn)|os\.(?:getlogin|uname)|os\.environ(?:\.(?:copy|items|values))?)$/;

export function pythonFacts(tokens: readonly Token[], budget: TextBudget): PythonFacts {
  const reader = new Reader(tokens, budget);
  reader.run();
  return { calls: reader.calls, imports: reader.imports, texts: reader.texts };
}

const NOTHING: Value = {};

class Reader {
  readonly calls: Call[] = [];
  readonly imports = new Set<string>();
  readonly texts: { text: string; at: number }[] = [];
  readonly #tokens: readonly Token[];
  readonly #held = new Map<string, Value>();
  /** Names that were given a value inside of the function that is being read. */
  readonly #local = new Set<string>();
  #inFunction = false;
  #function = '';
  /** Functions of this source that give back what they decode. */
  readonly #decoders = new Set<string>();

  constructor(tokens: readonly Token[], private readonly budget: TextBudget) {
    this.#tokens = tokens;
  }

  run(): void {
    let begin = 0;
    for (let i = 0; i <= this.#tokens.length; i++) {
      const token = this.#tokens[i];
      if (token !== undefined && token.kind !== 'end') continue;
      if (i > begin) this.#statement(begin, i);
      begin = i + 1;
    }
  }

  #is(at: number, text: string): boolean {
    const token = this.#tokens[at];
    return token !== undefined && token.kind !== 'string' && token.text === text;
  }

  #statement(begin: number, end: number): void {
    if (this.#tokens[begin]?.margin === true) this.#inFunction = FUNCTIONS.has(this.#tokens[begin]?.text ?? '');
    if (this.#is(begin, 'import')) return this.#import(begin + 1, end);
    if (this.#is(begin, 'from')) return this.#importFrom(begin + 1, end);
    // One-line blocks: 'if x: import os', 'try: …', 'with a() as b: …'.
    const first = this.#tokens[begin]?.text ?? '';
    if (this.#tokens[begin]?.kind === 'name' && COMPOUND.has(first)) {
      const colon = this.#topLevel(begin, end, ':');
      if (colon !== undefined && colon + 1 < end) {
        this.#header(begin, colon);
        return this.#statement(colon + 1, end);
      }
      return this.#header(begin, colon ?? end);
    }
    if (this.#is(begin, 'return') && this.#inFunction) {
      if (this.#range(begin + 1, end, 0).from === 'decoded' && this.#decoders.size < MAX_CALLS) this.#decoders.add(this.#function);
      return;
    }
    const assign = this.#topLevel(begin, end, '=') ?? this.#topLevel(begin, end, '+=');
    const value = this.#range(assign === undefined ? begin : assign + 1, end, 0);
    if (assign === undefined) return;
    const target = this.#tokens[begin];
    if (assign === begin + 1 && target?.kind === 'name') this.#hold(target.text, this.#is(assign, '+=') && !this.budget.isSpent ? this.#made(joined([this.#held.get(target.text) ?? NOTHING, value])) : value);
    else this.#range(begin, assign, 0);
  }

  /** 'with urlopen(u) as f', 'for x in y', 'if (x := f())'. */
  #header(begin: number, end: number): void {
    const as = this.#topLevel(begin, end, 'as');
    const within = this.#topLevel(begin, end, 'in');
    if (this.#is(begin, 'def') || this.#is(begin, 'class')) {
      // Another function's names stand for other values: what was read or decoded there is not what is used here.
      for (const name of this.#local) if (this.#held.get(name)?.from !== undefined) this.#held.delete(name);
      this.#local.clear();
      if (this.#is(begin, 'def')) this.#function = this.#tokens[begin + 1]?.text ?? '';
      this.#range(begin + 2, end, 0);
      return;
    }
    const name = as === undefined ? this.#tokens[begin + 1] : this.#tokens[as + 1];
    const value = this.#range(as !== undefined ? begin + 1 : within !== undefined && this.#is(begin, 'for') ? within + 1 : begin + 1, as ?? end, 0);
    if (name?.kind === 'name' && (as !== undefined || this.#is(begin, 'for'))) this.#hold(name.text, as !== undefined ? value : value.from === undefined ? NOTHING : { from: value.from });
  }

  /** A module that is kept under a name is imported as any other. */
  #hold(name: string, held: Value): void {
    const { roundabout, ...rest } = held;
    const value = roundabout === true && held.name?.includes('.') !== true ? rest : held;
    if (this.#inFunction) this.#local.add(name);
    if (held === NOTHING) this.#held.delete(name);
    else this.#held.set(name, value);
  }

  #import(begin: number, end: number): void {
    for (const [from, to] of this.#split(begin, end)) {
      const as = this.#topLevel(from, to, 'as');
      const module = this.#dotted(from, as ?? to);
      this.imports.add(module);
      if (as !== undefined) this.#hold(this.#tokens[as + 1]?.text ?? '', { name: module });
      else this.#held.delete(module.split('.')[0] ?? '');
    }
  }

  #importFrom(begin: number, end: number): void {
    const at = this.#topLevel(begin, end, 'import');
    if (at === undefined) return;
    const module = this.#dotted(begin, at);
    this.imports.add(module);
    const open = this.#is(at + 1, '(');
    for (const [from, to] of this.#split(open ? at + 2 : at + 1, open ? end - 1 : end)) {
      const name = this.#tokens[from]?.text ?? '';
      const alias = this.#is(from + 1, 'as') && from + 2 < to ? (this.#tokens[from + 2]?.text ?? name) : name;
      this.#hold(alias, { name: `${module}.${name}` });
    }
  }

  #dotted(begin: number, end: number): string {
    return this.#tokens.slice(begin, end).map(({ text }) => text).join('');
  }

  /** The first such token outside of brackets. */
  #topLevel(begin: number, end: number, text: string): number | undefined {
    let depth = 0;
    for (let i = begin; i < end; i++) {
      const token = this.#tokens[i];
      if (token === undefined || token.kind === 'string') continue;
      if (depth === 0 && token.text === text) return i;
      if ('([{'.includes(token.text)) depth++;
      else if (')]}'.includes(token.text)) depth--;
      // 'lambda x: …' is no block.
      if (text === ':' && token.text === 'lambda') return undefined;
    }
    return undefined;
  }

  #split(begin: number, end: number): (readonly [number, number])[] {
    const parts: (readonly [number, number])[] = [];
    let [from, depth] = [begin, 0];
    for (let i = begin; i < end; i++) {
      const token = this.#tokens[i];
      if (token === undefined || token.kind === 'string') continue;
      if ('([{'.includes(token.text)) depth++;
      else if (')]}'.includes(token.text)) depth--;
      else if (token.text === ',' && depth === 0) {
        parts.push([from, i]);
        from = i + 1;
      }
    }
    if (from < end) parts.push([from, end]);
    return parts;
  }

  #close(begin: number, end: number): number {
    let depth = 0;
    for (let i = begin; i < end; i++) {
      const token = this.#tokens[i];
      if (token === undefined || token.kind === 'string') continue;
      if ('([{'.includes(token.text)) depth++;
      else if (')]}'.includes(token.text) && --depth <= 0) return i;
    }
    return end;
  }

  /** What an expression comes to: operands in a row, joined where they are texts that are added. */
  #range(begin: number, end: number, depth: number): Value {
    if (depth > MAX_DEPTH || begin >= end) return NOTHING;
    const operands: Value[] = [];
    let added = true;
    let slashed = true;
    for (let i = begin; i < end; ) {
      const token = this.#tokens[i];
      if (token === undefined) break;
      const starts = token.kind !== 'op' || '([{'.includes(token.text);
      if (!starts || (token.kind === 'name' && WORDS.has(token.text))) {
        if (token.text !== '+') added = false;
        if (token.text !== '/') slashed = false;
        i++;
        continue;
      }
      const [value, next] = this.#operand(i, end, depth);
      operands.push(value);
      i = Math.max(next, i + 1);
    }
    const [only] = operands;
    if (operands.length === 1 && only !== undefined && added) return only;
    // Path.home() / '.ssh' / 'id_rsa'
    if (slashed && !added && operands.some(({ text }) => text !== undefined)) return this.#made({ text: operands.map(({ text, name }) => text ?? (name?.endsWith('Path.home') === true ? '~' : '')).join('/'), ...originOf(operands) });
    return added && !this.budget.isSpent ? this.#made(joined(operands)) : fromOf(operands);
  }

  #operand(begin: number, end: number, depth: number): [Value, number] {
    const token = this.#tokens[begin];
    if (token === undefined) return [NOTHING, begin + 1];
    let value: Value = NOTHING;
    let at = begin + 1;
    if (token.kind === 'string') {
      let text = token.text;
      for (; at < end && this.#tokens[at]?.kind === 'string'; at++) text += this.#tokens[at]?.text ?? '';
      value = { text: text.slice(0, MAX_TEXT) };
      this.#spell(text, token.at);
    } else if (token.kind === 'number') {
      value = { number: Number(token.text) };
    } else if (token.kind === 'name') {
      value = this.#held.get(token.text) ?? { name: token.text };
    } else {
      const close = this.#close(begin, end);
      const parts = this.#split(begin + 1, close).map(([from, to]) => this.#range(from, to, depth + 1));
      const [only] = parts;
      value = token.text === '(' && parts.length === 1 && only !== undefined && !this.#is(close - 1, ',') ? only : { items: parts, ...originOf(parts) };
      at = close + 1;
    }
    while (at < end) {
      if (this.#is(at, '.') && this.#tokens[at + 1]?.kind === 'name') {
        const member = this.#tokens[at + 1]?.text ?? '';
        const called = this.#is(at + 2, '(');
        if (called && (value.text !== undefined || value.items !== undefined)) {
          const close = this.#close(at + 2, end);
          const [args] = this.#arguments(at + 3, close, depth);
          value = this.budget.takes(value.text?.length ?? 0) ? this.#made(methodOf(value, member, args)) : fromOf([value, ...args]);
          if (value.text !== undefined) this.#spell(value.text, token.at);
          at = close + 1;
          continue;
        }
        value = value.name === undefined ? fromOf([value]) : { name: `${value.name}.${member}`, ...originOf([value]), ...(value.roundabout === true ? { roundabout: true } : {}) };
        if (value.name !== undefined && MACHINE.test(value.name) && !called) value = { ...value, from: 'machine' };
        at += 2;
      } else if (this.#is(at, '(')) {
        const close = this.#close(at, end);
        const [args, named] = this.#arguments(at + 1, close, depth);
        const bytes = value.name === 'bytes' || value.name === 'bytearray';
        value = this.#made(this.#called(value, args, named, token.at));
        // Bytes by numbers that are computed: text that stands nowhere.
        if (bytes && this.#computes(at + 1, close)) value = { from: 'decoded', carried: true };
        at = close + 1;
      } else if (this.#is(at, '[')) {
        const close = this.#close(at, end);
        const slice = this.#dotted(at + 1, close);
        const reversed = slice === '::-1';
        const key = reversed ? NOTHING : this.#range(at + 1, close, depth + 1);
        if (WHOLE_SLICE.test(slice)) value = { ...value };
        else if (reversed && value.text !== undefined) value = this.#made({ text: [...value.text].reverse().join(''), ...originOf([value]) });
        else if (value.name !== undefined && key.text !== undefined) {
          value = value.name === 'os.environ' ? NOTHING : { name: itemName(value.name, key.text), ...originOf([value]), ...(ROOTS.test(value.name) ? { roundabout: true } : {}) };
        } else value = fromOf([value]);
        at = close + 1;
      } else break;
    }
    return [value, at];
  }

  /** A text or list that is put together here, as long as there is room for it; beyond that where it comes from. */
  #made(value: Value): Value {
    return this.budget.takes((value.text?.length ?? 0) + (value.items?.length ?? 0)) ? value : fromOf([value]);
  }

  /** 'a ^ k for a in d': numbers that are changed one by one. */
  #computes(begin: number, end: number): boolean {
    const inside = this.#tokens.slice(begin, end);
    const loop = inside.findIndex(({ kind, text }) => kind === 'name' && text === 'for');
    return loop > 0 && inside.slice(0, loop).some(({ kind, text }) => kind === 'op' && CHANGES.has(text));
  }

  #arguments(begin: number, end: number, depth: number): [Value[], Map<string, Value>] {
    const args: Value[] = [];
    const named = new Map<string, Value>();
    for (const [from, to] of this.#split(begin, end)) {
      const keyword = this.#tokens[from]?.kind === 'name' && this.#is(from + 1, '=');
      const value = this.#range(keyword ? from + 2 : from, to, depth + 1);
      if (keyword) named.set(this.#tokens[from]?.text ?? '', value);
      else args.push(value);
    }
    return [args, named];
  }

  #called(of: Value, args: readonly Value[], named: ReadonlyMap<string, Value>, at: number): Value {
    const { name } = of;
    const [first, second] = args;
    if (name === undefined) return fromOf([of, ...args]);
    const plain = name.replace(/^(?:builtins|__builtins__|__builtin__)\.(?:__dict__\.)?/, '');
    if ((plain === '__import__' || plain === 'importlib.import_module') && first?.text !== undefined) {
      this.imports.add(first.text);
      return { name: first.text, roundabout: true };
    }
    if (plain === 'getattr' && first?.name !== undefined && second?.text !== undefined) {
      return { name: `${first.name}.${second.text}`, roundabout: true };
    }
    if (this.calls.length < MAX_CALLS) this.calls.push({ name: plain, args, named, at, roundabout: of.roundabout === true || (plain !== name && name !== `builtins.${plain}`) });
    if (plain === 'open' && first?.text !== undefined && DATA_FILE.test(first.text)) return { name: plain, from: 'data' };
    if (plain === 'map' && first?.name === 'chr') return this.budget.takes(second?.items?.length ?? 0) ? ofCharacters(second) : { from: 'decoded' };
    // Characters by numbers that are computed: text that stands nowhere.
    if (plain === 'chr' && first?.number === undefined) return { from: 'decoded' };
    if (plain === 'chr' && first?.number !== undefined) return { text: first.number >= 0 && first.number <= 0x10ffff ? String.fromCodePoint(Math.floor(first.number)) : '' };
    if ((plain === 'bytes' || plain === 'bytearray') && first?.items !== undefined && first.items.length > 0 && first.items.every(({ number }) => number !== undefined)) return { text: String.fromCharCode(...first.items.slice(0, 10_000).map(({ number }) => number ?? 0)), from: 'decoded' };
    if (/^(?:os\.path|posixpath|ntpath)\.join$|^(?:pathlib\.)?Path$/.test(plain) && args.some(({ text }) => text !== undefined)) return { text: args.map(({ text, name: root }) => text ?? (root?.endsWith('Path.home') === true ? '~' : '')).join('/'), ...originOf(args) };
    if (/^(?:str|bytes|bytearray|list|tuple|compile|open|dict|iter|reversed|map|io\.\w+|json\.\w+|os\.path\.\w+)$/.test(plain) && first !== undefined) return plain === 'compile' || plain === 'str' || plain === 'bytes' || plain.startsWith('os.path') ? { ...(first.text === undefined ? {} : { text: first.text }), ...originOf(args) } : fromOf(args);
    if (DECODES.test(plain)) return this.budget.takes(first?.text?.length ?? 0) ? decoded(plain, args) : { from: 'decoded' };
    if (this.#decoders.has(plain)) return { from: 'decoded', name: plain };
    if (DOWNLOADS.test(plain)) return { from: 'downloaded', name: plain };
    if (MACHINE.test(plain)) return { from: 'machine' };
    // One setting is what a program is configured by; all of them are the machine's.
    if (plain === 'os.environ.get') return NOTHING;
    if (TYPED.test(plain)) return { from: 'typed' };
    // A method of a value that comes from somewhere, and an object of a class, keep their name.
    return { name: plain, ...originOf([of, ...args]) };
  }

  #spell(text: string, at: number): void {
    if (this.texts.length < MAX_CALLS) this.texts.push({ text, at });
  }
}

const CHANGES = new Set(['^', '-', '+', '~']);
const WHOLE_SLICE = /^0?:(?::1?)?$/;
/** Weights, pictures, sounds, tables: what is run out of them was not meant to be read. */
export const DATA_FILE = /\.(?:bin|dat|data|pt|pth|ckpt|safetensors|gguf|onnx|npy|npz|pkl|h5|png|jpe?g|gif|ico|wav|mp3|log|tmp|cache|db|csv|model|vocab|weights)$/i;

const COMPOUND = new Set(['if', 'elif', 'else', 'for', 'while', 'try', 'except', 'finally', 'with', 'def', 'class', 'async', 'match', 'case']);
/** What somebody types while the program runs. */
const TYPED = /^(?:input|raw_input|sys\.stdin\.(?:read|readline))$/;

const FUNCTIONS = new Set(['def', 'class', 'async']);
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'lambda', 'await', 'yield', 'return', 'for', 'from', 'assert', 'del', 'raise', 'global', 'nonlocal', 'pass', 'break', 'continue', 'async', 'print']);

/** Where everything can be reached by a text. */
const ROOTS = /(?:^|\.)(?:__dict__|globals|vars|locals|__builtins__|sys\.modules)$|^builtins$/;

function itemName(name: string, key: string): string {
  if (name === 'sys.modules') return key;
  return /(?:^|\.)(?:__dict__|globals|vars|locals)$/.test(name) ? (key === '__builtins__' ? 'builtins' : `${name.replace(/\.?(?:__dict__|globals|vars|locals)$/, '')}.${key}`.replace(/^\./, '')) : `${name}.${key}`;
}

function originOf(values: readonly Value[]): { readonly from?: Origin; readonly carried?: true } {
  const carried = values.some((value) => value.carried === true || value.items?.some((item) => item.carried === true) === true);
  const from = values.map((value) => value.from ?? value.items?.find((item) => item.from !== undefined)?.from).find((origin) => origin !== undefined);
  return from === undefined ? {} : { from, ...(carried ? { carried: true } : {}) };
}

function fromOf(values: readonly Value[]): Value {
  const origin = originOf(values);
  return origin.from === undefined ? NOTHING : origin;
}

function joined(values: readonly Value[]): Value {
  const whole = values.length > 0 && values.every(({ text }) => text !== undefined);
  return whole ? { text: values.map(({ text }) => text ?? '').join('').slice(0, MAX_TEXT), ...originOf(values) } : { ...(values.some(({ text }) => text !== undefined) ? { items: values } : {}), ...originOf(values) };
}

function methodOf(value: Value, method: string, args: readonly Value[]): Value {
  const origin = originOf([value, ...args]);
  const { text } = value;
  const [first, second] = args;
  if (text === undefined) return fromOf([value, ...args]);
  switch (method) {
    case 'join': return first?.items !== undefined && first.items.every((item) => item.text !== undefined) ? { text: first.items.map((item) => item.text ?? '').join(text).slice(0, MAX_TEXT), ...origin } : first?.text !== undefined ? { text: [...first.text].join(text).slice(0, MAX_TEXT), ...origin } : fromOf([value, ...args]);
    case 'replace': return first?.text !== undefined && first.text !== '' && second?.text !== undefined && text.length * (second.text.length + 1) < MAX_TEXT ? { text: text.replaceAll(first.text, second.text), ...origin } : fromOf([value]);
    case 'lower': return { text: text.toLowerCase(), ...origin };
    case 'upper': return { text: text.toUpperCase(), ...origin };
    case 'strip': case 'encode': case 'decode': case 'format': case 'rstrip': case 'lstrip': return { text: method.endsWith('strip') ? text.trim() : text, ...origin };
    case 'read_text': case 'read_bytes': case 'open': return DATA_FILE.test(text) ? { from: 'data' } : fromOf([value]);
    case 'split': return { items: (first?.text === undefined || first.text === '' ? text.trim().split(/\s+/) : text.split(first.text)).slice(0, 1000).map((part) => ({ text: part })), ...origin };
    default: return fromOf([value, ...args]);
  }
}
