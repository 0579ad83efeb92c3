// What every stage of a scan has at hand.
import type { Frame } from '../../../artifact/frame.ts';
import type { AuditContext, RunnableCausalLm } from '../../../audit/analysis.ts';
import type { Answer, Bench } from '../ask/bench.ts';
import type { ScanBudget } from '../budget.ts';
import type { PromptSets } from '../ask/prompts.ts';
import type { StageRunner } from './stage-runner.ts';

export interface Scanning {
  readonly context: AuditContext;
  readonly runnable: RunnableCausalLm;
  readonly frame: Frame;
  readonly budget: ScanBudget;
  readonly runner: StageRunner;
  readonly bench: Bench;
}

/** From the baseline on: the prompts that it chose. */
export interface Prompted extends Scanning {
  readonly prompts: PromptSets;
}

export function textOf({ runnable }: Scanning, answer: Answer | undefined): string {
  return answer === undefined ? '' : runnable.tokenizer.decode(answer.ids, { skipSpecial: true });
}
