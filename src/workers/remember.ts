// How what is open can be opened again after a reload: a sample by its id, the user's own files by the handles the
// browser gives (it asks the user once more), small files without handles by a copy.
import type { StoredDrop } from '../adapters/storage.ts';
import type { DroppedFile, OpenInput } from './protocol.ts';

/** Files without handles are copied into the browser's storage only up to this size. */
export const MAX_COPY_BYTES = 256 * 2 ** 20;

export function dropToRemember(input: OpenInput, name: string, files: readonly DroppedFile[], sha256: string, savedAt: number): StoredDrop | undefined {
  const common = { name, sha256, savedAt };
  if (input.kind === 'sample') return { ...common, kind: 'sample', sampleId: input.sample.id };
  if (input.kind === 'remembered') return undefined;
  if (input.handles !== undefined && input.handles.length > 0) return { ...common, kind: 'handles', handles: input.handles };
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return bytes <= MAX_COPY_BYTES ? { ...common, kind: 'copies', files } : undefined;
}

/** The File System Access API's permission calls, which only Chromium has. */
interface PermissionHandle {
  queryPermission(options: { readonly mode: 'read' }): Promise<PermissionState>;
  requestPermission(options: { readonly mode: 'read' }): Promise<PermissionState>;
}

export async function needsPermission(handles: readonly FileSystemHandle[]): Promise<boolean> {
  const states = await Promise.all(handles.map((handle) => ('queryPermission' in handle ? (handle as FileSystemHandle & PermissionHandle).queryPermission({ mode: 'read' }) : 'granted')));
  return states.some((state) => state !== 'granted');
}

/** Asks the user where needed (call it from a click) and lists the files again. */
export async function filesOfHandles(handles: readonly FileSystemHandle[]): Promise<DroppedFile[]> {
  const files: DroppedFile[] = [];
  for (const handle of handles) {
    if ('requestPermission' in handle) {
      const state = await (handle as FileSystemHandle & PermissionHandle).requestPermission({ mode: 'read' });
      if (state !== 'granted') throw new Error(`reading ${handle.name} was not allowed`);
    }
    await collect(handle, '', files);
  }
  return files;
}

async function collect(handle: FileSystemHandle, folder: string, files: DroppedFile[]): Promise<void> {
  if (isFile(handle)) files.push({ path: `${folder}${handle.name}`, file: await handle.getFile() });
  else if (isDirectory(handle)) {
    // The top folder's own name is the drop's name, not part of the paths.
    for await (const child of handle.values()) await collect(child, child.kind === 'directory' ? `${folder}${child.name}/` : folder, files);
  }
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';
const isDirectory = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
