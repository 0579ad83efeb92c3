// Runtime and Session on onnxruntime-node 1.30: CPU always, CUDA where its provider is installed and asked for.
// Weights: see node-external-data.ts. A run computes on the calling thread and returns when it is done.
// How results can mislead: sums are made in blocks that depend on batch and thread count; the last digits differ.
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { InferenceSession, Tensor, listSupportedBackends } from 'onnxruntime-node';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { GraphBuilder } from '../engine/graph/graph-builder.ts';
import type { ElementType, Feed, GraphFile, HeldTensor, HostTensor, Runtime, Session, SessionOutputs, TensorData } from '../engine/runtime/session.ts';
import { createScratch, placeExternalData, scratchFolder } from './node-external-data.ts';

export interface NodeRuntimeOptions {
  readonly backend?: 'cpu' | 'cuda';
  /** Processors available to this process, where undefined. */
  readonly threads?: number;
}

export async function openNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const backend = options.backend ?? 'cpu';
  const available = listSupportedBackends().map(({ name }) => name);
  if (!available.includes(backend))
    throw new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime-node', field: 'backend', expected: available.join(' or '), actual: backend });
  if (backend === 'cuda') await probeCuda();
  const threads = options.threads ?? availableParallelism();
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  const folder = scratchFolder();
  const memory = totalmem();
  return {
    environment: {
      backend,
      threads,
      adapter: backend === 'cuda' ? 'CUDA device 0' : processor,
      why: backend === 'cuda' ? 'CUDA was asked for' : options.backend === 'cpu' ? 'the CPU was asked for' : 'Node runs on the CPU unless CUDA is asked for',
    },
    limits: { maxTensorBytes: 2 ** 40, maxModelBytes: Math.max(0.6 * memory, Math.min(0.8 * memory, freemem())), float16: false },
    createSession: (graph) => createSession(graph, backend, threads, folder),
    scratch: async (name, size) => createScratch(await folder(), name, size),
  };
}

/** Threads that spin while they wait halve the speed as soon as anything else wants a core (measured on 2 cores). */
const SESSION_CONFIG = { intra_op: { allow_spinning: '0' } };

/** The package names CUDA whether or not its provider's library is there: only a session tells. */
async function probeCuda(): Promise<void> {
  const graph = new GraphBuilder();
  graph.output(graph.op('Neg', [graph.input('x', 'float32', [1])]), 'y', 'float32', [1]);
  const { bytes } = graph.finish('probe', new Map());
  const session = await InferenceSession.create(bytes, { executionProviders: ['cuda'], logSeverityLevel: 4 }).catch((error: unknown) => {
    throw new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime-node', field: 'backend', expected: 'onnxruntime’s CUDA provider and its libraries', actual: messageOf(error) });
  });
  await session.release();
}

async function createSession(graph: GraphFile, backend: 'cpu' | 'cuda', threads: number, scratch: () => Promise<string>): Promise<Session> {
  const { bytes, folder, buffers } = await placeExternalData(graph, scratch);
  const session = await InferenceSession.create(bytes, {
    executionProviders: backend === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    externalData: buffers,
    extra: { session: { ...SESSION_CONFIG, ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }) } },
  }).catch((error: unknown) => {
    throw runtimeFailure(graph.name, 'session', error);
  });
  return openSession(session, graph.name);
}

function openSession(session: InferenceSession, name: string): Session {
  let disposed = false;
  return {
    async run(feeds, outputs, hold = new Set()) {
      const inputs: Record<string, Tensor> = {};
      for (const [input, feed] of Object.entries(feeds)) inputs[input] = tensorOf(feed);
      const results = await session.run(inputs, outputs).catch((error: unknown) => {
        throw runtimeFailure(name, 'run', error);
      });
      return collect(results, outputs, hold);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await session.release();
    },
  };
}

function collect(results: InferenceSession.ReturnType, outputs: readonly string[], hold: ReadonlySet<string>): SessionOutputs {
  const host: Record<string, HostTensor> = {};
  const held: Record<string, HeldTensor> = {};
  for (const output of outputs) {
    const value = results[output];
    if (value === undefined) throw new Error(`the runtime gave no output ${output}`);
    if (hold.has(output)) held[output] = new NodeHeldTensor(value);
    else host[output] = hostTensorOf(value);
  }
  return { host, held };
}

/** Outputs are host memory here: holding one costs nothing and feeding it back copies nothing. */
class NodeHeldTensor implements HeldTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly tensor: Tensor;

  constructor(tensor: Tensor) {
    this.tensor = tensor;
    this.type = elementTypeOf(tensor.type);
    this.dims = tensor.dims;
  }

  read(): Promise<HostTensor> {
    return Promise.resolve(hostTensorOf(this.tensor));
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

function tensorOf(feed: Feed): Tensor {
  if (feed instanceof NodeHeldTensor) return feed.tensor;
  if ('data' in feed) return new Tensor(feed.type, feed.data, feed.dims);
  throw new Error('a held tensor of another runtime cannot be fed');
}

function hostTensorOf(tensor: Tensor): HostTensor {
  return { type: elementTypeOf(tensor.type), dims: tensor.dims, data: dataOf(tensor.data) };
}

function dataOf(data: Tensor.DataType): TensorData {
  if (data instanceof Float32Array || data instanceof BigInt64Array || data instanceof Int32Array || data instanceof Uint8Array || data instanceof Uint16Array) return data;
  if (ArrayBuffer.isView(data) && data.BYTES_PER_ELEMENT === 2) return new Uint16Array(data.buffer, data.byteOffset, data.length);
  throw new Error('the runtime gave a tensor of a type Assay does not read');
}

const ELEMENT_TYPES: ReadonlySet<string> = new Set<ElementType>(['float32', 'float16', 'int64', 'int32', 'uint8', 'bool']);

function elementTypeOf(type: string): ElementType {
  if (!ELEMENT_TYPES.has(type)) throw new Error(`tensors of type ${type} are not read`);
  return type as ElementType;
}

function runtimeFailure(graph: string, field: string, error: unknown): ArtifactError {
  return new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime-node', file: graph, field, actual: messageOf(error) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
