// Opens a file or folder of the host as a Drop (Node). Symbolic links are followed only where they stay inside the folder
// (the Hugging Face cache links its snapshots to ../../blobs: a folder opened there may lead into its own repository).
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { isCompanion } from '../engine/artifact/companions.ts';
import { ArtifactError, whereGiven } from '../engine/core/artifact-error.ts';
import type { ByteSource, Drop, Skipped } from '../engine/core/byte-source.ts';
import type { Bytes } from '../engine/core/units.ts';
import { readOnnxModel } from '../engine/graph/onnx-reader.ts';

/** What `ByteSource.handle` is in Node: an absolute path, for runtimes that map files in place. */
export interface HostPath {
  readonly hostPath: string;
}

const MAX_FILES = 10_000;
const MAX_DEPTH = 32;

export async function openPath(path: string): Promise<Drop> {
  const absolute = resolve(path);
  const name = basename(absolute);
  try {
    const entry = await stat(absolute);
    if (entry.isFile()) return { name, files: [nodeSource(absolute, name, entry.size)] };
    if (!entry.isDirectory()) throw new ArtifactError({ code: 'unsupported-format', format: 'path', file: path, expected: 'a file or folder', actual: 'something else (a device, a socket)' });
    const walk = new Walk(absolute, allowedRoot(await realpath(absolute)));
    await walk.enter(absolute, 0);
    walk.files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return { name, files: walk.files, skipped: walk.skipped };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ArtifactError({ code: 'missing-file', format: 'path', file: path, expected: 'a file or folder that can be read', actual: error.code });
  }
}

/** Folder that graphs are kept in where the rest of a model stands one above. */
const GRAPHS = 'onnx';

/**
 * As openPath, and of an ONNX file also what belongs to it in its folder: its external data, and what companions.ts names; that is taken
 * from one above where the folder holds graphs only. The drop is called as the file is.
 */
export async function openModelPath(path: string): Promise<Drop> {
  const drop = await openPath(path);
  const absolute = resolve(path);
  const [file] = drop.files;
  if (file === undefined || !/\.onnx$/i.test(drop.name) || !(await stat(absolute)).isFile()) return drop;
  const folder = dirname(absolute);
  const companions = await companionsIn(folder, drop.name);
  const own = await entered(folder, [...companions, ...(await externalFiles(file))]);
  const above = basename(folder) === GRAPHS && !companions.includes('config.json') ? dirname(folder) : undefined;
  const shared = above === undefined ? undefined : await entered(above, await companionsIn(above, drop.name));
  const known = new Set([file, ...own.files].map((one) => one.path));
  return { name: drop.name, files: [file, ...own.files, ...(shared?.files ?? []).filter((one) => !known.has(one.path))], skipped: [...own.skipped, ...(shared?.skipped ?? [])] };
}

/** A folder that may not be listed takes nothing from a file that can be read. */
async function companionsIn(folder: string, model: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => isCompanion(name, model));
}

async function entered(folder: string, names: readonly string[]): Promise<Walk> {
  const walk = new Walk(folder, allowedRoot(await realpath(folder)));
  for (const name of [...new Set(names)].sort()) await walk.enterFile(join(folder, name));
  return walk;
}

/** Files that the graph keeps weights in; what leads out of the folder is the rules' to judge. None where the file is malformed. */
async function externalFiles(file: ByteSource): Promise<string[]> {
  const info = await whereGiven(readOnnxModel(file));
  const locations = info?.initializers.flatMap(({ data }) => (data.kind === 'external' ? [data.location] : [])) ?? [];
  return [...new Set(locations)].filter((location) => location !== file.path && posix.normalize(location) === location && !posix.isAbsolute(location) && !location.startsWith('..'));
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && !(error instanceof ArtifactError) && 'code' in error && typeof error.code === 'string';
}

/** Links may lead anywhere inside the folder; from .../models--a--b/snapshots/REV also to that repository's blobs. */
function allowedRoot(root: string): string {
  const snapshots = dirname(root);
  const repository = dirname(snapshots);
  return basename(snapshots) === 'snapshots' && basename(repository).startsWith('models--') ? repository : root;
}

class Walk {
  readonly files: ByteSource[] = [];
  readonly skipped: Skipped[] = [];
  readonly #root: string;
  readonly #allowed: string;

  constructor(root: string, allowed: string) {
    this.#root = root;
    this.#allowed = allowed;
  }

  async enter(directory: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new ArtifactError({ code: 'limit-exceeded', format: 'path', file: this.#pathOf(directory), field: 'folders', expected: `at most ${MAX_DEPTH} deep`, actual: 'deeper' });
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const absolute = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (entry.name === '.git') await this.#enterRepository(absolute);
        else await this.enter(absolute, depth + 1);
      } else if (entry.isFile()) {
        await this.#add(absolute);
      } else if (entry.isSymbolicLink()) {
        await this.#enterLink(absolute);
      } else {
        this.#skip(absolute, 'neither a file nor a folder (a socket, a pipe or a device)', 'unreadable');
      }
    }
  }

  /** One file, where it is there and stays inside, whichever folders on its way are links. */
  async enterFile(absolute: string): Promise<void> {
    const entry = await lstat(absolute).catch(() => undefined);
    if (entry?.isSymbolicLink() === true) await this.#enterLink(absolute);
    else if (entry?.isFile() === true && (await this.#refusedLink(absolute)) === undefined) await this.#add(absolute);
  }

  async #enterLink(absolute: string): Promise<void> {
    const refused = await this.#refusedLink(absolute);
    if (refused === undefined) await this.#add(absolute);
    else this.#skip(absolute, refused.why, refused.kind, await readlink(absolute));
  }

  /** Of a repository only what git runs by itself: its settings and the hooks that are not examples. */
  async #enterRepository(absolute: string): Promise<void> {
    this.#skip(absolute, "a repository's history is no part of the model", 'known');
    const hooks = join(absolute, 'hooks');
    const entries = await readdir(hooks, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isFile() && !entry.name.endsWith('.sample')) await this.#add(join(hooks, entry.name));
    const settings = await stat(join(absolute, 'config')).catch(() => undefined);
    if (settings?.isFile() === true) await this.#add(join(absolute, 'config'));
  }

  async #add(absolute: string): Promise<void> {
    const { size } = await stat(absolute);
    this.files.push(nodeSource(absolute, this.#pathOf(absolute), size));
    if (this.files.length > MAX_FILES) throw new ArtifactError({ code: 'limit-exceeded', format: 'path', file: basename(this.#root), field: 'files', expected: `at most ${MAX_FILES}`, actual: 'more' });
  }

  #skip(absolute: string, why: string, kind: Skipped['kind'], target?: string): void {
    this.skipped.push({ path: this.#pathOf(absolute), why, kind, ...(target === undefined ? {} : { target }) });
  }

  async #refusedLink(link: string): Promise<Pick<Skipped, 'why' | 'kind'> | undefined> {
    const target = await realpath(link).catch(() => undefined);
    // A target that cannot be reached may yet lie outside: what it is called is judged by the rules.
    if (target === undefined) return { why: 'a link to nothing', kind: 'unreadable' };
    if (target === this.#allowed) return { why: 'a link to the folder itself', kind: 'known' };
    if (!target.startsWith(this.#allowed + sep)) return { why: 'a link that leads out of the folder', kind: 'elsewhere' };
    const there = await stat(target);
    if (there.isFile()) return undefined;
    return there.isDirectory() ? { why: 'a link to a folder', kind: 'known' } : { why: 'a link to a socket, a pipe or a device', kind: 'unreadable' };
  }

  #pathOf(absolute: string): string {
    return relative(this.#root, absolute).split(sep).join('/');
  }
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
