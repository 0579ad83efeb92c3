// Where onnxruntime-node finds a graph's external data: files of the host are mapped by the runtime itself, below one folder;
// bytes without a file are handed over as buffers. Converted weights stand in a temporary folder until the process ends.
import { lstatSync, rmSync } from 'node:fs';
import { mkdtemp, open, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import type { ByteSource } from '../engine/core/byte-source.ts';
import type { Bytes } from '../engine/core/units.ts';
import type { GraphFile, ScratchFile } from '../engine/runtime/session.ts';
import { nodeSource } from './node-files.ts';

const SPILL_BYTES: Bytes = 16 * 2 ** 20;

export interface PlacedData {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the runtime finds files that it maps itself. */
  readonly folder: string | undefined;
  readonly buffers: { path: string; data: Uint8Array }[];
}

/**
 * Files of the host are mapped where they are. A graph that Assay built is told their places below a common folder, links
 * resolved (the runtime refuses those that lead away); any other graph must find them at its own locations. The runtime takes
 * either files or buffers: where a graph has both, the buffers are written to scratch.
 */
export async function placeExternalData(graph: GraphFile, scratch: () => Promise<string>): Promise<PlacedData> {
  const sources = [...graph.external];
  const { relocated } = graph;
  const root = relocated === undefined ? sharedRoot(graph.external) : undefined;
  if (root !== undefined) return { bytes: graph.bytes, folder: root, buffers: [] };
  if (relocated === undefined || sources.every(([, source]) => hostPathOf(source) === undefined)) {
    const buffers = await Promise.all(sources.map(async ([path, source]) => ({ path, data: await source.slice(0, source.size) })));
    return { bytes: graph.bytes, folder: undefined, buffers };
  }
  const paths = new Map<string, string>();
  for (const [location, source] of sources) paths.set(location, await realpath(hostPathOf(source) ?? (await spill(source, await scratch()))));
  const folder = commonFolder([...paths.values()]);
  const bytes = relocated((location) => {
    const path = paths.get(location);
    return path === undefined ? location : relative(folder, path).split(sep).join('/');
  });
  return { bytes, folder, buffers: [] };
}

async function spill(source: ByteSource, folder: string): Promise<string> {
  const file = await createScratch(folder, 'spilled', source.size);
  for (let at = 0; at < source.size; at += SPILL_BYTES) await file.write(at, await source.slice(at, at + SPILL_BYTES));
  return hostPathOf(await file.finish()) ?? '';
}

/** The folder below which every location is a real file, where there is one. */
function sharedRoot(external: GraphFile['external']): string | undefined {
  if (external.size === 0) return undefined;
  const roots = new Set<string | undefined>();
  for (const [location, source] of external) {
    const suffix = sep + location.split('/').join(sep);
    const hostPath = hostPathOf(source);
    const inPlace = hostPath?.endsWith(suffix) === true && !lstatSync(hostPath).isSymbolicLink();
    roots.add(inPlace ? hostPath.slice(0, -suffix.length) : undefined);
  }
  const [root, ...others] = roots;
  return others.length === 0 ? root : undefined;
}

function hostPathOf({ handle }: ByteSource): string | undefined {
  if (typeof handle !== 'object' || handle === null || !('hostPath' in handle)) return undefined;
  return typeof handle.hostPath === 'string' ? handle.hostPath : undefined;
}

export function commonFolder(paths: readonly string[]): string {
  const [first = sep, ...rest] = paths.map((path) => dirname(path));
  return rest.reduce((folder, other) => {
    let common = folder;
    while (common !== other && !other.startsWith(common.endsWith(sep) ? common : common + sep) && dirname(common) !== common) common = dirname(common);
    return common;
  }, first);
}

const SCRATCH_PREFIX = 'assay-scratch-';

/** One folder a process, made when first asked for and removed when the process ends, or by the next one if it was killed. */
export function scratchFolder(): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= makeScratchFolder();
    return made;
  };
}

async function makeScratchFolder(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^assay-scratch-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
  const folder = await mkdtemp(join(tmpdir(), `${SCRATCH_PREFIX}${process.pid}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else's.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

let scratchFiles = 0;

export async function createScratch(folder: string, name: string, size: Bytes): Promise<ScratchFile> {
  const path = join(folder, `${scratchFiles++}-${name.replaceAll('/', '_')}`);
  const file = await open(path, 'wx');
  try {
    await file.truncate(size);
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  return {
    async write(offset, bytes) {
      let done = 0;
      while (done < bytes.byteLength) done += (await file.write(bytes, done, bytes.byteLength - done, offset + done)).bytesWritten;
    },
    async finish() {
      await file.close();
      return nodeSource(path, name, size);
    },
  };
}
