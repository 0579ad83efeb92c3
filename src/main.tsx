// The page's composition root: workers, stores and shell are put together here and nowhere else.
// `?backend=wasm` or `?backend=webgpu` overrides the choice of backend.
import { auditLocks } from './adapters/audit-locks.ts';
import { openMonitorStorage } from './adapters/monitor-storage.ts';
import { referenceStorage } from './adapters/reference-storage.ts';
import { startServiceWorker } from './adapters/service-worker.ts';
import { openStorage } from './adapters/storage.ts';
import { createApp } from './state/app.ts';
import type { AssayClient } from './state/client.ts';
import { browserHost, browserSchedule } from './ui/browser-host.ts';
import { mount } from './ui/mount.tsx';
import { WorkerClient } from './workers/client.ts';
import { FingerprintWorkerClient } from './workers/fingerprint-client.ts';
import type { BackendChoice } from './workers/protocol.ts';

async function start(): Promise<void> {
  const baseUrl = new URL('./', document.baseURI).href;
  if (import.meta.env.PROD && (await startServiceWorker(baseUrl))) return;
  const element = document.getElementById('root');
  if (element === null) throw new Error('index.html has no #root');
  const client: AssayClient = new WorkerClient({ baseUrl, backend: backendAsked(), storage: openStorage().catch(() => undefined), monitorStorage: openMonitorStorage().catch(() => undefined), locks: auditLocks('locks' in navigator ? navigator.locks : undefined) });
  const lab = { sets: referenceStorage(), client: new FingerprintWorkerClient({ baseUrl, backend: backendAsked() }), drawSeed: (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1 };
  mount(createApp(client, browserHost(), browserSchedule, lab), element);
}

function backendAsked(): BackendChoice {
  const asked = new URLSearchParams(location.search).get('backend');
  return asked === 'wasm' || asked === 'webgpu' ? asked : 'auto';
}

void start();
