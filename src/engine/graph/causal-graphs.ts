// The two graphs of one decoder over the same weights: `fast` for bulk work with a cache, `instrumented` with every
// attention probability tapped. Planning reads no weights; `finish` widens what the runtime cannot read as stored.
import type { Artifact, Dtype } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { CancelSignal } from '../core/cancel.ts';
import type { GraphFile, Runtime } from '../runtime/session.ts';
import { architectureFor } from './architectures/registry.ts';
import { head } from './blocks/head.ts';
import { outputTaps } from './blocks/taps.ts';
import { configReaderOf } from './config-place.ts';
import { DecoderGraph, type CacheMode } from './decoder-graph.ts';
import type { Dimensions } from './dimensions.ts';
import { packedFormat } from './pack-blocks.ts';
import { Weights } from './weights.ts';

export interface CausalGraphs {
  readonly dimensions: Dimensions;
  readonly cache: Exclude<CacheMode, 'none'>;
  readonly fast: GraphFile;
  readonly instrumented: GraphFile;
}

export async function buildCausalGraphs(artifact: Artifact, runtime: Runtime, signal: CancelSignal): Promise<CausalGraphs> {
  if (artifact.config === undefined) throw new ArtifactError({ code: 'missing-file', format: artifact.kind, field: 'config.json', expected: 'the model’s configuration', actual: 'nothing' });
  const config = configReaderOf(artifact, artifact.config);
  const architecture = architectureFor(artifact.architecture);
  const weights = new Weights(artifact, { inPlace: inPlaceTypes(runtime), maxTensorBytes: runtime.limits.maxTensorBytes, keepBlocks: mustKeepBlocks(artifact, runtime) });
  const dimensions = architecture.dimensions(config, weights.fromGguf);
  const cache = runtime.environment.backend === 'webgpu' ? 'concat' : 'append';

  const fast = new DecoderGraph(dimensions, weights, cache);
  head(fast.graph, architecture.build(fast, config), dimensions.vocabulary);
  const instrumented = new DecoderGraph(dimensions, weights, 'none');
  architecture.build(instrumented, config);
  outputTaps(instrumented);

  const converted = await weights.convert(runtime, signal);
  return { dimensions, cache, fast: fast.graph.finish('fast', converted), instrumented: instrumented.graph.finish('instrumented', converted) };
}

/** Providers of the web cannot cast bfloat16. */
export function inPlaceTypes(runtime: Runtime): ReadonlySet<Dtype> {
  const native = runtime.environment.backend === 'cpu' || runtime.environment.backend === 'cuda';
  return new Set<Dtype>(native ? ['F32', 'F16', 'BF16'] : ['F32', 'F16']);
}

/**
 * Whether GGML's blocks stay packed: where the weights would not fit as float32. WebGPU takes no float zero points, so there
 * the model is too large instead. Packed weights save memory, not time.
 */
function mustKeepBlocks(artifact: Artifact, { limits, environment }: Runtime): boolean {
  const tensors = [...artifact.tensors.values()];
  const widened = tensors.reduce((bytes, { shape }) => bytes + 4 * shape.reduce((product, size) => product * size, 1), 0);
  if (widened <= limits.maxModelBytes) return false;
  const packable = tensors.some(({ dtype }) => packedFormat(dtype) !== undefined) && environment.backend !== 'webgpu';
  const least = tensors.reduce((bytes, { begin, end, dtype, shape }) => bytes + (packedFormat(dtype) === undefined ? 4 * shape.reduce((product, size) => product * size, 1) : end - begin), 0);
  if (packable && least <= limits.maxModelBytes) return true;
  throw new ArtifactError({ code: 'too-large', format: artifact.kind, expected: `at most ${limits.maxModelBytes} bytes of weights on ${environment.backend}`, actual: `${packable ? least : widened} bytes` });
}
