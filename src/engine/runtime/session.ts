// What a runtime must do: run an ONNX graph whose weights stay where they are. adapters/ implement it on
// onnxruntime-web and onnxruntime-node; the engine never imports either.
import type { ByteSource } from '../core/byte-source.ts';
import type { Bytes } from '../core/units.ts';

export type ElementType = 'float32' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

export interface HostTensor {
  readonly type: ElementType;
  /** Row-major. */
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** A tensor that stays where the session left it (GPU buffer or runtime heap), to be fed back; dispose when done. */
export interface HeldTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  read(): Promise<HostTensor>;
  dispose(): void;
}

export type Feed = HostTensor | HeldTensor;

/** A serialised ONNX ModelProto and the files its external data points into. */
export interface GraphFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `location` of the external data -> its bytes. */
  readonly external: ReadonlyMap<string, ByteSource>;
  /** The same graph with its external data under other locations, where the graph was built here. */
  readonly relocated?: (rename: (location: string) => string) => Uint8Array<ArrayBuffer>;
}

export type Backend = 'webgpu' | 'wasm' | 'cpu' | 'cuda';

export interface RuntimeEnvironment {
  readonly backend: Backend;
  readonly threads: number;
  /** GPU adapter, or the processor. */
  readonly adapter: string;
  /** Why this backend runs and not a faster one, for the user. */
  readonly why: string;
}

export interface RuntimeLimits {
  /** Largest single tensor the device can bind. */
  readonly maxTensorBytes: Bytes;
  /** Weights beyond this will not fit. */
  readonly maxModelBytes: Bytes;
  readonly float16: boolean;
}

export interface Session {
  /** `hold`: outputs that stay in place; all others named in `outputs` come back to the host. */
  run(feeds: Readonly<Record<string, Feed>>, outputs: readonly string[], hold?: ReadonlySet<string>): Promise<SessionOutputs>;
  dispose(): Promise<void>;
}

export interface SessionOutputs {
  readonly host: Readonly<Record<string, HostTensor>>;
  readonly held: Readonly<Record<string, HeldTensor>>;
}

export interface Runtime {
  readonly environment: RuntimeEnvironment;
  readonly limits: RuntimeLimits;
  createSession(graph: GraphFile): Promise<Session>;
  /** A place for converted weights (OPFS in the browser, memory or a temporary file in Node). */
  scratch(name: string, size: Bytes): Promise<ScratchFile>;
}

export interface ScratchFile {
  write(offset: Bytes, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends writing; the bytes can then be given as external data. */
  finish(): Promise<ByteSource>;
}
