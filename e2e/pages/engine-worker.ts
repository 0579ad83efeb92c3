// Engine and onnxruntime-web adapter behind a plain interface of ids and numbers, for comparison with reference values.
import * as Comlink from 'comlink';
import { dropOf } from '../../src/adapters/file-source.ts';
import { openArtifact } from '../../src/engine/artifact/open.ts';
import { GREEDY, type CausalLm } from '../../src/engine/runtime/causal-lm.ts';
import { openCausalLm } from '../../src/engine/runtime/open-causal-lm.ts';
import { openWebRuntime } from '../../src/adapters/onnxruntime-web.ts';
import type { HostTensor, Runtime, RuntimeEnvironment, RuntimeLimits } from '../../src/engine/runtime/session.ts';

let runtime: Runtime | undefined;
let last: CausalLm | undefined;

const worker = {
  async start(baseUrl: string, choice: 'wasm' | 'webgpu'): Promise<{ environment: RuntimeEnvironment; limits: RuntimeLimits }> {
    runtime = await openWebRuntime({ baseUrl, choice });
    return { environment: runtime.environment, limits: runtime.limits };
  },

  /** One run of a whole ONNX model, its outputs brought to the host. */
  async runOnnx(model: Uint8Array<ArrayBuffer>, feeds: Record<string, HostTensor>, outputs: string[], hold: string[] = []): Promise<Record<string, HostTensor>> {
    if (runtime === undefined) throw new Error('not started');
    const session = await runtime.createSession({ name: 'model.onnx', bytes: model, external: new Map() });
    try {
      const { host, held } = await session.run(feeds, outputs, new Set(hold));
      const all: Record<string, HostTensor> = { ...host };
      for (const [name, tensor] of Object.entries(held)) {
        all[name] = await tensor.read();
        tensor.dispose();
      }
      return all;
    } finally {
      await session.dispose();
    }
  },

  /** Writes through scratch storage in pieces and reads the file back. */
  async scratchRoundTrip(size: number, pieceBytes: number): Promise<boolean> {
    if (runtime === undefined) throw new Error('not started');
    const scratch = await runtime.scratch('round-trip', size);
    const expected = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
    for (let begin = 0; begin < size; begin += pieceBytes) await scratch.write(begin, expected.slice(begin, begin + pieceBytes));
    const source = await scratch.finish();
    const bytes = await source.slice(0, source.size);
    return source.handle instanceof File && bytes.length === size && bytes.every((byte, index) => byte === expected[index]);
  },

  /** Opens a model as the product does and asks it what the reference values answer. */
  async measure(name: string, files: readonly { readonly path: string; readonly file: File }[], rows: number[][], newTokens: number): Promise<Measured> {
    if (runtime === undefined) throw new Error('not started');
    const artifact = await openArtifact(dropOf(name, files));
    const model = await openCausalLm(artifact, runtime);
    const prefix = await model.prefill([]);
    try {
      const { logits, vocabulary } = await model.next(prefix, rows);
      const generated = await model.generate(prefix, rows, { maxNewTokens: newTokens, sampling: GREEDY, ignoreStop: true });
      const maps = await model.attention(rows[0] ?? []);
      return {
        logits: rows.map((_, row) => logits.slice(row * vocabulary, (row + 1) * vocabulary)),
        greedy: generated.map(({ ids }) => [...ids]),
        attentions: Array.from({ length: maps.layers }, (_, layer) => maps.layer(layer).slice()),
      };
    } finally {
      prefix.dispose();
      // One model stays open while the next is opened: the GPU device, and the kernels compiled for it, live as long as any session.
      await last?.dispose();
      last = model;
    }
  },
};

export interface Measured {
  readonly logits: readonly Float32Array[];
  readonly greedy: readonly (readonly number[])[];
  /** [layers] of Float32Array [heads, query, key] for the first row. */
  readonly attentions: readonly Float32Array[];
}

export type EngineWorker = typeof worker;

Comlink.expose(worker);
