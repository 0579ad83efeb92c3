// An allow-list: findings that somebody has looked at and accepts, for a reason and until a day. They stay in the report,
// marked as suppressed, and count for nothing in verdict and exit status. Format (JSON), version 1:
//   { "schema": "assay-allow/1", "entries": [{ "rule": "ASY-PKL-003", "file"?: "weights/*.pt", "finding"?: id,
//     "sha256"?: of the file, "reason": "…", "expires": "2026-12-31" }] }
import { judge } from '../audit/verdict.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { Finding } from '../core/finding.ts';
import { describeType, isObject, parseJson } from '../artifact/text.ts';
import { unreadPaths } from './inspection-of.ts';
import type { Report } from './report.ts';

export interface AllowEntry {
  readonly rule: string;
  /** A path, in which '*' stands for any characters. Any file where left out. */
  readonly file?: string;
  /** The id of one finding. */
  readonly finding?: string;
  /** The entry counts for these bytes only. */
  readonly sha256?: string;
  readonly reason: string;
  /** The last day on which it counts: YYYY-MM-DD. */
  readonly expires: string;
}

const SCHEMA = 'assay-allow/1';

/** Throws ArtifactError (invalid-config) with the field where an entry lacks its reason or expiry. */
export function parseAllowList(text: string, path: string): readonly AllowEntry[] {
  const { value } = parseJson(text, { format: 'allow-list', file: path }, 16);
  const fail = (field: string, expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'invalid-config', format: 'allow-list', file: path, field, expected, actual });
  if (!isObject(value) || value['schema'] !== SCHEMA) throw fail('schema', SCHEMA, isObject(value) && typeof value['schema'] === 'string' ? value['schema'] : describeType(isObject(value) ? value['schema'] : value));
  const entries = value['entries'];
  if (!Array.isArray(entries)) throw fail('entries', 'a list', describeType(entries));
  return entries.map((entry: unknown, i): AllowEntry => {
    const at = `entries[${i}]`;
    if (!isObject(entry)) throw fail(at, 'an object', describeType(entry));
    const text = (key: string): string => {
      const found = entry[key];
      if (typeof found !== 'string' || found.trim() === '') throw fail(`${at}.${key}`, 'a text', describeType(found));
      return found;
    };
    const optional = (key: string): string | undefined => (entry[key] === undefined ? undefined : text(key));
    const expires = text('expires');
    if (!isDay(expires)) throw fail(`${at}.expires`, 'a day as YYYY-MM-DD', expires);
    const [file, finding, sha256] = [optional('file'), optional('finding'), optional('sha256')];
    return { rule: text('rule'), reason: text('reason'), expires, ...(file === undefined ? {} : { file }), ...(finding === undefined ? {} : { finding }), ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }) };
  });
}

/** A day of the calendar: Date.parse takes the 31st of February for the 3rd of March. */
function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

export interface Allowed {
  readonly report: Report;
  /** Entries past their day: they suppress nothing. */
  readonly expired: readonly AllowEntry[];
}

/** `now` in milliseconds since 1970. The verdict is judged anew, without what is suppressed. */
export function applyAllowList(report: Report, entries: readonly AllowEntry[], now: number, staticAnalyses: ReadonlySet<string>): Allowed {
  const current = entries.filter(({ expires }) => now <= Date.parse(`${expires}T23:59:59Z`));
  const hashes = new Map(report.subject.files.map(({ path, sha256 }) => [path, sha256]));
  // What an earlier list had accepted counts for nothing any more.
  const findings = report.findings.map(({ suppressed: _, ...finding }): Finding => {
    const entry = current.find((candidate) => covers(candidate, finding, hashes));
    return entry === undefined ? finding : { ...finding, suppressed: { reason: entry.reason, expires: entry.expires } };
  });
  const { verdict, score } = judge(findings, report.coverage, staticAnalyses, unreadPaths(report.subject.files));
  return { report: { ...report, findings, verdict, score }, expired: entries.filter((entry) => !current.includes(entry)) };
}

function covers({ rule, file, finding, sha256 }: AllowEntry, found: Finding, hashes: ReadonlyMap<string, string>): boolean {
  if (rule !== found.rule || (finding !== undefined && finding !== found.id)) return false;
  const path = found.location.file ?? '';
  if (file !== undefined && !matches(file, path)) return false;
  return sha256 === undefined || hashes.get(path) === sha256;
}

/** '*' stands for any characters. By pieces, not by a regular expression: the pattern is the user's. */
export function matches(pattern: string, path: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === path;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = rest.at(-1) ?? '';
  for (const piece of rest.slice(0, -1)) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
