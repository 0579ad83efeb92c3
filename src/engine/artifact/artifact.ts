// An Artifact is what was dropped, described but not loaded: files, formats, tensors by byte range, config, tokenizer.
import type { ArtifactErrorFields } from '../core/artifact-error.ts';
import type { ByteSource, Skipped } from '../core/byte-source.ts';
import type { Bytes } from '../core/units.ts';

export type Dtype =
  | 'F64' | 'F32' | 'F16' | 'BF16'
  | 'I64' | 'I32' | 'I16' | 'I8' | 'U64' | 'U32' | 'U16' | 'U8' | 'BOOL'
  | 'Q8_0' | 'Q4_0' | 'Q4_1'
  /** A type the file names and Assay cannot run; kept for the record. */
  | `other:${string}`;

/** Where a tensor's bytes are; nothing is read until somebody needs them. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  /** Row-major, outermost first (GGUF's reversed order is turned round by its reader). */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** Byte range in `source`. */
  readonly begin: Bytes;
  readonly end: Bytes;
}

/** Why a file is taken for a format. `certain`: its own signature; `likely`: its structure; `name`: only its name. */
export interface FormatMatch {
  readonly format: string;
  readonly sure: 'certain' | 'likely' | 'name';
  readonly why: string;
}

export interface ArtifactFile {
  readonly source: ByteSource;
  /** By content first, name second: 'safetensors', 'gguf', 'onnx', 'json', 'jinja', 'unknown'. */
  readonly format: string;
  /** Every format it could be read as, surest first: more than one is evidence (a polyglot). */
  readonly matches?: readonly FormatMatch[];
}

export interface NamedTemplate {
  /** 'default', or the name under which it is chosen ('tool_use', 'rag', …). */
  readonly name: string;
  readonly source: string;
  readonly file: string;
}

/** Where a drop holds weights beyond those that were taken for the model: paths of both. */
export interface LeftOut {
  readonly taken: readonly string[];
  readonly models: readonly string[];
}

export type ArtifactKind = 'hugging-face' | 'gguf' | 'onnx' | 'unknown';

export interface Artifact {
  readonly name: string;
  readonly kind: ArtifactKind;
  readonly files: readonly ArtifactFile[];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** config.json, or its equivalent out of GGUF metadata, in Hugging Face's field names. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly generationConfig: Readonly<Record<string, unknown>> | undefined;
  /** tokenizer.json's content, or its equivalent built out of GGUF metadata. */
  readonly tokenizer: Readonly<Record<string, unknown>> | undefined;
  readonly tokenizerConfig: Readonly<Record<string, unknown>> | undefined;
  /** Jinja source of the chat template and where it stands. */
  readonly chatTemplate: { readonly source: string; readonly file: string } | undefined;
  /** Every chat template in the files, the default one included: those a user interface hides are evidence too. */
  readonly chatTemplates?: readonly NamedTemplate[];
  /** Free-form metadata of the weights: safetensors' __metadata__, GGUF's key-values without the tokenizer's arrays. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What was decided while opening, in the user's words: which of several models was taken, what was left out. */
  readonly notes?: readonly string[];
  /** What stands in the folder and was not opened: links out of it, sockets, devices. It is listed as not inspected. */
  readonly closed?: readonly Skipped[];
  /** Other models in the same drop: nothing that runs the model tells anything of them. */
  readonly leftOut?: LeftOut;
  /** Model type as it claims: 'llama', 'qwen2', 'gpt2', … */
  readonly architecture: string | undefined;
  readonly parameters: number | undefined;
  /** Malformed parts: evidence, not exceptions. */
  readonly problems: readonly ArtifactErrorFields[];
}
