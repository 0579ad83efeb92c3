// The fingerprint worker's entry: traces models on its own runtime and fits detectors, beside the model worker. WebAssembly unless
// the page's address asks for another backend: many small models, each run once, gain nothing from a GPU.
import * as Comlink from 'comlink';
import { dropOf } from '../adapters/file-source.ts';
import { openWebRuntime } from '../adapters/onnxruntime-web.ts';
import { wasmHasher } from '../adapters/wasm-hasher.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import { capture } from '../engine/core/result.ts';
import { analyseLab } from '../engine/fingerprint/analyse.ts';
import { listTaps } from '../engine/fingerprint/extract/list-taps.ts';
import { evaluateGrid } from '../engine/fingerprint/evaluate/evaluate-set.ts';
import { fingerprintFolders, optionsOf } from '../engine/fingerprint/fingerprint-drop.ts';
import type { Runtime } from '../engine/runtime/session.ts';
import { callControl } from './call-control.ts';
import type { FingerprintWorker } from './fingerprint-protocol.ts';

let runtime: Promise<Runtime> | undefined;
let control = callControl(undefined);

function started(): Promise<Runtime> {
  if (runtime === undefined) throw new Error('the worker was not started');
  return runtime;
}

/** At most one message in this time, and the last one always. */
const REPORT_EVERY_MS = 100;

function sparing(report: (done: number, total: number) => void): (done: number, total: number) => void {
  let last = 0;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - last < REPORT_EVERY_MS) return;
    last = now;
    report(done, total);
  };
}

const worker: FingerprintWorker = {
  start: ({ baseUrl, choice, cancelFlag }) =>
    capture(async () => {
      control = callControl(cancelFlag);
      runtime = openWebRuntime({ baseUrl, choice: choice === 'auto' ? 'wasm' : choice, why: 'many small models, each run once, gain nothing from a GPU' });
      return (await runtime).environment;
    }),
  fingerprint: (name, files, recipe, onProgress) => {
    const signal = control.begin();
    return capture(async () => {
      const folder = dropOf(name, files);
      return fingerprintFolders([folder], await started(), wasmHasher, optionsOf(recipe), signal, (progress) => onProgress(progress));
    });
  },
  taps: (name, files) => {
    const signal = control.begin();
    return capture(async () => listTaps(await openArtifact(dropOf(name, files)), await started(), signal));
  },
  analyse: ({ reference, candidates, planted, request }, onProgress) => {
    const signal = control.begin();
    return capture(() => analyseLab(reference, candidates, planted, request, signal, sparing(onProgress)));
  },
  grid: ({ reference, candidates, planted, request }, onProgress) => {
    const signal = control.begin();
    return capture(() => evaluateGrid(reference, candidates.filter((_, i) => planted[i] === true), request, signal, sparing(onProgress)));
  },
  stop: () => control.stop(),
};

Comlink.expose(worker);
