// Session over onnxruntime-common's API, as onnxruntime-web gives it in a browser and in Node, and onnxruntime-node: tensors
// in and out, outputs that stay where they are. Held outputs stay in GPU buffers on WebGPU; on WASM the API copies every
// output out of the heap, so holding one keeps that copy; native ones are host memory, and holding and feeding them is free.
import type * as Ort from 'onnxruntime-common';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { errorText } from '../engine/core/error-text.ts';
import type { ElementType, Feed, HeldTensor, HostTensor, Session, SessionOutputs, TensorData } from '../engine/runtime/session.ts';

/** Of onnxruntime's own lines, fatal ones alone: what fails is thrown, and some runs are made to see whether they fail. */
export const LOG_SEVERITY = 4;

/** A worker that computes without pause hears no messages: yield to them this often. */
const YIELD_AFTER_MS = 40;

export function openSession(ort: typeof Ort, session: Ort.InferenceSession, name: string, exclusive: Exclusive, onDispose: () => void): Session {
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

export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/** Native sessions are re-entrant. */
export const atOnce: Exclusive = (work) => work();

/** The WebAssembly instance is shared by all sessions and not re-entrant: one call at a time, in order. */
export function oneAtATime(): Exclusive {
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

/** It names the node first and the cause last. */
const MAX_RUNTIME_TEXT = 2000;

export function runtimeFailure(graph: string, field: string, error: unknown): ArtifactError {
  return new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime', file: graph, field, actual: errorText(error, MAX_RUNTIME_TEXT) });
}
