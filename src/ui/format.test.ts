import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatNumber, formatPValue, formatTimeLeft, plural, shortHash } from './format.ts';

it.each([[0, '0 B'], [999, '999 B'], [5_100_000, '5.1 MB'], [269e6, '269 MB'], [2.5e9, '2.5 GB']])('bytes %d', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
it.each([[9999, '9 999'], [90_100, '90.1 k'], [134_500_000, '135 M'], [7e9, '7 B']])('counts %d', (count, text) => expect(formatCount(count)).toBe(text));
it.each([[0.01, '0 s'], [0.42, '0.4 s'], [59.7, '1 min 0 s'], [61, '1 min 1 s'], [119.7, '2 min 0 s'], [3599.8, '1 h 0 min'], [3700, '1 h 1 min']])('durations %d', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
it.each([[1, 2, 'a few seconds'], [0.4, 9, 'less than 9 s'], [9.3, 21.5, 'about 9–22 s'], [12, 31, 'about 12–31 s'], [22, 81, 'about 20–85 s'], [70, 130, 'about 1–2.5 min'], [125, 170, 'about 2–3 min'], [250, 640, 'about 4–11 min'], [60, 6000, 'less than 2 h']])('time left %d to %d', (low, high, text) => expect(formatTimeLeft(low, high)).toBe(text));
it.each([[1e-9, 'p < 1e-6'], [0.0006, 'p = 6e-4'], [0.013, 'p = .013'], [0.3, 'p = .30']])('p-values %d', (p, text) => expect(formatPValue(p)).toBe(text));
it.each([[0, '0'], [1234, '1 234'], [-2, '−2'], [0.254, '0.25'], [1e-5, '1.0e−5'], [12.34, '12.3'], [Number.NaN, 'NaN']])('numbers %d', (value, text) => expect(formatNumber(value)).toBe(text));
it('hashes and plurals', () => {
  expect(shortHash('a'.repeat(64))).toBe('aaaaaa…aaaaaa');
  expect([plural(1, 'suspicion'), plural(2, 'analysis', 'analyses')]).toEqual(['1 suspicion', '2 analyses']);
});
