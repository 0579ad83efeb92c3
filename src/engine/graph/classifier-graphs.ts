// Builds the graph of a Hugging Face classifier over its own safetensors: BERT, RoBERTa, DistilBERT, ViT.
import type { Artifact } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { CancelSignal } from '../core/cancel.ts';
import type { GraphFile, Runtime } from '../runtime/session.ts';
import { inPlaceTypes } from './causal-graphs.ts';
import type { ClassifierArchitecture } from './classifiers/classifier-architecture.ts';
import { bert, distilbert, roberta } from './classifiers/text-encoders.ts';
import { vit } from './classifiers/vit.ts';
import { configReaderOf } from './config-place.ts';
import { EncoderGraph } from './encoder-graph.ts';
import { fileOfWeights, Weights } from './weights.ts';

const ARCHITECTURES: readonly ClassifierArchitecture[] = [bert, roberta, distilbert, vit];

export const CLASSIFIER_MODEL_TYPES: readonly string[] = ARCHITECTURES.flatMap(({ modelTypes }) => modelTypes);

export interface BuiltClassifier {
  readonly file: GraphFile;
  readonly firstPosition: number;
}

export async function buildClassifierGraph(artifact: Artifact, runtime: Runtime, signal: CancelSignal): Promise<BuiltClassifier> {
  const weights = new Weights(artifact, { inPlace: inPlaceTypes(runtime), maxTensorBytes: runtime.limits.maxTensorBytes, keepBlocks: false });
  const { encoder, firstPosition } = planClassifier(artifact, weights);
  return { file: encoder.graph.finish('classifier', await weights.convert(runtime, signal)), firstPosition };
}

/** Reads no weights: those that it needs are converted afterwards. */
export function planClassifier(artifact: Artifact, weights: Weights): { readonly encoder: EncoderGraph; readonly firstPosition: number } {
  if (artifact.config === undefined) throw new ArtifactError({ code: 'missing-file', format: artifact.kind, field: 'config.json', expected: 'the model’s configuration', actual: 'nothing' });
  const config = configReaderOf(artifact, artifact.config);
  const architecture = ARCHITECTURES.find(({ modelTypes }) => artifact.architecture !== undefined && modelTypes.includes(artifact.architecture));
  if (architecture === undefined)
    throw new ArtifactError({ code: 'unsupported-architecture', format: 'config', field: 'model_type', expected: CLASSIFIER_MODEL_TYPES.join(', '), actual: artifact.architecture ?? 'nothing' });
  const rows = artifact.tensors.get(architecture.classifierWeight)?.shape[0];
  if (rows === undefined) throw new ArtifactError({ code: 'missing-tensor', format: 'safetensors', file: fileOfWeights(artifact), field: architecture.classifierWeight, expected: 'the head of a classifier', actual: 'nothing: this is an encoder without a head' });
  const encoder = new EncoderGraph(architecture.dimensions(config), weights);
  encoder.graph.output(architecture.build(encoder, config, rows), 'logits', 'float32', ['batch', rows]);
  return { encoder, firstPosition: architecture.firstPosition(config) };
}
