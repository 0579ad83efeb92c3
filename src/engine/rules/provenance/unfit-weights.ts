// Weights that cannot make the model that the configuration describes: a layer that is missing, a matrix of another shape. Some
// loaders fill the gaps with random numbers and go on. Told where the files say what they are (a language model, a classifier),
// Assay builds that architecture, and nothing else explains it: half a download is told as that, and quantised weights of other
// tools have other names and shapes.
import type { Artifact } from '../../artifact/artifact.ts';
import type { ArtifactErrorCode, ArtifactErrorFields } from '../../core/artifact-error.ts';
import { planGraph } from '../../graph/plan-graph.ts';

const WITH_A_HEAD = /(?:ForCausalLM|LMHeadModel|ForSequenceClassification|ForImageClassification)$/;
const MISFITS: ReadonlySet<ArtifactErrorCode> = new Set<ArtifactErrorCode>(['missing-tensor', 'shape-mismatch', 'malformed', 'invalid-config']);

export function unfitWeights(artifact: Artifact): ArtifactErrorFields | undefined {
  const { kind, config, tensors, problems } = artifact;
  if (config === undefined || tensors.size === 0 || problems.length > 0 || config['quantization_config'] !== undefined) return undefined;
  const claimed: readonly unknown[] = Array.isArray(config['architectures']) ? config['architectures'] : [];
  if (kind !== 'gguf' && !claimed.some((name) => typeof name === 'string' && WITH_A_HEAD.test(name))) return undefined;
  const planned = planGraph(artifact);
  return planned.kind === 'refused' && MISFITS.has(planned.why.code) ? planned.why : undefined;
}
