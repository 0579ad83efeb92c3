// The engine's only I/O: random access to bytes that somebody else holds (a File, a file descriptor, a buffer).
import type { Bytes } from './units.ts';

export interface ByteSource {
  /** Path inside the artifact, with '/' separators; never absolute. */
  readonly path: string;
  readonly size: Bytes;
  /** Bytes [begin, end), both clamped to the size. Never more than asked for is read. */
  slice(begin: Bytes, end: Bytes): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The host's own handle (a browser `File`, `{ hostPath }` in Node), for adapters that can map it in place.
   * The engine passes it on and never looks inside.
   */
  readonly handle?: unknown;
  /** Where this is a plain range of another source: that one, and where it begins there. */
  readonly within?: { readonly source: ByteSource; readonly begin: Bytes };
}

/** What was dropped or named: one file, or a folder's files in path order. */
export interface Drop {
  readonly name: string;
  readonly files: readonly ByteSource[];
  /** What was there and not taken, and why: links that lead out of the folder, say. */
  readonly skipped?: readonly Skipped[];
}

export interface Skipped {
  readonly path: string;
  readonly why: string;
  /** `elsewhere`: a link that leads out of the folder; `unreadable`: a dead link, a socket, a device; `known`: looked into elsewhere, or no part of the model. */
  readonly kind: 'elsewhere' | 'unreadable' | 'known';
  /** Of a link, as it is written. */
  readonly target?: string;
}

export function bytesOf(path: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return { path, size: bytes.byteLength, slice: async (begin, end) => bytes.slice(Math.max(0, begin), Math.max(0, end)) };
}

export async function readAll(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return source.slice(0, source.size);
}
