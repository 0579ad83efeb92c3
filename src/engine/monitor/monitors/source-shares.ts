// Who sends what: sources whose share grew against the baseline, and sources whose predictions are far from the usual
// mix of classes (chi-squared with pooling, or exact where few; Bonferroni over sources).
import { binomialAtLeast, fisherExact } from '../statistics/binomial.ts';
import { percent } from './clusters.ts';
import type { Monitor, MonitorContext, Suspicion } from './monitor.ts';

const ID = 'source-shares';
const LEVEL = 1e-3;
const FEWEST = 20;
const FACTOR = 3;
const MOST = 5;

export const sourceShares: Monitor = {
  id: ID,
  label: 'Sources: who sends what',
  kind: 'batch',
  limits: 'Sources are what the log calls them: an attacker with many accounts is many sources. A customer who starts to send more, or another kind of input, looks the same. Sources with fewer than 20 predictions are not judged.',
  inapplicable: (profile) => (profile.sources === undefined ? 'no source or user is logged' : undefined),
  run: async (context) => {
    const groups = groupShares(context);
    return [...shares(context), ...mixes(context), ...groups];
  },
};

function shares({ profile, sources, sourceCounts, rows, sample }: MonitorContext): Suspicion[] {
  // Sources come in bursts as classes do; how much is known of the classes.
  const inflation = Math.max(1, ...(profile.families.find(({ rule }) => rule.kind === 'class')?.events.map((event) => event.inflation) ?? []));
  const thin = (n: number): number => Math.round(n / inflation);
  const before = new Map(profile.sources?.labels.map((label, i) => [label, profile.sources?.counts[i] ?? 0]) ?? []);
  const judged = sourceCounts.flatMap((count, source) => (count >= FEWEST ? [{ count, source, name: sources[source] ?? String(source) }] : []));
  return judged
    .map(({ count, source, name }) => {
      const usual = before.get(name) ?? 0;
      const pValue = Math.min(1, fisherExact(thin(count), thin(rows - count), thin(usual), thin(profile.log.rows - usual), 'greater') * judged.length);
      return { count, source, name, usual, pValue };
    })
    // A source grows for many reasons; one that becomes a visible part of the traffic from next to nothing is news.
    .filter(({ count, usual, pValue }) => pValue < LEVEL && count / rows > 0.02 && count / rows > FACTOR * (usual / profile.log.rows))
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST)
    .map(({ count, source, name, usual, pValue }) => ({
      monitor: ID, id: `${ID}/share/${name}`, title: `${name} sends ${percent(count / rows)} of all predictions`, severity: 'low' as const, source: name,
      detail: usual === 0 ? 'The baseline has never seen this source.' : `Its usual share is ${percent(usual / profile.log.rows)}.`,
      evidence: { kind: 'p' as const, value: pValue, tests: judged.length, test: "Fisher's exact test" },
      effect: { text: `${percent(count / rows)}, baseline ${percent(usual / profile.log.rows)}`, now: count / rows, baseline: usual / profile.log.rows },
      rows: { from: sample.find((row) => row.source === source)?.row ?? 0, examples: sample.filter((row) => row.source === source).slice(0, 10).map(({ row }) => row) },
    }));
}

/** One class that a source gets far more often than everybody else does in the same log. */
function mixes({ profile, labels, sources, classesBySource, classCounts, rows, sample }: MonitorContext): Suspicion[] {
  const classes = profile.families.find(({ rule }) => rule.kind === 'class');
  const judged = classesBySource.flatMap((counts, source) => {
    const total = counts.reduce((sum, count) => sum + (count ?? 0), 0);
    if (total < FEWEST || total > rows / 2) return [];
    return counts.flatMap((count, output) => {
      const others = ((classCounts[output] ?? 0) - (count ?? 0)) / Math.max(1, rows - total);
      return [{ source, output, count: count ?? 0, total, others }];
    });
  });
  return judged
    // Sessions: a source's predictions come in bursts of one class, and count for as many as are independent.
    .map((entry) => {
      const inflation = classes?.events[entry.output]?.inflation ?? 1;
      return { ...entry, pValue: Math.min(1, binomialAtLeast(Math.round(entry.count / inflation), Math.round(entry.total / inflation), Math.max(entry.others, 1e-6)) * judged.length) };
    })
    .filter(({ pValue, count, total, others }) => pValue < 1e-6 && count / total > 2 * others && count / total - others > 0.15)
    .sort((a, b) => a.pValue - b.pValue || b.count - a.count)
    .slice(0, MOST)
    .map(({ source, output, count, total, others, pValue }) => {
      const name = sources[source] ?? String(source);
      return {
        monitor: ID, id: `${ID}/mix/${name}/${output}`, title: `${name} gets ${labels[output] ?? output} unusually often`, severity: 'medium' as const, source: name, output,
        detail: `${percent(count / total)} of its ${total.toLocaleString('en')} predictions, ${percent(others)} of everybody else's.`,
        evidence: { kind: 'p' as const, value: pValue, tests: judged.length, test: 'exact binomial test' },
        effect: { text: `${percent(count / total)}, others ${percent(others)}`, now: count / total, baseline: others },
        rows: { from: sample.find((row) => row.source === source)?.row ?? 0, examples: sample.filter((row) => row.source === source && row.output === output).slice(0, 10).map(({ row }) => row) },
      };
    });
}

/** One source that sends most of a group of unusual inputs. */
function groupShares({ clusters, sample, sources, sourceCounts, rows }: MonitorContext): Suspicion[] {
  return clusters.flatMap((cluster): Suspicion[] => {
    const counts = new Map<number, number>();
    for (const at of cluster.members) {
      const source = sample[at]?.source ?? -1;
      if (source >= 0) counts.set(source, (counts.get(source) ?? 0) + 1);
    }
    const [top] = [...counts].sort((a, b) => b[1] - a[1]);
    if (top === undefined) return [];
    const [source, count] = top;
    const usual = (sourceCounts[source] ?? 0) / rows;
    const pValue = Math.min(1, binomialAtLeast(count, cluster.members.length, Math.max(usual, 1e-9)) * counts.size);
    const share = count / cluster.members.length;
    if (pValue > LEVEL || share < 0.3 || share < FACTOR * usual) return [];
    const name = sources[source] ?? String(source);
    return [{
      monitor: ID, id: `${ID}/${cluster.id}`, title: `${name} sends ${percent(share)} of the group of unusual inputs`, severity: 'medium', source: name, output: cluster.output,
      detail: `It sends ${percent(usual)} of all predictions in this log.`,
      evidence: { kind: 'p', value: pValue, tests: counts.size, test: 'exact binomial test' },
      effect: { text: `${percent(share)} of the group, ${percent(usual)} of all`, now: share, baseline: usual },
      rows: { from: sample[cluster.members[0] ?? 0]?.row ?? 0, examples: cluster.members.filter((at) => sample[at]?.source === source).slice(0, 20).map((at) => sample[at]?.row ?? 0) },
    }];
  });
}
