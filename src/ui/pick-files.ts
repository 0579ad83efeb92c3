// Files and folders from the pickers and from drops, as DroppedFile lists. Nothing is read here.
import { capture } from '../engine/core/result.ts';
import { shown } from '../engine/core/shown.ts';
import type { App } from '../state/app.ts';
import { looksKnown } from '../state/knowledge.ts';
import type { DroppedFile, NamedFiles } from '../state/client.ts';

const MAX_FILES = 10_000;


export async function pickFiles(app: App): Promise<void> {
  const chosen = await askForFiles();
  if (chosen !== undefined) await openFiles(app, chosen.name, chosen.files);
}

export async function pickFolder(app: App): Promise<void> {
  const chosen = await askForFiles(true);
  if (chosen !== undefined) await openFiles(app, chosen.name, chosen.files);
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
  const chosen = await askForFiles(folder);
  if (chosen !== undefined) await app.compareWith(chosen.name, sorted(chosen.files));
}

/** Files, or a folder; undefined where nothing was chosen. */
export async function askForFiles(folder = false): Promise<NamedFiles | undefined> {
  const files = await ask({ multiple: true, folder });
  const [first] = files;
  if (first === undefined) return undefined;
  if (!folder) return named(files.map((file) => ({ path: file.name, file })));
  const root = first.webkitRelativePath.split('/')[0] ?? 'folder';
  return { name: root, files: files.map((file) => ({ path: withoutRoot(file.webkitRelativePath || file.name, root), file })) };
}

/** Loose files, by the name of the only one or of what they hold. */
function named(files: readonly DroppedFile[]): NamedFiles {
  const [first] = files;
  return { name: files.length === 1 && first !== undefined ? first.path : nameOfLoose(files.map(({ path }) => path)), files };
}

function sorted(files: readonly DroppedFile[]): DroppedFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a drop holds, by the name of its folder or of its files; undefined where that is nothing, which is said then. */
export async function filesOfDrop(app: App, transfer: DataTransfer): Promise<NamedFiles | undefined> {
  // Entries must be taken before the first await: the list is emptied after the event.
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null)).filter((entry) => entry !== null);
  const loose = [...transfer.files];
  const only = entries.length === 1 ? entries[0] : undefined;
  const found: DroppedFile[] = [];
  const listed = await capture(async () => {
    for (const entry of entries) await walk(entry, only?.isDirectory === true ? entry.fullPath.length + 1 : 1, found);
  });
  if (listed.kind !== 'ok') {
    app.notices.getState().fail('The drop could not be read', listed, 'opening');
    return undefined;
  }
  // A browser without entries gives folders as files that cannot be read.
  const files = entries.length > 0 ? found : loose.map((file) => ({ path: file.name, file }));
  if (files.length > 0) return only?.isDirectory === true ? { name: only.name, files } : named(files);
  const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => `“${shown(name)}”`);
  app.notices.getState().say('error', 'Nothing to open', folders.length === 0 ? 'The drop held no files.' : `${folders.length === 1 ? `The folder ${folders[0] ?? ''} is` : `The folders ${folders.slice(0, 4).join(', ')} are`} empty: there is no file in ${folders.length === 1 ? 'it' : 'them'}. Drop the folder that holds the files.`, 'opening');
  return undefined;
}

/** A drop of files, of folders, or of both. */
export async function openDrop(app: App, transfer: DataTransfer): Promise<void> {
  app.notices.getState().withdraw('opening');
  const handles = Promise.all([...transfer.items].filter(({ kind }) => kind === 'file').map(handleOf));
  const dropped = await filesOfDrop(app, transfer);
  if (dropped === undefined) return;
  // On the monitor's page a drop is a log, or a baseline file.
  if (app.navigation.getState().route.page === 'monitor') {
    const { profile, take } = app.monitor.getState();
    await take(profile === undefined || dropped.files[0]?.path.endsWith('.json') === true ? 'baseline' : 'log', dropped);
    return;
  }
  await openFiles(app, dropped.name, dropped.files, (await handles).filter((handle) => handle !== null));
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
  const only = files.length === 1 ? files[0] : undefined;
  if (only !== undefined && /\.(json|pem|crt|pub)$/i.test(only.path) && looksKnown(await only.file.slice(0, 4096).text())) {
    await app.learn(only.path, await textOf(only.file));
    return;
  }
  const report = only?.path.endsWith('.json') === true ? await readReport(only.file) : undefined;
  if (typeof report === 'string') app.notices.getState().say('error', `${name} cannot be opened as a report`, report, 'opening');
  else if (report === undefined) await app.open({ kind: 'files', name, files: sorted(files), ...(handles.length > 0 ? { handles } : {}) });
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
