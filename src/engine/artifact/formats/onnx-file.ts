// Recognises a serialised ONNX ModelProto (onnx.proto) by the fields it begins with. Protobuf has no signature, so a match
// is likely and never certain. Reading the graph is graph/onnx-reader.ts's work.
import type { Probe } from './reader.ts';
import type { FormatMatch } from '../artifact.ts';

/** ModelProto's fields: number -> wire type. */
const FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 0], [2, 2], [3, 2], [4, 2], [5, 0], [6, 2], [7, 2], [8, 2], [14, 2], [20, 2], [25, 2], [26, 2],
]);
const IR_VERSION = 1;
const GRAPH = 7;
const OPSET = 8;
/** ONNX's IR versions so far are 1 to 13. */
const MAX_IR_VERSION = 64;

export function matchOnnx({ source, head }: Probe): FormatMatch | undefined {
  if (looksLikeModel(head, source.size)) return { format: 'onnx', sure: 'likely', why: 'begins as an ONNX ModelProto does' };
  return source.path.toLowerCase().endsWith('.onnx') ? { format: 'onnx', sure: 'name', why: 'the name ends in .onnx' } : undefined;
}

/** Walks the top-level fields as far as `head` reaches: all must be ModelProto's, with a version and a graph or opset. */
function looksLikeModel(head: Uint8Array, size: number): boolean {
  let at = 0;
  const seen = new Set<number>();
  while (at < head.byteLength) {
    const key = varint(head, at);
    if (key === undefined) break;
    const field = key.value >>> 3;
    if (FIELDS.get(field) !== (key.value & 7)) return false;
    const next = varint(head, key.end);
    if (next === undefined) break;
    if (field === IR_VERSION && (next.value < 1 || next.value > MAX_IR_VERSION)) return false;
    seen.add(field);
    at = (key.value & 7) === 2 ? next.end + next.value : next.end;
    if (at > size) return false;
  }
  return seen.has(IR_VERSION) && (seen.has(GRAPH) || seen.has(OPSET));
}

/** A varint below 2^53, or undefined where it is cut off or too long. */
function varint(bytes: Uint8Array, begin: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 7; i++) {
    const byte = bytes[begin + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: begin + i + 1 };
  }
  return undefined;
}
