// An open artifact in the words of the identity strip. What the files claim about themselves is quoted, never verified.
import type { Artifact } from '../engine/artifact/artifact.ts';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import type { Task } from '../engine/core/finding.ts';
import type { Runnable } from '../engine/audit/analysis.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';
import type { ImageClassifier } from '../engine/runtime/classifier.ts';
import type { BudgetEstimate, ModelDescription, PicturePreparation } from './protocol.ts';

export interface Described {
  readonly artifact: Artifact;
  readonly runnable: Runnable | undefined;
  readonly notRunnable: ArtifactErrorFields | undefined;
  readonly meantFor: Task | undefined;
  readonly budgets: readonly BudgetEstimate[];
  readonly environment: RuntimeEnvironment;
}

export function describeArtifact({ artifact, runnable, notRunnable, meantFor, budgets, environment }: Described): ModelDescription {
  const config = artifact.config ?? {};
  const number = (key: string): number | undefined => (typeof config[key] === 'number' ? config[key] : undefined);
  const model = runnable?.task === 'causal-lm' ? runnable.model : undefined;
  const weights = [...artifact.tensors.values()].reduce((sum, { begin, end }) => sum + end - begin, 0);
  return {
    name: artifact.name,
    task: runnable?.task ?? meantFor ?? 'other',
    kind: artifact.kind,
    architecture: artifact.architecture,
    layers: model?.layers ?? number('num_hidden_layers') ?? number('n_layer'),
    heads: model?.heads ?? number('num_attention_heads') ?? number('n_head'),
    parameters: artifact.parameters,
    vocabularySize: model?.vocabularySize ?? number('vocab_size'),
    contextLength: model?.contextLength ?? number('max_position_embeddings') ?? number('n_positions'),
    dtypes: dtypesByBytes(artifact),
    bytes: artifact.files.reduce((sum, { source }) => sum + source.size, 0),
    weightBytes: artifact.tensors.size === 0 ? undefined : weights,
    formats: Object.fromEntries(artifact.files.map(({ source, format }) => [source.path, format])),
    claims: claimsOf(artifact),
    chatTemplate: artifact.chatTemplate?.file ?? 'none',
    defaultSampling: model?.defaultSampling,
    problems: artifact.problems,
    notRunnable,
    budgets,
    environment,
    pictures: runnable?.task === 'image-classification' ? describePictures(runnable.model) : undefined,
  };
}

export function describePictures({ spec: { channels, height, width, layout, preprocessing } }: ImageClassifier): PicturePreparation {
  return { channels, height, width, layout, ...preprocessing };
}

function dtypesByBytes(artifact: Artifact): string[] {
  const bytes = new Map<string, number>();
  for (const { dtype, begin, end } of artifact.tensors.values()) bytes.set(dtype, (bytes.get(dtype) ?? 0) + end - begin);
  return [...bytes].toSorted(([, a], [, b]) => b - a).map(([dtype]) => dtype.replace(/^other:/, ''));
}

/** The name in the config, where there is one, and the class of model it says it is. */
function claimsOf(artifact: Artifact): string | undefined {
  const config = artifact.config ?? {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
  const architectures = Array.isArray(config['architectures']) ? config['architectures'].filter((item) => typeof item === 'string') : [];
  const parts = [text(config['_name_or_path']) ?? text(config['name']), ...architectures].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ').slice(0, 200);
}
