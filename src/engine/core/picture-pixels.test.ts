import { expect, test } from 'vitest';
import { toBase64 } from './base64.ts';
import { rgbaOf } from './picture-pixels.ts';

const data = (...bytes: number[]): string => toBase64(Uint8Array.from(bytes));

test('pixels come out in order, grey and colour', () => {
  expect([...(rgbaOf({ width: 2, height: 1, channels: 1, data: data(0, 255) }) ?? [])]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  expect([...(rgbaOf({ width: 1, height: 1, channels: 3, data: data(1, 2, 3) }) ?? [])]).toEqual([1, 2, 3, 255]);
});

test('what does not fit its size, or is no base64, is no picture and throws nothing', () => {
  expect(rgbaOf({ width: 2, height: 2, channels: 1, data: data(97) })).toBeUndefined();
  // As long as the base64 of three bytes is, which a report's check counts.
  expect(rgbaOf({ width: 1, height: 1, channels: 3, data: '<!?>' })).toBeUndefined();
});
