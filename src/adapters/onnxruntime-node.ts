// Runtime and Session on onnxruntime-node 1.30: CPU always, CUDA where its provider is installed and asked for.
// Weights: see node-external-data.ts. A run computes on the calling thread and returns when it is done.
// How results can mislead: sums are made in blocks that depend on batch and thread count; the last digits differ.
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import * as ort from 'onnxruntime-node';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { errorText } from '../engine/core/error-text.ts';
import { GraphBuilder } from '../engine/graph/graph-builder.ts';
import type { GraphFile, Runtime, Session } from '../engine/runtime/session.ts';
import { createScratch, placeExternalData, scratchFolder } from './node-external-data.ts';
import { atOnce, LOG_SEVERITY, openSession, runtimeFailure } from './ort-session.ts';

export interface NodeRuntimeOptions {
  readonly backend?: 'cpu' | 'cuda';
  /** Processors available to this process, where undefined. */
  readonly threads?: number;
}

export async function openNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const backend = options.backend ?? 'cpu';
  const available = ort.listSupportedBackends().map(({ name }) => name);
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
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['cuda'], logSeverityLevel: LOG_SEVERITY }).catch((error: unknown) => {
    throw new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime-node', field: 'backend', expected: 'onnxruntime’s CUDA provider and its libraries', actual: errorText(error) });
  });
  await session.release();
}

async function createSession(graph: GraphFile, backend: 'cpu' | 'cuda', threads: number, scratch: () => Promise<string>): Promise<Session> {
  const { bytes, folder, buffers } = await placeExternalData(graph, scratch);
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: backend === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: LOG_SEVERITY,
    externalData: buffers,
    extra: { session: { ...SESSION_CONFIG, ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }) } },
  }).catch((error: unknown) => {
    throw runtimeFailure(graph.name, 'session', error);
  });
  return openSession(ort, session, graph.name, atOnce, () => {});
}
