// Numbers as an analyst reads them: thin units, no false precision.
import type { Bytes, Probability, Seconds } from '../engine/core/units.ts';

export function formatBytes(bytes: Bytes): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${units[unit] ?? 'B'}`;
}

export function formatCount(count: number): string {
  if (count < 10_000) return Math.round(count).toLocaleString('en-US').replaceAll(',', ' ');
  if (count < 1e6) return `${threeDigits(count / 1e3)} k`;
  if (count < 1e9) return `${threeDigits(count / 1e6)} M`;
  return `${threeDigits(count / 1e9)} B`;
}

/** Two digits: what is only about so much. */
export function formatRound(count: number): string {
  return formatCount(count === 0 ? 0 : Number(count.toPrecision(2)));
}

export function formatDuration(seconds: Seconds): string {
  if (seconds < 0.05) return '0 s';
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  // Rounded first: 119.7 s are two minutes, not one minute and 60 seconds.
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole - minutes * 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 'about 8–19 s', 'about 15–40 s', 'about 1.5–3 min': a range as it can be told, in steps that widen it by little. */
export function formatTimeLeft(low: Seconds, high: Seconds): string {
  if (high < 3) return 'a few seconds';
  const [unit, step, name] = high < 60 ? [1, 1, 's'] : high < 100 ? [1, 5, 's'] : high < 480 ? [60, 0.5, 'min'] : high < 5400 ? [60, 1, 'min'] : [3600, 0.5, 'h'];
  const least = Math.floor(low / unit / step) * step;
  const most = Math.max(least, Math.ceil(high / unit / step) * step);
  if (least === most) return `about ${most} ${name}`;
  return least === 0 ? `less than ${most} ${name}` : `about ${least}–${most} ${name}`;
}

export function formatPValue(p: Probability): string {
  if (p < 1e-6) return 'p < 1e-6';
  if (p < 0.001) return `p = ${p.toExponential(0)}`;
  return `p = ${p.toFixed(p < 0.1 ? 3 : 2).replace(/^0/, '')}`;
}

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return value.toLocaleString('en-US').replaceAll(',', ' ').replace('-', '−');
  if (size >= 1e6 || size < 1e-3) return value.toExponential(1).replace('-', '−');
  return (size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2)).replace('-', '−');
}

export function shortHash(hash: string): string {
  return hash.length <= 14 ? hash : `${hash.slice(0, 6)}…${hash.slice(-6)}`;
}

export function formatWhen(at: number): string {
  return new Date(at).toLocaleString('en-GB', { year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit' });
}

/** The hour of a moment of today. */
export function formatClock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '');
}
