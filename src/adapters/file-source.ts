// A browser File (or Blob) as a ByteSource. Nothing is read until a slice is asked for; the File itself is the handle
// that onnxruntime-web maps in place.
import type { ByteSource, Drop } from '../engine/core/byte-source.ts';

export function fileSource(file: File, path: string = file.name): ByteSource {
  return {
    path,
    size: file.size,
    slice: async (begin, end) => new Uint8Array(await file.slice(Math.max(0, begin), Math.max(0, Math.min(end, file.size))).arrayBuffer()),
    handle: file,
  };
}

/** What a page hands to a worker: the paths inside the drop, and the browser's files. */
export function dropOf(name: string, files: readonly { readonly path: string; readonly file: File }[]): Drop {
  return { name, files: files.map(({ path, file }) => fileSource(file, path)) };
}
