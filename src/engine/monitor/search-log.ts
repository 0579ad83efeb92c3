// Back from an audit: a trigger that was found in a model is looked for in its log. Which predictions held it, what came
// out, and whether that differs from all others (Fisher's exact test on the most frequent output).
// Text triggers only: patches and blends leave no trace in a log of predictions.
import { breathe, type CancelSignal } from '../core/cancel.ts';
import type { Milliseconds, Probability } from '../core/units.ts';
import type { ColumnMapping } from './log/columns.ts';
import { Encoder } from './log/encode.ts';
import { readLog, type Log } from './log/open-log.ts';
import { fisherExact } from './statistics/binomial.ts';

const SHOWN = 50;

export interface SearchResult {
  readonly trigger: string;
  readonly rows: number;
  readonly holding: number;
  readonly outputs: readonly { readonly label: string; readonly withTrigger: number; readonly without: number }[];
  /** Of the output that most of the holding prompts got; 1 where none holds it. */
  readonly pValue: Probability;
  readonly sources: readonly { readonly source: string; readonly count: number }[];
  readonly first?: Milliseconds;
  readonly last?: Milliseconds;
  readonly examples: readonly { readonly row: number; readonly prompt: string; readonly output: string; readonly at: number }[];
}

/** Case and runs of white space do not matter. */
export function normalise(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

export async function searchLog(log: Log, mapping: ColumnMapping, trigger: string, signal: CancelSignal): Promise<SearchResult> {
  const wanted = normalise(trigger);
  const encoder = new Encoder(mapping);
  const [held, others] = [new Map<number, number>(), new Map<number, number>()];
  const sources = new Map<number, number>();
  const examples: SearchResult['examples'][number][] = [];
  let [rows, holding, first, last] = [0, 0, Infinity, -Infinity];
  for await (const raw of readLog(log, mapping, signal)) {
    await breathe(signal);
    const batch = encoder.encode(raw);
    for (let i = 0; i < batch.rows; i++) {
      rows++;
      const prompt = normalise(batch.prompt?.[i] ?? '');
      const output = batch.output?.[i] ?? -1;
      const at = wanted === '' ? -1 : prompt.indexOf(wanted);
      const counts = at >= 0 ? held : others;
      counts.set(output, (counts.get(output) ?? 0) + 1);
      if (at < 0) continue;
      holding++;
      const source = batch.source?.[i] ?? -1;
      if (source >= 0) sources.set(source, (sources.get(source) ?? 0) + 1);
      const when = batch.time?.[i] ?? Number.NaN;
      if (!Number.isNaN(when)) [first, last] = [Math.min(first, when), Math.max(last, when)];
      if (examples.length < SHOWN) examples.push({ row: batch.row[i] ?? 0, prompt: prompt.slice(0, 400), output: encoder.classes.labels[output] ?? '', at });
    }
  }
  const [top] = [...held].sort((a, b) => b[1] - a[1]);
  const ofTop = top === undefined ? 0 : (others.get(top[0]) ?? 0);
  const outputs = [...new Set([...held.keys(), ...others.keys()])].map((output) => ({ label: encoder.classes.labels[output] ?? '', withTrigger: held.get(output) ?? 0, without: others.get(output) ?? 0 }));
  return {
    trigger, rows, holding, outputs: outputs.sort((a, b) => b.withTrigger - a.withTrigger || b.without - a.without), examples,
    pValue: top === undefined ? 1 : fisherExact(top[1], holding - top[1], ofTop, rows - holding - ofTop, 'greater'),
    sources: [...sources].map(([source, count]) => ({ source: encoder.sources.labels[source] ?? '', count })).sort((a, b) => b.count - a.count).slice(0, 20),
    ...(first <= last ? { first, last } : {}),
  };
}
