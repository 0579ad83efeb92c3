// Values out of the memo that any number of calls, objects and names share: what a small file repeats is looked at once.
import { expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { pickleCode } from './index.ts';

/** Processor time over one file of less than a megabyte; each took from 17 seconds to hours, or all the memory. */
const MOST_SECONDS = 6;

const [NONE, MARK, TUPLE, TUPLE1, LIST, DICT, EMPTY_TUPLE, REDUCE, NEWOBJ, NEWOBJ_EX, BUILD, APPENDS, SETITEMS, POP, STOP] = [0x4e, 0x28, 0x74, 0x85, 0x5d, 0x7d, 0x29, 0x52, 0x81, 0x92, 0x62, 0x65, 0x75, 0x30, 0x2e];
const MANY = 60_000;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const times = (count: number, piece: readonly number[]): Uint8Array => Uint8Array.from({ length: count * piece.length }, (_, i) => piece[i % piece.length] ?? 0);
const global = (module: string, name: string): Uint8Array => ascii(`c${module}\n${name}\n`);
const put = (index: number): number[] => [0x71, index, POP];
const get = (index: number): number[] => [0x68, index];
const text = (value: string): Uint8Array => Uint8Array.from([0x58, value.length & 255, value.length >> 8, 0, 0, ...ascii(value)]);
const pickle = (...parts: readonly (Uint8Array | readonly number[])[]): ReturnType<typeof bytesOf> => bytesOf('model.pkl', Uint8Array.from([0x80, 2, ...parts.flatMap((part) => [...part]), ...global('os', 'system'), ...text('id'), TUPLE1, REDUCE, STOP]));

const DICTIONARY = global('collections', 'OrderedDict');
const BOOSTER = global('xgboost.core', 'Booster');
const CASES = new Map([
  ['a tuple of arguments', () => pickle(DICTIONARY, put(0), [MARK], times(90_000, [NONE]), [TUPLE], put(1), times(MANY, [...get(0), ...get(1), REDUCE, POP]))],
  ['a tuple before named arguments', () => pickle(DICTIONARY, put(0), [MARK], times(90_000, [NONE]), [TUPLE], put(1), times(MANY, [...get(0), ...get(1), DICT, NEWOBJ_EX, POP]))],
  ['a list that is summed', () => pickle(global('builtins', 'sum'), put(0), [LIST, MARK], times(90_000, [NONE]), [APPENDS, TUPLE1], put(1), times(MANY, [...get(0), ...get(1), REDUCE, POP]))],
  ['a state', () => pickle([DICT, MARK], times(90_000, [NONE, NONE]), [SETITEMS], put(1), DICTIONARY, [EMPTY_TUPLE, REDUCE], times(MANY + 10_000, [...get(1), BUILD]), [POP])],
  ['lists of a list', () => pickle(BOOSTER, put(0), [LIST, MARK], times(90_000, [NONE]), [APPENDS], put(1), [LIST, MARK], times(2000, get(1)), [APPENDS, TUPLE1], put(2), times(MANY, [...get(0), ...get(2), NEWOBJ, POP]))],
  ['entries of an object', () => pickle(BOOSTER, DICTIONARY, [EMPTY_TUPLE, REDUCE, MARK], times(99_000, [NONE, NONE]), [SETITEMS, TUPLE1, REDUCE, POP])],
  ['a long text', () => pickle(BOOSTER, put(0), text('a '.repeat(30_000)), [TUPLE1], put(1), times(MANY, [...get(0), ...get(1), NEWOBJ, POP]))],
  ['a name of many parts', () => pickle(times(20, [...global('a.'.repeat(30_000), 'b'), POP]))],
  ['tuples in tuples as a state', () => pickle([NONE], times(300_000, [TUPLE1]), put(1), DICTIONARY, [EMPTY_TUPLE, REDUCE], times(MANY + 10_000, [...get(1), BUILD]), [POP])],
]);

it.each([...CASES.keys()])('%s', { timeout: 120_000 }, async (shared) => {
  const file = CASES.get(shared)?.();
  if (file === undefined) throw new Error(shared);
  const before = process.cpuUsage();
  const told = alarms(await findingsOf(pickleCode, [file]));
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(MOST_SECONDS);
  expect(told).toContain('critical ASY-PKL-001');
});
