// Gives the runner window.bench: hands the Files of the page's picker to a worker, as the product does.
import type { Shape } from '../shapes.ts';

declare global {
  interface Window {
    bench: (job: { readonly shapes: readonly Shape[]; readonly repeat: number; readonly backend: 'wasm' | 'webgpu' }) => Promise<unknown>;
  }
}

window.bench = async (job) => {
  const picked = document.querySelector('input')?.files;
  const files = Array.from(picked ?? [], (file) => ({ path: file.name, file }));
  const worker = new Worker(new URL('./assay-worker.ts', import.meta.url), { type: 'module' });
  const result = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message });
    worker.postMessage({ ...job, files, baseUrl: new URL('/', location.href).href });
  });
  worker.terminate();
  return result;
};
