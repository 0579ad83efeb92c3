// Scratch files for converted weights (BF16 widened, GGUF blocks unpacked): the origin private file system through a
// sync access handle, so that gigabytes pass through without living in memory; a Blob in memory where that is refused
// (quota, private windows). Workers only: sync access handles do not exist on the page.
// Each worker keeps its files in a folder of its own and holds a lock of the same name; folders whose lock is free
// belong to a tab that is gone and are removed at the next start.
import type { ByteSource } from '../engine/core/byte-source.ts';
import type { ScratchFile } from '../engine/runtime/session.ts';
import { fileSource } from './file-source.ts';

/** In workers only, hence missing from the page's type library. */
interface SyncAccessHandle {
  truncate(size: number): void;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  flush(): void;
  close(): void;
}
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

const ROOT = 'scratch';
const PREFIX = 'assay-scratch-';

export interface ScratchStore {
  create(name: string, size: number): Promise<ScratchFile>;
}

export async function openScratchStore(): Promise<ScratchStore> {
  const id = crypto.randomUUID();
  let counter = 0;
  let folder: FileSystemDirectoryHandle | undefined;
  try {
    // The lock first: a folder without one is up for removal.
    await new Promise<void>((resolve, reject) => {
      navigator.locks.request(`${PREFIX}${id}`, () => (resolve(), new Promise<never>(() => undefined))).catch(reject);
    });
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
    await removeAbandoned(root);
    folder = await root.getDirectoryHandle(id, { create: true });
  } catch {
    folder = undefined;
  }
  return {
    async create(name, size) {
      if (folder !== undefined) {
        try {
          return await createOnDisk(folder, `${counter++}-${name.replaceAll(/[^\w.-]/g, '_')}`, name, size);
        } catch {
          // Quota or a private window: memory is the other place there is.
        }
      }
      return createInMemory(name);
    },
  };
}

async function createOnDisk(folder: FileSystemDirectoryHandle, fileName: string, path: string, size: number): Promise<ScratchFile> {
  const handle = await folder.getFileHandle(fileName, { create: true });
  const access = await (handle as SyncFileHandle).createSyncAccessHandle();
  try {
    access.truncate(size);
  } catch (error) {
    access.close();
    await folder.removeEntry(fileName);
    throw error;
  }
  return {
    async write(offset, bytes) {
      const written = access.write(bytes, { at: offset });
      if (written !== bytes.byteLength) throw new Error(`scratch file ${path}: ${written} of ${bytes.byteLength} bytes written`);
    },
    async finish() {
      access.flush();
      access.close();
      return fileSource(await handle.getFile(), path);
    },
  };
}

/** Pieces are kept in the order of their offsets; gaps read as zeros. */
function createInMemory(path: string): ScratchFile {
  const pieces: { readonly offset: number; readonly blob: Blob; readonly size: number }[] = [];
  return {
    async write(offset, bytes) {
      pieces.push({ offset, blob: new Blob([bytes]), size: bytes.byteLength });
    },
    async finish(): Promise<ByteSource> {
      const parts: Blob[] = [];
      let at = 0;
      for (const piece of pieces.toSorted((a, b) => a.offset - b.offset)) {
        if (piece.offset < at) throw new Error(`scratch file ${path}: overlapping writes at ${piece.offset}`);
        if (piece.offset > at) parts.push(new Blob([new Uint8Array(piece.offset - at)]));
        parts.push(piece.blob);
        at = piece.offset + piece.size;
      }
      return fileSource(new File(parts, path), path);
    },
  };
}

async function removeAbandoned(root: FileSystemDirectoryHandle): Promise<void> {
  for await (const name of root.keys()) {
    await navigator.locks.request(`${PREFIX}${name}`, { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      await root.removeEntry(name, { recursive: true }).catch(() => undefined);
    });
  }
}
