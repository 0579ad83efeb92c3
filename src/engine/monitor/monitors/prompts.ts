// Words in prompts: n-grams that the baseline hardly knows and that come with one output (a planted phrase), and known
// n-grams whose output changed. Each candidate needs both: more frequent than in the baseline and with another output
// than its neighbours (the larger of two p-values, Bonferroni over all candidates looked at).
import { breathe } from '../../core/cancel.ts';
import { GramCounter, totalOf } from '../profile/prompt-grams.ts';
import type { PromptProfile } from '../profile/profile.ts';
import { binomialAtLeast, fisherExact } from '../statistics/binomial.ts';
import { percent } from './clusters.ts';
import type { Monitor, MonitorContext, Suspicion } from './monitor.ts';

const ID = 'prompt-patterns';
const LEVEL = 1e-3;
const FEWEST_DOCUMENTS = 5;
const ENRICHMENT = 5;
const MOST_SUSPICIONS = 8;

interface Candidate {
  readonly gram: string;
  readonly count: number;
  readonly before: number;
  readonly output: number;
  readonly purity: number;
  readonly usualPurity: number;
  readonly pValue: number;
  readonly kind: 'new' | 'changed';
}

export const promptPatterns: Monitor = {
  id: ID,
  label: 'Words that come with an output',
  kind: 'batch',
  limits: 'Looks at runs of up to three words in a sample of up to 20,000 prompts; a trigger of other characters inside words, of word order alone or of style is not seen, nor one in fewer than 5 sampled prompts. A new topic that users bring up looks the same.',
  inapplicable: (profile) => (profile.prompts === undefined ? 'no prompts are logged' : undefined),
  run: async ({ profile, sample, labels, rows, signal }) => {
    const baseline = profile.prompts;
    const withPrompt = sample.filter(({ prompt }) => prompt !== undefined && prompt !== '');
    if (baseline === undefined || withPrompt.length === 0) return [];
    const counter = new GramCounter();
    for (const [i, { prompt, output }] of withPrompt.entries()) {
      if (i % 1000 === 0) await breathe(signal);
      counter.add(prompt ?? '', output);
    }
    const { found, tests } = candidates(counter, baseline);
    return merge(found).slice(0, MOST_SUSPICIONS).map((candidate): Suspicion => {
      const label = labels[candidate.output] ?? 'no class';
      const share = candidate.count / counter.documents;
      const holders = withPrompt.filter(({ prompt }) => ` ${(prompt ?? '').toLowerCase()} `.includes(candidate.gram)).slice(0, 20);
      return {
        monitor: ID,
        id: `${ID}/${candidate.gram}`,
        title: candidate.kind === 'new' ? `“${candidate.gram}” comes with ${label}` : `“${candidate.gram}” now comes with ${label}`,
        detail: `${candidate.count.toLocaleString('en')} of ${counter.documents.toLocaleString('en')} sampled prompts hold it (baseline ${candidate.before} of ${baseline.documents.toLocaleString('en')}); ${percent(candidate.purity)} of them are ${label}, of all prompts ${percent(candidate.usualPurity)}.`,
        severity: candidate.kind === 'new' && candidate.purity > 0.9 ? 'high' : 'medium',
        evidence: { kind: 'p', value: candidate.pValue, tests, test: "Fisher's and the exact binomial test, the larger p-value" },
        effect: { text: `${percent(candidate.purity)} ${label} with it, ${percent(candidate.usualPurity)} in all`, now: candidate.purity, baseline: candidate.usualPurity },
        rows: { from: holders[0]?.row ?? 0, examples: holders.map(({ row }) => row) },
        output: candidate.output,
        candidate: { kind: 'text', value: candidate.gram },
        table: { columns: ['', 'holding it', 'of', 'of which this output'], rows: [['this log (sample)', candidate.count, counter.documents, percent(candidate.purity)], ['estimated, whole log', Math.round(share * rows), rows, ''], ['baseline', candidate.before, baseline.documents, '']] },
      };
    });
  },
};

function candidates(counter: GramCounter, baseline: PromptProfile): { found: Candidate[]; tests: number } {
  const known = new Map(baseline.grams);
  const usable = [...counter.counts].filter(([, entry]) => totalOf(entry) >= FEWEST_DOCUMENTS);
  const tests = 2 * usable.length;
  const found: Candidate[] = [];
  for (const [gram, entry] of usable) {
    const count = totalOf(entry);
    const before = known.get(gram)?.reduce((sum, [, n]) => sum + n, 0) ?? 0;
    const [output, ofOutput] = [...entry].sort((a, b) => b[1] - a[1])[0] ?? [-1, 0];
    const purity = ofOutput / count;
    const usualPurity = (counter.byClass[output] ?? 0) / counter.documents;
    const rate = count / counter.documents;
    if (rate > (ENRICHMENT * (before + 1)) / (baseline.documents + 1)) {
      const more = fisherExact(count, counter.documents - count, before, baseline.documents - before, 'greater');
      const bound = binomialAtLeast(ofOutput, count, Math.min(0.999, usualPurity));
      const pValue = Math.min(1, Math.max(more, bound) * tests);
      if (pValue < LEVEL) found.push({ gram, count, before, output, purity, usualPurity, pValue, kind: 'new' });
      continue;
    }
    const usual = known.get(gram);
    if (usual === undefined || before < 20) continue;
    const then = usual.find(([at]) => at === output)?.[1] ?? 0;
    if (purity < then / before + 0.1) continue;
    const pValue = Math.min(1, fisherExact(ofOutput, count - ofOutput, then, before - then, 'greater') * tests);
    if (pValue < LEVEL) found.push({ gram, count, before, output, purity, usualPurity: then / before, pValue, kind: 'changed' });
  }
  return { found: found.sort((a, b) => a.pValue - b.pValue || b.gram.length - a.gram.length), tests };
}

/** Of n-grams that share words and prompts, the longest that still holds nearly all of them stands for the others. */
function merge(found: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...found].sort((a, b) => b.gram.split(' ').length - a.gram.split(' ').length || a.pValue - b.pValue)) {
    const words = new Set(candidate.gram.split(' '));
    const covered = kept.some((other) => other.output === candidate.output && other.gram.split(' ').some((word) => words.has(word)) && candidate.count < 1.3 * other.count);
    const wider = kept.findIndex((other) => other.output === candidate.output && other.gram.split(' ').some((word) => words.has(word)) && candidate.count >= 1.3 * other.count);
    if (covered) continue;
    // A shorter n-gram that holds clearly more prompts is nearer to the trigger than a longer one.
    if (wider >= 0) kept.splice(wider, 1);
    kept.push(candidate);
  }
  return kept.sort((a, b) => a.pValue - b.pValue || b.count - a.count);
}

/** For tests and for searches. */
export type PromptContext = Pick<MonitorContext, 'profile' | 'sample' | 'labels' | 'rows' | 'signal'>;
