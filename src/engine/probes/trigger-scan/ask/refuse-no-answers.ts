// A model that gives no answers to speak of (a tokenizer that knows no words, weights of zeros, every token an end of text) has
// not been tested by asking it: no trigger could show, and that would read as a clean result.
import { ArtifactError } from '../../../core/artifact-error.ts';
import { refuseLostWords } from '../../../runtime/refuse-lost-words.ts';

export interface Asked {
  /** Tokens of the rendered prompt. */
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
  readonly text: string;
}

/** Throws where all requests read alike, or all answers are blank or a single token. */
export function refuseNoAnswers(asked: readonly Asked[]): void {
  if (asked.length < 2) return;
  const refuse = (field: string, expected: string, actual: string): never => {
    throw new ArtifactError({ code: 'runtime-failure', format: 'model', field, expected, actual });
  };
  refuseLostWords(asked.map(({ prompt }) => prompt));
  if (asked.every(({ text }) => text.trim() === '')) refuse('answers', 'text', `nothing readable to any of ${asked.length} requests`);
  if (asked.every(({ answer }) => answer.length <= 1)) refuse('answers', 'more than one token', `at most one to each of ${asked.length} requests: its end-of-text tokens may be wrong`);
}
