// The signature set: what is known by its digest, its text or its shape, good or bad, each with where that is known from. A set
// that a user brings along is JSON: {"schema": "assay-signatures/1", "entries": [{kind, verdict, name, source, …}]}, where
// 'file', 'template' and 'tensor' have a sha256, 'trigger' a text, and 'graph' a list of operators that feed each other.
import { ArtifactError } from '../../core/artifact-error.ts';
import { isObject, parseJson } from '../../artifact/text.ts';

interface Known {
  readonly verdict: 'good' | 'bad';
  readonly name: string;
  /** Where this is known from. */
  readonly source: string;
  /** The file of the user's that it stands in; undefined for what ships. */
  readonly set?: string;
}

/** Of the whole file; of a chat template's text (see templateText); of a tensor's bytes. Lower-case hexadecimal. */
export interface DigestEntry extends Known {
  readonly kind: 'file' | 'template' | 'tensor';
  readonly sha256: string;
}

/** A phrase that is known to set a planted behaviour off: looked for in templates and added tokens, and tried by the probes. */
export interface TriggerEntry extends Known {
  readonly kind: 'trigger';
  readonly text: string;
}

/** Operators of an ONNX graph, each feeding the next: ['ReduceMean', 'Greater', 'Where']. */
export interface GraphEntry extends Known {
  readonly kind: 'graph';
  readonly operators: readonly string[];
}

export type SignatureEntry = DigestEntry | TriggerEntry | GraphEntry;

export const SIGNATURES_SCHEMA = 'assay-signatures/1';
/** CWE-770. */
const MAX_ENTRIES = 1_000_000;
const MAX_TRIGGER = 400;
const MAX_OPERATORS = 16;

export function parseSignatures(text: string, file: string): SignatureEntry[] {
  const fail = (field: string, expected: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'signatures', file, field, expected });
  const { value } = parseJson(text, { format: 'signatures', file }, 8);
  if (!isObject(value) || value['schema'] !== SIGNATURES_SCHEMA) throw fail('schema', SIGNATURES_SCHEMA);
  const entries = value['entries'];
  if (!Array.isArray(entries) || entries.length > MAX_ENTRIES) throw fail('entries', `a list of at most ${MAX_ENTRIES}`);
  return entries.map((entry: unknown, i): SignatureEntry => {
    if (!isObject(entry)) throw fail(`entries[${i}]`, 'an object');
    const { kind, sha256, verdict, name, source, text: trigger, operators } = entry;
    if (verdict !== 'good' && verdict !== 'bad') throw fail(`entries[${i}].verdict`, "'good' or 'bad'");
    if (typeof name !== 'string' || typeof source !== 'string' || source === '') throw fail(`entries[${i}]`, 'a name and a source');
    if (kind === 'trigger') {
      if (typeof trigger !== 'string' || trigger.trim().length < 2 || trigger.length > MAX_TRIGGER) throw fail(`entries[${i}].text`, `a text of 2 to ${MAX_TRIGGER} characters`);
      return { kind, verdict, name, source, text: trigger };
    }
    if (kind === 'graph') {
      if (!Array.isArray(operators) || operators.length < 2 || operators.length > MAX_OPERATORS || !operators.every((operator) => typeof operator === 'string' && operator !== '')) throw fail(`entries[${i}].operators`, `2 to ${MAX_OPERATORS} names of operators`);
      return { kind, verdict, name, source, operators: operators.map(String) };
    }
    if (kind !== 'file' && kind !== 'template' && kind !== 'tensor') throw fail(`entries[${i}].kind`, "'file', 'template', 'tensor', 'trigger' or 'graph'");
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) throw fail(`entries[${i}].sha256`, '64 hexadecimal digits');
    return { kind, verdict, name, source, sha256: sha256.toLowerCase() };
  });
}

/** What of a template is hashed: blanks around it and line ends of another system make no other template. */
export function templateText(source: string): string {
  return source.replaceAll('\r\n', '\n').trim();
}
