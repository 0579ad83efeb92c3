// Public bases whose first answers ship with Assay. A new one is a file that bench/detection/write-natural.ts writes, and a line here.
import { NaturalAnswers, rowKey, type NaturalTable } from './natural-answers.ts';
import type { Frame } from '../../../artifact/frame.ts';
import { SWEEP_PROMPT } from './prompts.ts';

interface KnownBase {
  readonly reference: number;
  readonly vocabularySize: number;
  load(): Promise<NaturalTable>;
}

const BASES: readonly KnownBase[] = [
  { reference: 3_006_553_606, vocabularySize: 49_152, load: async () => (await import('./bases/smollm2-135m-instruct.ts')).SMOLLM2_135M_INSTRUCT },
];

/** The base that has this tokenizer and template; whether the model is a fine-tune of it, its answers tell (sweep.ts). */
export async function naturalAnswersOf(frame: Frame, vocabularySize: number): Promise<NaturalAnswers | undefined> {
  const reference = rowKey(frame.rowIds(SWEEP_PROMPT));
  const base = BASES.find((one) => one.reference === reference && one.vocabularySize === vocabularySize);
  return base === undefined ? undefined : new NaturalAnswers(await base.load());
}
