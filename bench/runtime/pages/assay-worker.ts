// Assay on the shapes of ../shapes.ts, in a worker of a real browser.
import { fileSource } from '../../../src/adapters/file-source.ts';
import { openWebRuntime } from '../../../src/adapters/onnxruntime-web.ts';
import { openArtifact } from '../../../src/engine/artifact/open.ts';
import { openCausalLm } from '../../../src/engine/runtime/open-causal-lm.ts';
import { measureShape } from '../measure-shape.ts';
import type { Shape } from '../shapes.ts';

interface Job {
  readonly files: readonly { readonly path: string; readonly file: File }[];
  readonly shapes: readonly Shape[];
  readonly repeat: number;
  readonly backend: 'wasm' | 'webgpu';
  readonly baseUrl: string;
}

self.onmessage = async ({ data }: MessageEvent<Job>) => {
  try {
    self.postMessage(await measure(data));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};

async function measure({ files, shapes, repeat, backend, baseUrl }: Job): Promise<Record<string, unknown>> {
  const opened = performance.now();
  const runtime = await openWebRuntime({ baseUrl, choice: backend });
  const artifact = await openArtifact({ name: 'model', files: files.map(({ path, file }) => fileSource(file, path)) });
  const model = await openCausalLm(artifact, runtime);
  const openSeconds = (performance.now() - opened) / 1000;
  const tokensPerSecond: Record<string, number> = {};
  for (const shape of shapes) {
    let best = 0;
    for (let i = 0; i < repeat; i++) best = Math.max(best, await measureShape(model, shape, () => performance.now()));
    tokensPerSecond[shape.name] = Math.round(best * 10) / 10;
  }
  await model.dispose();
  return { runtime: 'assay, onnxruntime-web', environment: runtime.environment, openSeconds, tokensPerSecond };
}
