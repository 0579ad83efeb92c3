// Times in logs: ISO 8601 and what comes close to it (a blank for the T, a comma before the fraction as Python's logging
// has it, slashes in the order year, month, day), RFC 2822, or a number since 1970. A time without a zone is UTC: the
// same log reads the same everywhere. 03/04/2026 is no time here: it is March in one country and April in another.
import type { Milliseconds } from '../../core/units.ts';

const LONGEST = 40;
const ISO = /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|UT|Z|[+-]\d{4})$/;

/** NaN where it is none. */
export function parseTime(cell: unknown): Milliseconds {
  if (cell instanceof Date) return cell.getTime();
  if (typeof cell !== 'string' || cell.length > LONGEST) return Number.NaN;
  const text = cell.trim();
  const parts = ISO.exec(text);
  if (parts === null) return RFC_2822.test(text) ? Date.parse(text) : Number.NaN;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = parts;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}` : 'Z';
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told by size: 1e11 s is the year 5138. */
export function epochMilliseconds(x: number): Milliseconds {
  const size = Math.abs(x);
  if (size < 1e11) return x * 1000;
  if (size < 1e14) return x;
  return size < 1e17 ? x / 1000 : x / 1e6;
}
