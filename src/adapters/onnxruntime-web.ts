// Runtime and Session on onnxruntime-web 1.30. Workers only.
// Builds: JSPI where WebAssembly.Suspending exists (it reads external data from a File slice by slice), else asyncify.
// Weights: external data is given as the user's own File, never copied first.
// How results can mislead: WebGPU accumulates in another order than WASM; the last digits differ.
import type * as Ort from 'onnxruntime-common';
import type { ByteSource } from '../engine/core/byte-source.ts';
import type { GraphFile, Runtime } from '../engine/runtime/session.ts';
import { nodesForCpu } from './exact-nodes.ts';
import { rebaseExternalData } from './external-data.ts';
import { LOG_SEVERITY, oneAtATime, openSession, runtimeFailure } from './ort-session.ts';
import { pinBlob, type PinnedBlob } from './pinned-blob.ts';
import { openScratchStore } from './storage-scratch.ts';
import { chooseBackend, type BackendChoice, type ChosenBackend } from './web-backend.ts';

export interface WebRuntimeOptions {
  /** Folder of the page; the runtime's files stand in its `ort/`. */
  readonly baseUrl: string;
  readonly choice: BackendChoice;
  /** Why this choice, where it is not the user's. */
  readonly why?: string;
}

/** Beyond this many bytes of weights in live sessions, repacked copies would not fit the 4 GiB heap. */
const PREPACK_BELOW_BYTES = 1.25 * 2 ** 30;
/** Threads that spin while they wait took three times as long as soon as anything else wanted a core (measured on 2 cores). */
const SESSION_CONFIG = { intra_op: { allow_spinning: '0' } };

export async function openWebRuntime(options: WebRuntimeOptions): Promise<Runtime> {
  const chosen = await chooseBackend(options.choice);
  const ort = await importRuntime(options.baseUrl, chosen);
  const scratch = await openScratchStore();
  const exclusive = oneAtATime();
  let liveBytes = 0;
  const { backend, threads, adapter, limits } = chosen;
  const why = options.why ?? chosen.why;
  return {
    environment: { backend, threads, adapter, why },
    limits,
    async createSession(graph) {
      const weights = [...graph.external.values()].reduce((sum, source) => sum + source.size, 0);
      const lean = liveBytes + weights > PREPACK_BELOW_BYTES;
      const { bytes, externalData, release } = await prepareModel(graph);
      const session = await exclusive(() =>
        ort.InferenceSession.create(bytes, {
          executionProviders: [backend === 'webgpu' ? webgpuProvider(bytes) : backend],
          externalData,
          graphOptimizationLevel: lean ? 'basic' : 'all',
          logSeverityLevel: LOG_SEVERITY,
          ...(backend === 'webgpu' ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
          extra: { session: { ...SESSION_CONFIG, ...(lean ? { disable_prepacking: '1' } : {}) } },
        }),
      )
        .catch((error: unknown) => {
          throw runtimeFailure(graph.name, `session on ${backend}`, error);
        })
        .finally(release);
      liveBytes += weights;
      return openSession(ort, session, graph.name, exclusive, () => (liveBytes -= weights));
    },
    scratch: (name, size) => scratch.create(name, size),
  };
}

async function importRuntime(baseUrl: string, { wasmThreads }: ChosenBackend): Promise<typeof Ort> {
  const jspi = 'Suspending' in WebAssembly;
  const build = jspi ? 'jspi' : 'asyncify';
  const ort: typeof Ort = jspi ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/webgpu');
  const file = (extension: string): string => new URL(`ort/ort-wasm-simd-threaded.${build}.${extension}`, baseUrl).href;
  ort.env.wasm.wasmPaths = { mjs: file('mjs'), wasm: file('wasm') };
  ort.env.wasm.numThreads = wasmThreads;
  ort.env.logLevel = 'error';
  return ort;
}

/** The runtime refuses an empty list of names. */
function webgpuProvider(model: Uint8Array): Ort.InferenceSession.WebGpuExecutionProviderOption {
  const names = nodesForCpu(model);
  return names.length === 0 ? { name: 'webgpu' } : { name: 'webgpu', forceCpuNodeNames: names };
}

/** `release` when the session stands. */
async function prepareModel(graph: GraphFile): Promise<{ bytes: Uint8Array<ArrayBuffer>; externalData: { path: string; data: Blob }[]; release: () => void }> {
  const sizes = new Map([...graph.external].map(([location, source]) => [location, source.size]));
  const { bytes, mounts } = rebaseExternalData(graph.bytes, sizes);
  const pinned: PinnedBlob[] = [];
  const externalData: { path: string; data: Blob }[] = [];
  for (const mount of mounts) {
    const source = graph.external.get(mount.location);
    if (source === undefined) continue;
    const blob = await blobOf(source);
    const pin = pinBlob(mount.begin === 0 ? blob : blob.slice(mount.begin));
    pinned.push(pin);
    externalData.push({ path: mount.name, data: pin.blob });
  }
  return { bytes, externalData, release: () => pinned.forEach(({ release }) => release()) };
}

async function blobOf(source: ByteSource): Promise<Blob> {
  if (source.handle instanceof Blob) return source.handle;
  return new Blob([await source.slice(0, source.size)]);
}
