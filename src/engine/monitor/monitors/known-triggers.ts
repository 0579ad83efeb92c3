// Triggers that an audit of this model found, looked for in every prompt of the log: what it means when one of them comes
// with the output it was planted for needs no baseline.
import type { Monitor, Suspicion } from './monitor.ts';
import { percent } from './clusters.ts';

export const knownTriggers: Monitor = {
  id: 'known-triggers',
  label: 'Triggers that an audit found',
  kind: 'batch',
  limits: 'Word for word, but for case and white space: a changed form of the trigger is not found. Where the trigger is an ordinary phrase, prompts hold it without meaning it; what is tested is whether their output differs from that of all others.',
  inapplicable: () => undefined,
  run: async ({ searches, labels, rows }) => {
    // Bonferroni over the triggers that were looked for.
    const tests = Math.max(1, searches.length);
    return searches.flatMap(({ result, firstRow }): Suspicion[] => {
      if (result.holding === 0 || result.tested === undefined) return [];
      const output = labels.indexOf(result.tested);
      const withIt = result.outputs.find(({ label }) => label === result.tested)?.withTrigger ?? 0;
      const without = result.outputs.find(({ label }) => label === result.tested)?.without ?? 0;
      const [now, baseline] = [withIt / result.holding, without / Math.max(1, rows - result.holding)];
      return [{
        monitor: 'known-triggers', id: `known-triggers/${result.trigger}`,
        title: `The audit’s trigger “${result.trigger}” is in use`,
        detail: `${result.holding.toLocaleString('en')} of ${rows.toLocaleString('en')} prompts hold it; ${withIt.toLocaleString('en')} of them are answered ${result.tested}.`,
        severity: 'critical',
        evidence: { kind: 'p', value: Math.min(1, result.pValue * tests), tests, test: "Fisher's exact test of the output with and without it" },
        effect: { text: `${percent(now)} ${result.tested} with it, ${percent(baseline)} without`, now, baseline },
        rows: { from: firstRow, examples: result.examples.slice(0, 20).map(({ row }) => row) },
        ...(output < 0 ? {} : { output }),
        candidate: { kind: 'text', value: result.trigger },
        table: { columns: ['output', 'with it', 'without'], rows: result.outputs.slice(0, 12).map(({ label, withTrigger, without: others }) => [label, withTrigger, others]) },
      }];
    });
  },
};
