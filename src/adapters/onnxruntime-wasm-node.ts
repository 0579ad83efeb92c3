// Runtime on onnxruntime-web's WebAssembly build in Node: the browser's arithmetic without a browser (`--backend wasm`), to
// repeat a report that was made on the page. Slower than onnxruntime-node; weights are copied into the WebAssembly heap.
// How results can mislead: the page's build differs (it suspends on file reads), its kernels do not; thread counts do.
import { availableParallelism } from 'node:os';
import type { GraphFile, Runtime } from '../engine/runtime/session.ts';
import { rebaseExternalData } from './external-data.ts';
import { createScratch, scratchFolder } from './node-external-data.ts';
import { LOG_SEVERITY, oneAtATime, openSession, runtimeFailure } from './ort-session.ts';
import { MAX_MODEL_BYTES, MAX_THREADS } from './wasm-limits.ts';

export async function openNodeWasmRuntime(): Promise<Runtime> {
  const ort = await import('onnxruntime-web');
  const threads = Math.min(MAX_THREADS, availableParallelism());
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const exclusive = oneAtATime();
  const folder = scratchFolder();
  return {
    environment: { backend: 'wasm', threads, adapter: `WebAssembly SIMD, ${threads === 1 ? '1 thread' : `${threads} threads`}`, why: 'WASM was asked for' },
    limits: { maxTensorBytes: 2 ** 31, maxModelBytes: MAX_MODEL_BYTES, float16: false },
    async createSession(graph) {
      const { bytes, externalData } = await withBytes(graph);
      const session = await exclusive(() =>
        ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], externalData, graphOptimizationLevel: 'all', logSeverityLevel: LOG_SEVERITY, extra: { session: { intra_op: { allow_spinning: '0' } } } }),
      ).catch((error: unknown) => {
        throw runtimeFailure(graph.name, 'session on wasm', error);
      });
      return openSession(ort, session, graph.name, exclusive, () => {});
    },
    scratch: async (name, size) => createScratch(await folder(), name, size),
  };
}

async function withBytes(graph: GraphFile): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly externalData: { path: string; data: Uint8Array }[] }> {
  const { bytes, mounts } = rebaseExternalData(graph.bytes, new Map([...graph.external].map(([location, source]) => [location, source.size])));
  const externalData: { path: string; data: Uint8Array }[] = [];
  for (const { name, location, begin } of mounts) {
    const source = graph.external.get(location);
    if (source !== undefined) externalData.push({ path: name, data: await source.slice(begin, source.size) });
  }
  return { bytes, externalData };
}
