// A tokenizer that knows none of the user's words, or a template that drops them, leaves every request the same tokens: what the
// model gives for them says nothing of the request, and would be shown as if it did.
import { ArtifactError } from '../core/artifact-error.ts';

/** `prompts`: tokens of rendered prompts that differ in the user's words alone. Throws where all of several read alike. */
export function refuseLostWords(prompts: readonly (readonly number[])[]): void {
  const [first, ...others] = prompts.map((prompt) => prompt.join(' '));
  if (others.length === 0 || others.some((prompt) => prompt !== first)) return;
  throw new ArtifactError({ code: 'runtime-failure', format: 'model', field: 'prompts', expected: 'other tokens for other requests', actual: `the same ${prompts[0]?.length ?? 0} tokens for ${prompts.length} requests: tokenizer or template leave nothing of what the user says` });
}
