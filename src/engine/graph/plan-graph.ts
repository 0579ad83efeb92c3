// What planning a model's graph tells of its files: tensors that it never reads, or why there is no such graph. Planned as for a
// run, and no number is read. Only of architectures that Assay builds itself: a given ONNX graph names what it reads.
import type { Artifact, TensorInfo } from '../artifact/artifact.ts';
import { ArtifactError, type ArtifactErrorFields } from '../core/artifact-error.ts';
import { architectureFor } from './architectures/registry.ts';
import { CLASSIFIER_MODEL_TYPES, planClassifier } from './classifier-graphs.ts';
import { configReaderOf } from './config-place.ts';
import { DecoderGraph } from './decoder-graph.ts';
import { Weights } from './weights.ts';

export type Planned = { readonly kind: 'planned'; readonly unread: readonly TensorInfo[] } | { readonly kind: 'refused'; readonly why: ArtifactErrorFields };

/** Refused: another architecture, a configuration that is none, or a tensor that is missing or does not fit. */
export function planGraph(artifact: Artifact): Planned {
  const weights = new Weights(artifact, { inPlace: new Set(), maxTensorBytes: Number.POSITIVE_INFINITY, keepBlocks: false });
  try {
    plan(artifact, weights);
  } catch (error) {
    if (error instanceof ArtifactError) return { kind: 'refused', why: error.toFields() };
    throw error;
  }
  return { kind: 'planned', unread: [...artifact.tensors.values()].filter(({ name }) => !weights.read.has(name)) };
}

function plan(artifact: Artifact, weights: Weights): void {
  if (artifact.architecture !== undefined && CLASSIFIER_MODEL_TYPES.includes(artifact.architecture)) {
    planClassifier(artifact, weights);
    return;
  }
  const architecture = architectureFor(artifact.architecture);
  const config = configReaderOf(artifact, artifact.config ?? {});
  architecture.build(new DecoderGraph(architecture.dimensions(config, weights.fromGguf), weights, 'none'), config);
}
