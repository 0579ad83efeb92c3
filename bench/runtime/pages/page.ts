// Gives the runner window.bench: fetches the model as Files, as a user's drop would give them, and runs one worker.
import type { Shape } from '../shapes.ts';

declare global {
  interface Window {
    bench: (job: { readonly modelFiles: readonly string[]; readonly shapes: readonly Shape[]; readonly repeat: number; readonly backend: 'wasm' | 'webgpu' }) => Promise<unknown>;
  }
}

window.bench = async ({ modelFiles, ...job }) => {
  const files = await Promise.all(modelFiles.map(async (path) => ({ path, file: new File([await (await fetch(`/model/${path}`)).blob()], path) })));
  const worker = new Worker(new URL('./assay-worker.ts', import.meta.url), { type: 'module' });
  const result = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage({ ...job, files, baseUrl: new URL('/', location.href).href });
  });
  worker.terminate();
  return result;
};
