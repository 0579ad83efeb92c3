// Opens a file or folder of the host as a Drop (Node). Symbolic links are followed only where they stay inside the folder
// (the Hugging Face cache links its snapshots to ../../blobs: a folder opened there may lead into its own repository).
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { ByteSource, Drop } from '../engine/core/byte-source.ts';
import type { Bytes } from '../engine/core/units.ts';

/** What `ByteSource.handle` is in Node: an absolute path, for runtimes that map files in place. */
export interface HostPath {
  readonly hostPath: string;
}

const MAX_FILES = 10_000;
const MAX_DEPTH = 32;

export async function openPath(path: string): Promise<Drop> {
  const absolute = resolve(path);
  const entry = await stat(absolute).catch(() => undefined);
  if (entry === undefined) throw new ArtifactError({ code: 'missing-file', format: 'drop', file: path, expected: 'a file or folder', actual: 'nothing there' });
  if (entry.isFile()) return { name: basename(absolute), files: [nodeSource(absolute, basename(absolute), entry.size)] };
  if (!entry.isDirectory()) throw new ArtifactError({ code: 'unsupported-format', format: 'drop', file: path, expected: 'a file or folder', actual: 'something else (a device, a socket)' });
  const allowed = allowedRoot(await realpath(absolute));
  const files: ByteSource[] = [];
  await walk(absolute, absolute, allowed, 0, files);
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { name: basename(absolute), files };
}

/** Links may lead anywhere inside the folder; from .../models--a--b/snapshots/REV also to that repository's blobs. */
function allowedRoot(root: string): string {
  const snapshots = dirname(root);
  const repository = dirname(snapshots);
  return basename(snapshots) === 'snapshots' && basename(repository).startsWith('models--') ? repository : root;
}

async function walk(directory: string, root: string, allowed: string, depth: number, files: ByteSource[]): Promise<void> {
  if (depth > MAX_DEPTH) throw new ArtifactError({ code: 'limit-exceeded', format: 'drop', file: relative(root, directory), field: 'folders', expected: `at most ${MAX_DEPTH} deep`, actual: 'deeper' });
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const absolute = join(directory, entry.name);
    if (entry.isDirectory()) {
      // A repository's history is not part of the model.
      if (entry.name !== '.git') await walk(absolute, root, allowed, depth + 1, files);
      continue;
    }
    if (!entry.isFile() && !(entry.isSymbolicLink() && (await leadsInside(absolute, allowed)))) continue;
    const { size } = await stat(absolute);
    files.push(nodeSource(absolute, relative(root, absolute).split(sep).join('/'), size));
    if (files.length > MAX_FILES) throw new ArtifactError({ code: 'limit-exceeded', format: 'drop', file: basename(root), field: 'files', expected: `at most ${MAX_FILES}`, actual: 'more' });
  }
}

async function leadsInside(link: string, allowed: string): Promise<boolean> {
  const target = await realpath(link).catch(() => undefined);
  if (target === undefined || !target.startsWith(allowed + sep)) return false;
  return (await stat(target)).isFile();
}

/** Opens the file for each read: no descriptor is held, so nothing has to be closed. */
export function nodeSource(absolute: string, path: string, size: Bytes): ByteSource {
  const handle: HostPath = { hostPath: absolute };
  return {
    path,
    size,
    handle,
    slice: async (begin, end) => {
      const from = Math.min(Math.max(0, begin), size);
      const length = Math.max(0, Math.min(end, size) - from);
      const bytes = new Uint8Array(length);
      if (length === 0) return bytes;
      const file = await open(absolute, 'r');
      try {
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(bytes, done, Math.min(length - done, 2 ** 30), from + done);
          if (bytesRead === 0) return bytes.slice(0, done);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}
