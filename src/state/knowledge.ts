// What the user brings along and the browser keeps: lists of known digests, triggers and graphs, accepted findings, keys that are
// trusted. Kept as the files they came in and read anew at each start, so that a list is never half believed.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { TrustAnchor } from '../engine/core/signature-check.ts';
import { parseAllowList, type AllowEntry } from '../engine/report/allow-list.ts';
import { parseTrust } from '../engine/rules/model-signing/pem.ts';
import { parseSignatures, SIGNATURES_SCHEMA, type SignatureEntry } from '../engine/rules/signatures/signature-set.ts';
import type { Knowledge } from './client.ts';
import { readStored, writeStored, type Host } from './host.ts';

export type KnownFile = { readonly name: string; readonly text: string } & (
  | { readonly kind: 'signatures'; readonly signatures: readonly SignatureEntry[] }
  | { readonly kind: 'allowed'; readonly allowed: readonly AllowEntry[] }
  | { readonly kind: 'trusted'; readonly trusted: readonly TrustAnchor[] }
);

export interface KnowledgeState {
  readonly files: readonly KnownFile[];
  /** False where the browser would not keep them: they count until the tab is closed. */
  readonly kept: boolean;
  /** Takes a file's text; one of the same name is replaced. Throws ArtifactError where it is none of the three. */
  add(name: string, text: string): KnownFile;
  remove(name: string): void;
}

const KEY = 'assay.knowledge';
const ALLOW_MARK = '"assay-allow/1"';

/** Worth offering to `add`: told by its content. */
export function looksKnown(text: string): boolean {
  const head = text.slice(0, 4096);
  return head.includes(`"${SIGNATURES_SCHEMA}"`) || head.includes(ALLOW_MARK) || /-----BEGIN (PUBLIC KEY|CERTIFICATE)-----/.test(head);
}

function parseKnown(name: string, text: string): KnownFile {
  if (text.includes('-----BEGIN ')) return { name, text, kind: 'trusted', trusted: parseTrust(text, name) };
  if (text.slice(0, 4096).includes(ALLOW_MARK)) return { name, text, kind: 'allowed', allowed: parseAllowList(text, name) };
  return { name, text, kind: 'signatures', signatures: parseSignatures(text, name).map((entry) => ({ ...entry, set: name })) };
}

export function knowledgeOf(files: readonly KnownFile[]): Knowledge {
  return {
    signatures: files.flatMap((file) => (file.kind === 'signatures' ? file.signatures : [])),
    allowed: files.flatMap((file) => (file.kind === 'allowed' ? file.allowed : [])),
    trusted: files.flatMap((file) => (file.kind === 'trusted' ? file.trusted : [])),
  };
}

/** `onChange`: called with what is known now, and once at the start. */
export function createKnowledge(host: Host, onChange: (knowledge: Knowledge) => void): StoreApi<KnowledgeState> {
  return createStore<KnowledgeState>((set, get) => {
    const files = readStored(host, KEY, restore) ?? [];
    onChange(knowledgeOf(files));
    const change = (next: readonly KnownFile[]): void => {
      set({ files: next, kept: writeStored(host, KEY, next.map(({ name, text }) => ({ name, text }))) });
      onChange(knowledgeOf(next));
    };
    return {
      files,
      kept: true,
      add: (name, text) => {
        const file = parseKnown(name, text);
        change([...get().files.filter((known) => known.name !== name), file]);
        return file;
      },
      remove: (name) => change(get().files.filter((known) => known.name !== name)),
    };
  });
}

/** A file that can no longer be read is left out: what is not understood is not known. */
function restore(value: unknown): KnownFile[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item: unknown): KnownFile[] => {
    if (typeof item !== 'object' || item === null || !('name' in item) || !('text' in item) || typeof item.name !== 'string' || typeof item.text !== 'string') return [];
    try {
      return [parseKnown(item.name, item.text)];
    } catch (error) {
      if (error instanceof ArtifactError) return [];
      throw error;
    }
  });
}

/** The user's own entries as one list, to be given to others. */
export function exportSignatures(files: readonly KnownFile[]): string {
  const entries = knowledgeOf(files).signatures.map(({ set: _, ...entry }) => entry);
  return `${JSON.stringify({ schema: SIGNATURES_SCHEMA, entries }, null, 2)}\n`;
}
