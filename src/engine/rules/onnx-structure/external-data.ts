// Where an ONNX tensor's external data points: CVE-2022-25882, CVE-2024-27318, CVE-2025-51480 and kin. The path must lead to a
// file in the model's folder, the range into that file, and the keys must be the specification's.
import type { ByteSource } from '../../core/byte-source.ts';
import { byteSize } from '../../graph/onnx-values.ts';
import type { OnnxTensorInfo } from '../../graph/onnx-reader.ts';

const KEYS = new Set(['location', 'offset', 'length', 'checksum', 'basepath']);

export type ExternalFault =
  | { readonly kind: 'escapes'; readonly why: string }
  | { readonly kind: 'range' | 'key' | 'twice'; readonly why: string };

/** Undefined `file`: nothing of that name is at hand. `link`: where a link of that name leads that leaves the folder. */
export function faultsOf(tensor: OnnxTensorInfo, file: ByteSource | undefined, link?: string): ExternalFault[] {
  const { data } = tensor;
  if (data.kind !== 'external') return [];
  const faults: ExternalFault[] = [];
  const escape = escapes(data.location);
  if (escape !== undefined) faults.push({ kind: 'escapes', why: escape });
  else if (link !== undefined) faults.push({ kind: 'escapes', why: `its numbers behind a link that leads out of the folder (${link.slice(0, 100)})` });
  const seen = new Set<string>();
  for (const [key] of data.entries) {
    if (!KEYS.has(key)) faults.push({ kind: 'key', why: `the entry ${JSON.stringify(key.slice(0, 60))}, which the specification does not have` });
    if (seen.has(key)) faults.push({ kind: 'key', why: `the entry ${JSON.stringify(key.slice(0, 60))} twice` });
    seen.add(key);
  }
  if (data.entries.some(([key]) => key === 'basepath')) faults.push({ kind: 'key', why: 'a base path of its own' });
  const needed = byteSize(tensor);
  if (data.length !== undefined && needed !== undefined && data.length !== needed) faults.push({ kind: 'range', why: `${data.length} bytes for a tensor of ${needed}` });
  const length = data.length ?? needed ?? 0;
  if (file !== undefined && data.offset + length > file.size) faults.push({ kind: 'range', why: `bytes ${data.offset} to ${data.offset + length} of a file of ${file.size}` });
  if (data.parts.length > 0) faults.push({ kind: 'twice', why: 'values in the model file and external ones' });
  return faults;
}

/** Why a location leaves the model's folder, on any system; undefined where it stays. */
export function escapes(location: string): string | undefined {
  if (location === '') return 'an empty path';
  if (/^[\\/]/.test(location)) return 'an absolute path';
  if (/^[A-Za-z]:/.test(location)) return 'a path with a drive letter';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return 'an address on a network';
  if (location.includes('\0')) return 'a NUL character in the path';
  if (location.startsWith('~')) return 'a path into a home folder';
  if (location.split(/[\\/]/).includes('..')) return "'..' in the path";
  return undefined;
}

/** Pairs of tensors whose ranges in one file overlap without being the same, in order of their begin. */
export function overlaps(tensors: readonly OnnxTensorInfo[]): (readonly [OnnxTensorInfo, OnnxTensorInfo])[] {
  const byFile = new Map<string, { readonly tensor: OnnxTensorInfo; readonly begin: number; readonly end: number }[]>();
  for (const tensor of tensors) {
    if (tensor.data.kind !== 'external') continue;
    const { location, offset, length } = tensor.data;
    const list = byFile.get(location) ?? [];
    list.push({ tensor, begin: offset, end: offset + (length ?? byteSize(tensor) ?? 0) });
    byFile.set(location, list);
  }
  const found: (readonly [OnnxTensorInfo, OnnxTensorInfo])[] = [];
  for (const list of byFile.values()) {
    let last: (typeof list)[number] | undefined;
    for (const range of list.sort((a, b) => a.begin - b.begin || b.end - a.end)) {
      const same = last !== undefined && last.begin === range.begin && last.end === range.end;
      if (last !== undefined && !same && range.begin < last.end && range.end > range.begin) found.push([last.tensor, range.tensor]);
      if (last === undefined || range.end > last.end) last = range;
    }
  }
  return found;
}
