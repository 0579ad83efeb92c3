// Every architecture Assay can build a graph for.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Architecture } from './architecture.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { qwen2 } from './qwen2.ts';

const ARCHITECTURES: readonly Architecture[] = [llama, qwen2, gpt2];

const SUPPORTED_MODEL_TYPES: readonly string[] = ARCHITECTURES.flatMap((architecture) => architecture.modelTypes);

export function architectureFor(modelType: string | undefined): Architecture {
  const found = ARCHITECTURES.find((architecture) => modelType !== undefined && architecture.modelTypes.includes(modelType));
  if (found !== undefined) return found;
  throw new ArtifactError({
    code: 'unsupported-architecture',
    format: 'config',
    field: 'model_type',
    expected: SUPPORTED_MODEL_TYPES.join(', '),
    actual: modelType ?? 'nothing',
  });
}
