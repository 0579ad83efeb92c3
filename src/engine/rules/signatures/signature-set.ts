// The signature set: digests of files and templates that are known, good or bad, each with where that is known from. A set that
// a user brings along is JSON: {"schema": "assay-signatures/1", "entries": [{kind, sha256, verdict, name, source}]}.
import { ArtifactError } from '../../core/artifact-error.ts';
import { isObject, parseJson } from '../../artifact/text.ts';

export interface SignatureEntry {
  /** 'file': of the whole file. 'template': of a chat template's text (see templateText). */
  readonly kind: 'file' | 'template';
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly verdict: 'good' | 'bad';
  readonly name: string;
  /** Where this is known from. */
  readonly source: string;
}

export const SIGNATURES_SCHEMA = 'assay-signatures/1';
/** CWE-770. */
const MAX_ENTRIES = 1_000_000;

export function parseSignatures(text: string, file: string): SignatureEntry[] {
  const fail = (field: string, expected: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'signatures', file, field, expected });
  const { value } = parseJson(text, { format: 'signatures', file }, 8);
  if (!isObject(value) || value['schema'] !== SIGNATURES_SCHEMA) throw fail('schema', SIGNATURES_SCHEMA);
  const entries = value['entries'];
  if (!Array.isArray(entries) || entries.length > MAX_ENTRIES) throw fail('entries', `a list of at most ${MAX_ENTRIES}`);
  return entries.map((entry: unknown, i): SignatureEntry => {
    if (!isObject(entry)) throw fail(`entries[${i}]`, 'an object');
    const { kind, sha256, verdict, name, source } = entry;
    if (kind !== 'file' && kind !== 'template') throw fail(`entries[${i}].kind`, "'file' or 'template'");
    if (verdict !== 'good' && verdict !== 'bad') throw fail(`entries[${i}].verdict`, "'good' or 'bad'");
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) throw fail(`entries[${i}].sha256`, '64 hexadecimal digits');
    if (typeof name !== 'string' || typeof source !== 'string' || source === '') throw fail(`entries[${i}]`, 'a name and a source');
    return { kind, verdict, name, source, sha256: sha256.toLowerCase() };
  });
}

/** What of a template is hashed: blanks around it and line ends of another system make no other template. */
export function templateText(source: string): string {
  return source.replaceAll('\r\n', '\n').trim();
}
