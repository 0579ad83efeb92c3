// Files and folders from the pickers and from drops, as DroppedFile lists. Nothing is read here.
import { capture } from '../engine/core/result.ts';
import { shown } from '../engine/core/shown.ts';
import type { App } from '../state/app.ts';
import { looksKnown } from '../state/knowledge.ts';
import type { DroppedFile } from '../state/client.ts';

const MAX_FILES = 10_000;

export async function pickFiles(app: App): Promise<void> {
  const files = await ask({ multiple: true });
  const first = files[0];
  if (first === undefined) return;
  const name = files.length === 1 ? first.name : nameOfLoose(files.map((file) => file.name));
  await openFiles(app, name, files.map((file) => ({ path: file.name, file })));
}

export async function pickFolder(app: App): Promise<void> {
  const files = await ask({ multiple: true, folder: true });
  const first = files[0];
  if (first === undefined) return;
  const root = first.webkitRelativePath.split('/')[0] ?? 'folder';
  await openFiles(app, root, files.map((file) => ({ path: withoutRoot(file.webkitRelativePath || file.name, root), file })));
}

/** Lists of what is known, accepted or trusted. */
export async function pickKnown(app: App): Promise<void> {
  for (const file of await ask({ multiple: true })) {
    const text = await capture(() => textOf(file));
    if (text.kind === 'ok') await app.learn(file.name, text.value);
    else app.notices.getState().fail(`${file.name} could not be read`, text);
  }
}

const MAX_KNOWN_BYTES = 64 * 2 ** 20;

/** A list that is larger than any is not read. */
async function textOf(file: File): Promise<string> {
  return file.size > MAX_KNOWN_BYTES ? '' : file.text();
}

/** Another model to compare the open one with. */
export async function pickOther(app: App, folder: boolean): Promise<void> {
  const files = await ask({ multiple: true, folder });
  const first = files[0];
  if (first === undefined) return;
  const root = folder ? (first.webkitRelativePath.split('/')[0] ?? 'folder') : '';
  const name = folder ? root : files.length === 1 ? first.name : nameOfLoose(files.map((file) => file.name));
  const dropped = files.map((file) => ({ path: folder ? withoutRoot(file.webkitRelativePath || file.name, root) : file.name, file }));
  await app.compareWith(name, dropped.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** Files for something else than opening; undefined where nothing was chosen. */
export async function askForFiles(): Promise<{ readonly name: string; readonly files: readonly DroppedFile[] } | undefined> {
  const files = await ask({ multiple: true });
  const [first] = files;
  return first === undefined ? undefined : { name: first.name, files: files.map((file) => ({ path: file.name, file })) };
}

/** A drop of files, of folders, or of both. */
export async function openDrop(app: App, transfer: DataTransfer): Promise<void> {
  app.notices.getState().withdraw('opening');
  // Entries must be taken before the first await: the list is emptied after the event.
  const handles = Promise.all([...transfer.items].filter(({ kind }) => kind === 'file').map(handleOf));
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null)).filter((entry) => entry !== null);
  const loose = [...transfer.files];
  const only = entries.length === 1 ? entries[0] : undefined;
  const found: DroppedFile[] = [];
  const listed = await capture(async () => {
    for (const entry of entries) await walk(entry, only?.isDirectory === true ? entry.fullPath.length + 1 : 1, found);
  });
  if (listed.kind !== 'ok') return app.notices.getState().fail('The drop could not be read', listed, 'opening');
  // A browser without entries gives folders as files that cannot be read.
  const files = entries.length > 0 ? found : loose.map((file) => ({ path: file.name, file }));
  const first = files[0];
  if (first === undefined) {
    const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => `“${shown(name)}”`);
    app.notices.getState().say('error', 'Nothing to open', folders.length === 0 ? 'The drop held no files.' : `${folders.length === 1 ? `The folder ${folders[0] ?? ''} is` : `The folders ${folders.slice(0, 4).join(', ')} are`} empty: there is no file in ${folders.length === 1 ? 'it' : 'them'}. Drop the folder that holds the model’s files.`, 'opening');
    return;
  }
  // On the monitor's page a drop is a log, or a baseline file.
  if (app.navigation.getState().route.page === 'monitor') {
    const { profile, take } = app.monitor.getState();
    const name = files.length === 1 ? first.path : nameOfLoose(files.map(({ path }) => path));
    await take(profile === undefined || first.path.endsWith('.json') ? 'baseline' : 'log', { name, files });
    return;
  }
  const kept = (await handles).filter((handle) => handle !== null);
  await openFiles(app, only?.isDirectory === true ? only.name : files.length === 1 ? first.path : nameOfLoose(files.map(({ path }) => path)), files, kept);
}

/** Chromium alone gives handles, with which the drop can be opened again after a reload. */
async function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
  if (!('getAsFileSystemHandle' in item)) return null;
  const withHandle = item as DataTransferItem & { getAsFileSystemHandle(): Promise<FileSystemHandle | null> };
  return withHandle.getAsFileSystemHandle().catch(() => null);
}

async function openFiles(app: App, name: string, files: readonly DroppedFile[], handles: readonly FileSystemHandle[] = []): Promise<void> {
  const kept = files.filter(({ path }) => !HOUSEKEEPING.test(path));
  // A file may be gone, or be closed to this page, by the time it is read.
  const opened = await capture(() => (app.navigation.getState().route.page === 'fingerprints' ? app.fingerprints.getState().add(name, kept) : openKept(app, name, kept, handles)));
  if (opened.kind !== 'ok') app.notices.getState().fail(`${name} could not be opened`, opened, 'opening');
}

/** Of version control and of archivers: no part of a model. */
const HOUSEKEEPING = /(^|\/)(\.git|__MACOSX)\//;

/** A list of what is known, a report, or a model. */
async function openKept(app: App, name: string, files: readonly DroppedFile[], handles: readonly FileSystemHandle[]): Promise<void> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const only = sorted.length === 1 ? sorted[0] : undefined;
  if (only !== undefined && /\.(json|pem|crt|pub)$/i.test(only.path) && looksKnown(await only.file.slice(0, 4096).text())) {
    await app.learn(only.path, await textOf(only.file));
    return;
  }
  const report = only?.path.endsWith('.json') === true ? await readReport(only.file) : undefined;
  if (typeof report === 'string') app.notices.getState().say('error', `${name} cannot be opened as a report`, report, 'opening');
  else if (report === undefined) await app.open({ kind: 'files', name, files: sorted, ...(handles.length > 0 ? { handles } : {}) });
  else await app.openReport(report);
}

async function readReport(file: File): Promise<import('../engine/report/report.ts').Report | string | undefined> {
  const { parseReport } = await import('./read-report.ts');
  return parseReport(file);
}

async function walk(entry: FileSystemEntry, cut: number, into: DroppedFile[]): Promise<void> {
  if (into.length >= MAX_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path: entry.fullPath.slice(cut), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most 100 entries a call, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) await walk(child, cut, into);
  }
}

function ask({ multiple, folder = false }: { readonly multiple: boolean; readonly folder?: boolean }): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = multiple;
    input.webkitdirectory = folder;
    input.hidden = true;
    input.dataset['testid'] = folder ? 'folder-input' : 'file-input';
    const finish = (files: File[]): void => {
      input.remove();
      resolve(files);
    };
    input.addEventListener('change', () => finish([...(input.files ?? [])]));
    input.addEventListener('cancel', () => finish([]));
    document.body.append(input);
    input.click();
  });
}

function withoutRoot(path: string, root: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Loose files have no folder to be named by: their weights' name, or how many there are. */
function nameOfLoose(paths: readonly string[]): string {
  const names = paths.map((path) => path.split('/').at(-1) ?? path);
  const weights = names.find((name) => /\.(gguf|safetensors|onnx)$/i.test(name));
  return weights ?? `${names.length} files`;
}
