// Gives the tests, as window.engine, the engine in a real worker on the backend they ask for.
import * as Comlink from 'comlink';
import type { EngineWorker } from './engine-worker.ts';

const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });

declare global {
  interface Window {
    engine: Comlink.Remote<EngineWorker>;
  }
}

window.engine = Comlink.wrap<EngineWorker>(worker);
