// Runtime and Session on onnxruntime-web 1.30. Workers only.
// Builds: JSPI where WebAssembly.Suspending exists (it reads external data from a File slice by slice), else asyncify.
// Weights: external data is given as the user's own File, never copied first. Held outputs stay in GPU buffers on
// WebGPU; on WASM the API copies every output out of the heap, so holding one keeps that copy.
// How results can mislead: WebGPU accumulates in another order than WASM; the last digits differ.
import type * as Ort from 'onnxruntime-common';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { ByteSource } from '../engine/core/byte-source.ts';
import type { ElementType, Feed, GraphFile, HeldTensor, HostTensor, Runtime, Session, SessionOutputs, TensorData } from '../engine/runtime/session.ts';
import { nodesForCpu } from './exact-nodes.ts';
import { rebaseExternalData } from './external-data.ts';
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
/** A worker that computes without pause hears no messages: yield to them this often. */
const YIELD_AFTER_MS = 40;

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
          logSeverityLevel: 3,
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

function openSession(ort: typeof Ort, session: Ort.InferenceSession, name: string, exclusive: Exclusive, onDispose: () => void): Session {
  let disposed = false;
  return {
    async run(feeds, outputs, hold = new Set()) {
      const inputs: Record<string, Ort.Tensor> = {};
      for (const [input, feed] of Object.entries(feeds)) inputs[input] = tensorOf(ort, feed);
      const results = await exclusive(() => session.run(inputs, outputs)).catch((error: unknown) => {
        throw runtimeFailure(name, 'run', error);
      });
      return collect(results, outputs, hold);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      onDispose();
      await exclusive(() => session.release());
    },
  };
}

async function collect(results: Ort.InferenceSession.ReturnType, outputs: readonly string[], hold: ReadonlySet<string>): Promise<SessionOutputs> {
  const host: Record<string, HostTensor> = {};
  const held: Record<string, HeldTensor> = {};
  for (const output of outputs) {
    const value = results[output];
    if (value === undefined) throw new Error(`the runtime gave no output ${output}`);
    if (hold.has(output)) held[output] = new OrtHeldTensor(value);
    else host[output] = await hostTensorOf(value, true);
  }
  return { host, held };
}

class OrtHeldTensor implements HeldTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly tensor: Ort.Tensor;

  constructor(tensor: Ort.Tensor) {
    this.tensor = tensor;
    this.type = elementTypeOf(tensor.type);
    this.dims = tensor.dims;
  }

  read(): Promise<HostTensor> {
    return hostTensorOf(this.tensor, false);
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

function tensorOf(ort: typeof Ort, feed: Feed): Ort.Tensor {
  if (feed instanceof OrtHeldTensor) return feed.tensor;
  if ('data' in feed) return new ort.Tensor(feed.type, feed.data, feed.dims);
  throw new Error('a held tensor of another runtime cannot be fed');
}

/** @param release give a GPU buffer back once it is read. */
async function hostTensorOf(tensor: Ort.Tensor, release: boolean): Promise<HostTensor> {
  const onGpu = tensor.location === 'gpu-buffer';
  const data = onGpu ? await tensor.getData() : tensor.data;
  if (release && onGpu) tensor.dispose();
  return { type: elementTypeOf(tensor.type), dims: tensor.dims, data: dataOf(data) };
}

/** float16 comes as Float16Array in new browsers and as Uint16Array in old ones: bits either way. */
function dataOf(data: Ort.Tensor.DataType): TensorData {
  if (data instanceof Float32Array || data instanceof BigInt64Array || data instanceof Int32Array || data instanceof Uint8Array || data instanceof Uint16Array) return data;
  if (ArrayBuffer.isView(data) && data.BYTES_PER_ELEMENT === 2) return new Uint16Array(data.buffer, data.byteOffset, data.length);
  throw new Error('the runtime gave a tensor of a type Assay does not read');
}

const ELEMENT_TYPES: ReadonlySet<string> = new Set<ElementType>(['float32', 'float16', 'int64', 'int32', 'uint8', 'bool']);

function elementTypeOf(type: string): ElementType {
  if (!ELEMENT_TYPES.has(type)) throw new Error(`tensors of type ${type} are not read`);
  return type as ElementType;
}

type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/** The WebAssembly instance is shared by all sessions and not re-entrant: one call at a time, in order. */
function oneAtATime(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  let yieldedAt = performance.now();
  return (work) => {
    const next = last.then(async () => {
      if (performance.now() - yieldedAt > YIELD_AFTER_MS) {
        await nextMessage();
        yieldedAt = performance.now();
      }
      return work();
    });
    last = next.catch(() => undefined);
    return next;
  };
}

/** One turn of the worker's event loop, without setTimeout's 4 ms. */
function nextMessage(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function runtimeFailure(graph: string, field: string, error: unknown): ArtifactError {
  return new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime-web', file: graph, field, actual: error instanceof Error ? error.message : String(error) });
}
