// The argument of one instruction, read out of the stream, and the frames around instructions (PEP 3154).
import { ArtifactError } from '../../core/artifact-error.ts';
import { shown } from '../../core/shown.ts';
import type { Bytes } from '../../core/units.ts';
import type { CodeWindow } from './code-window.ts';
import { PICKLE_LIMITS } from './limits.ts';
import { latinText, literalIn, type Literal, type Spelling } from './literals.ts';
import type { ArgumentKind, Opcode } from './opcodes.ts';
import { FLOAT, type Value } from './value.ts';

export type Argument = Value | { readonly lines: [string, string] } | undefined;

export interface ArgumentListener {
  /** A frame that disagrees with the instructions. */
  odd(expected: string, found: string): void;
  literal(literal: Literal): void;
}

const FIXED: Partial<Record<ArgumentKind, number>> = { u1: 1, u2: 2, i4: 4, u4: 4, u8: 8, f8: 8, long1: 1, long4: 4, text1: 1, text4: 4, text8: 8, bytes1: 1, bytes4: 4, bytes8: 8, string1: 1, string4: 4 };

export class ArgumentReader {
  #frameEnd: Bytes | undefined;
  #offset: Bytes = 0;

  constructor(
    private readonly window: CodeWindow,
    private readonly listener: ArgumentListener,
  ) {}

  /** `offset`: of the FRAME instruction, whose argument has been read. */
  beginFrame(offset: Bytes, length: Bytes): void {
    const begin = this.window.at;
    if (this.#frameEnd !== undefined && offset < this.#frameEnd) this.listener.odd('no frame inside a frame', `one that begins ${this.#frameEnd - offset} bytes before the last one ends`);
    if (length > this.window.end - begin) this.listener.odd(`at most ${this.window.end - begin} bytes`, `${length} bytes`);
    this.#frameEnd = begin + length;
  }

  /** Called with the instruction's byte just taken. */
  async read({ name, argument }: Opcode, offset: Bytes): Promise<Argument> {
    this.#offset = offset;
    const { window } = this;
    if (this.#frameEnd !== undefined && this.#offset < this.#frameEnd && argument !== 'none' && name !== 'FRAME') await this.#checkFrame(argument);
    else if (this.#frameEnd !== undefined && this.#offset > this.#frameEnd) this.#frameEnd = undefined;
    switch (argument) {
      case 'none':
        return undefined;
      case 'u1':
        return { kind: 'int', value: window.take(1, name)[0] ?? 0 };
      case 'u2':
        return { kind: 'int', value: view(window.take(2, name)).getUint16(0, true) };
      case 'i4':
        return { kind: 'int', value: view(window.take(4, name)).getInt32(0, true) };
      case 'u4':
        return { kind: 'int', value: view(window.take(4, name)).getUint32(0, true) };
      case 'u8':
        return { kind: 'int', value: Number(view(window.take(8, name)).getBigUint64(0, true)) };
      case 'f8':
        window.take(8, name);
        return FLOAT;
      case 'line': {
        const offset = window.at;
        const long = name === 'STRING' || name === 'UNICODE';
        const bytes = long ? await window.takeLongLine(PICKLE_LIMITS.maxText, name) : await window.takeLine(PICKLE_LIMITS.maxLine, name);
        // UNICODE is written as raw-unicode-escape: characters up to 255 are bytes.
        const line = name === 'UNICODE' ? latinText(bytes) : decode(bytes);
        const raw = window.at - offset - 1;
        if (name === 'STRING') return this.#literal(textValue(unquote(line), raw > bytes.byteLength), offset, raw, 'string-escapes');
        if (name === 'UNICODE') return this.#literal(textValue(unescapeUnicode(line), raw > bytes.byteLength), offset, raw, 'unicode-escapes');
        if (name === 'PERSID') return textValue(line);
        if (name === 'FLOAT') return FLOAT;
        if (name === 'INT' && (line === '01' || line === '00')) return { kind: 'bool', value: line === '01' };
        return intValue(line, name);
      }
      case 'two-lines': {
        const module = decode(await window.takeLine(PICKLE_LIMITS.maxLine, name));
        const attribute = decode(await window.takeLine(PICKLE_LIMITS.maxLine, name));
        return { lines: [module, attribute] };
      }
      case 'long1':
      case 'long4': {
        const length = argument === 'long1' ? (window.take(1, name)[0] ?? 0) : view(window.take(4, name)).getInt32(0, true);
        return this.#long(length, name);
      }
      default:
        return this.#counted(argument, name);
    }
  }

  /** A frame that ends inside an instruction makes CPython's two picklers read different instructions. */
  async #checkFrame(argument: ArgumentKind): Promise<void> {
    const end = this.#frameEnd ?? 0;
    const size = FIXED[argument];
    if (size === undefined || this.window.left < size) return;
    const counted = argument.startsWith('text') || argument.startsWith('bytes') || argument.startsWith('string');
    let length = size;
    if (counted) {
      const at = this.window.at;
      const bytes = this.window.take(size, 'length');
      length += size === 1 ? (bytes[0] ?? 0) : size === 4 ? view(bytes).getUint32(0, true) : Number(view(bytes).getBigUint64(0, true));
      this.window.at = at;
    }
    if (this.window.at + length > end) {
      this.listener.odd('a frame that ends between two instructions', 'one that ends inside an instruction');
      this.#frameEnd = undefined;
    }
  }

  async #long(length: number, name: string): Promise<Value> {
    const { window } = this;
    if (length < 0 || length > window.left) throw new ArtifactError({ code: 'truncated', format: 'pickle', offset: this.#offset, field: name, expected: `at most ${window.left} bytes`, actual: `${length} bytes` });
    if (length > 64) {
      window.at += length;
      return { kind: 'unknown', why: `an integer of ${length} bytes` };
    }
    await window.load(length);
    const bytes = window.take(length, name);
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
    if (length > 0 && ((bytes[length - 1] ?? 0) & 0x80) !== 0) value -= 1n << BigInt(8 * length);
    return { kind: 'int', value };
  }

  async #counted(argument: ArgumentKind, name: string): Promise<Value> {
    const { window } = this;
    const size = Number(argument.slice(-1));
    const header = window.take(size, `${name} length`);
    const length = size === 1 ? (header[0] ?? 0) : size === 4 ? view(header).getUint32(0, true) : Number(view(header).getBigUint64(0, true));
    if (length > window.left) throw new ArtifactError({ code: 'truncated', format: 'pickle', offset: this.#offset, field: `${name} length`, expected: `at most ${window.left} bytes`, actual: `${length} bytes` });
    const offset = window.at;
    const kept = Math.min(length, PICKLE_LIMITS.maxText);
    await window.load(kept);
    const bytes = window.take(kept, name);
    window.at = offset + length;
    if (argument.startsWith('bytes')) return this.#literal({ kind: 'bytes', offset, length, head: bytes.slice(0, 4096) }, offset, length, 'plain', bytes);
    const text = textValue(decode(bytes), kept < length);
    // Python 2's strings are bytes.
    if (argument.startsWith('string')) this.#literal({ kind: 'bytes', offset, length, head: bytes.slice(0, 4096) }, offset, length, 'plain', bytes);
    else this.#literal(text, offset, length);
    return text;
  }

  #literal(value: Value, offset: Bytes, raw: Bytes, spelling: Spelling = 'plain', kept?: Uint8Array): Value {
    const literal = literalIn(value, offset, raw, spelling, kept);
    if (literal !== undefined) this.listener.literal(literal);
    return value;
  }
}

function textValue(value: string, cut = false): Value {
  return { kind: 'text', value, ...(cut ? { cut } : {}) };
}

export function unquote(line: string): string {
  const match = /^\s*(['"])(.*)\1\s*$/s.exec(line);
  return unescapeString(match?.[2] ?? line);
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** Python's string-escape, as STRING is decoded with. */
function unescapeString(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (all, code: string) => {
    if (code.startsWith('x') && code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return SIMPLE[code] ?? all;
  });
}

/** Python's raw-unicode-escape, as UNICODE is decoded with. */
export function unescapeUnicode(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (all, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function intValue(line: string, name: string): Value {
  const digits = line.replace(/L$/, '').trim();
  if (!/^[+-]?\d{1,4096}$/.test(digits)) throw new ArtifactError({ code: 'malformed', format: 'pickle', field: name, expected: 'a number', actual: shown(digits, 32) });
  return digits.length < 16 ? { kind: 'int', value: Number(digits) } : { kind: 'int', value: BigInt(digits) };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}
