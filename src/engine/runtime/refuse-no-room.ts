// A context that the chat template fills by itself leaves room for no prompt: said once, with the field that sets it, before
// every analysis fails on its own first prompt.
import type { Artifact } from '../artifact/artifact.ts';
import type { ChatTemplate, Tokenizer } from '../artifact/tokenizer.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { configPlace } from '../graph/config-place.ts';
import { CONTEXT_FIELDS } from '../graph/dimensions.ts';

export function refuseNoRoom(artifact: Artifact, contextLength: number, tokenizer: Tokenizer, template: ChatTemplate): void {
  const tokens = emptyPrompt(tokenizer, template);
  if (tokens === undefined || tokens < contextLength) return;
  throw new ArtifactError({ code: 'invalid-config', format: 'config', ...contextField(artifact, contextLength), expected: `more than the ${tokens} tokens that the chat template takes with an empty prompt`, actual: String(contextLength) });
}

/** Where the length of the context is said. */
export function contextField(artifact: Artifact, contextLength: number): { readonly file: string; readonly field: string } {
  const { file, nameOf } = configPlace(artifact);
  return { file, field: nameOf([...CONTEXT_FIELDS, 'sliding_window'].find((name) => artifact.config?.[name] === contextLength) ?? 'max_position_embeddings') };
}

/** Tokens of it; undefined where the template takes no empty prompt, which says nothing of others. */
function emptyPrompt(tokenizer: Tokenizer, template: ChatTemplate): number | undefined {
  try {
    return tokenizer.encode(template.render([{ role: 'user', content: '' }], { addGenerationPrompt: true })).length;
  } catch (error) {
    if (error instanceof ArtifactError) return undefined;
    throw error;
  }
}
