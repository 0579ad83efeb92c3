// Chooses the backend in a browser and says why: WebGPU on a real adapter, else WASM with as many threads as are allowed.
// A software adapter (SwiftShader, WARP) is slower than WASM and is used only when asked for by name.
import { errorText } from '../engine/core/error-text.ts';
import type { RuntimeLimits } from '../engine/runtime/session.ts';
import { MAX_MODEL_BYTES, MAX_THREADS } from './wasm-limits.ts';

export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

export interface ChosenBackend {
  readonly backend: 'webgpu' | 'wasm';
  readonly threads: number;
  /** Threads to start WebAssembly with, whichever backend runs: the same instance is what WebGPU falls back to. */
  readonly wasmThreads: number;
  readonly adapter: string;
  readonly why: string;
  readonly limits: RuntimeLimits;
}

export async function chooseBackend(choice: BackendChoice): Promise<ChosenBackend> {
  const { threads, note } = threadsAllowed();
  const wasm = (reason: string): ChosenBackend => ({
    backend: 'wasm',
    threads,
    wasmThreads: threads,
    adapter: `WebAssembly SIMD, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    why: [reason, note].filter((part) => part !== '').join('; '),
    limits: { maxTensorBytes: 2 ** 31, maxModelBytes: MAX_MODEL_BYTES, float16: false },
  });
  if (choice === 'wasm') return wasm('WASM was asked for');
  const found = await findAdapter();
  if (typeof found === 'string') return wasm(found);
  const { info, limits, features } = found;
  const label = [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== '').join(' ') || 'unnamed adapter';
  if (choice === 'auto' && isSoftware(info)) return wasm(`the only GPU adapter (${label}) is software and slower than WASM`);
  return {
    backend: 'webgpu',
    threads: 1,
    wasmThreads: threads,
    adapter: label,
    why: choice === 'webgpu' ? 'WebGPU was asked for' : 'this browser has a WebGPU adapter',
    limits: {
      maxTensorBytes: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
      maxModelBytes: MAX_MODEL_BYTES,
      float16: features.has('shader-f16'),
    },
  };
}

async function findAdapter(): Promise<GPUAdapter | string> {
  // Absent on old browsers and insecure pages, whatever the type says.
  const gpu: GPU | undefined = 'gpu' in navigator ? navigator.gpu : undefined;
  if (gpu === undefined) return 'this browser has no WebGPU';
  try {
    return (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ?? 'no GPU adapter was found';
  } catch (error) {
    return `no GPU adapter could be had (${errorText(error)})`;
  }
}

function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe|basic render|warp/i.test(`${info.vendor} ${info.architecture} ${info.device} ${info.description}`);
}

function threadsAllowed(): { readonly threads: number; readonly note: string } {
  if (!globalThis.crossOriginIsolated) {
    return { threads: 1, note: 'one thread only, because the page is not cross-origin isolated (reload once, or serve it with COOP and COEP headers)' };
  }
  const processors = navigator.hardwareConcurrency;
  if (processors <= 1) return { threads: 1, note: 'one thread only, because one processor is reported' };
  return { threads: Math.min(processors, MAX_THREADS), note: '' };
}
