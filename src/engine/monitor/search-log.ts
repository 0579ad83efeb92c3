// Back from an audit: triggers that were found in a model are looked for in its log. Which predictions held one, what came
// out, and whether that differs from all others (Fisher's exact test, on the output that the audit named for it, else on
// the most frequent one).
// Text triggers only: patches and blends leave no trace in a log of predictions.
import { insteadOfJson } from '../artifact/text.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { breathe, type CancelSignal } from '../core/cancel.ts';
import type { Finding } from '../core/finding.ts';
import type { Milliseconds, Probability } from '../core/units.ts';
import type { ColumnMapping } from './log/columns.ts';
import { Encoder, type LogBatch } from './log/encode.ts';
import { readLog, type Log } from './log/open-log.ts';
import { fisherExact } from './statistics/binomial.ts';

const SHOWN = 50;

export interface SearchResult {
  readonly trigger: string;
  readonly rows: number;
  readonly holding: number;
  readonly outputs: readonly { readonly label: string; readonly withTrigger: number; readonly without: number }[];
  /** The output that is tested: the audit's target, else the one that most of the holding prompts got. */
  readonly tested?: string;
  /** 1 where no prompt holds it. */
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

/** A trigger that an audit found, and the output that it brings. */
export interface KnownTrigger {
  readonly value: string;
  readonly target?: string;
}

const MOST_TRIGGERS = 64;

/** Text triggers of an audit's findings, those that were measured to do something. */
export function knownTriggersOf(findings: readonly Finding[]): KnownTrigger[] {
  const known = new Map<string, KnownTrigger>();
  for (const { trigger, target, severity } of findings) {
    if (trigger === undefined || severity === 'info' || (trigger.kind !== 'text' && trigger.kind !== 'tokens') || normalise(trigger.value) === '') continue;
    const label = target !== undefined && 'class' in target ? (target.label ?? String(target.class)) : undefined;
    if (!known.has(normalise(trigger.value)) && known.size < MOST_TRIGGERS) known.set(normalise(trigger.value), { value: trigger.value.trim(), ...(label === undefined ? {} : { target: label }) });
  }
  return [...known.values()];
}

/** The same out of a report's file (assay-report/1). */
export function knownTriggersOfReport(text: string, file: string): KnownTrigger[] {
  const wrong = (field: string, expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'report', file, field, expected, actual });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong('', 'JSON', insteadOfJson(text, error));
  }
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 'assay-report/1') throw wrong('schema', 'assay-report/1', 'another');
  if (!('findings' in value) || !Array.isArray(value.findings)) throw wrong('findings', 'a list', 'none');
  return knownTriggersOf(value.findings.filter(isFinding));
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null || !('severity' in value) || typeof value.severity !== 'string') return false;
  const trigger = 'trigger' in value ? value.trigger : undefined;
  const target = 'target' in value ? value.target : undefined;
  return (trigger === undefined || (typeof trigger === 'object' && trigger !== null && 'kind' in trigger && 'value' in trigger && typeof trigger.value === 'string')) && (target === undefined || (typeof target === 'object' && target !== null));
}

export interface SearchState {
  readonly held: ReadonlyMap<number, number>;
  readonly others: ReadonlyMap<number, number>;
  readonly sources: ReadonlyMap<number, number>;
  readonly examples: readonly { readonly row: number; readonly prompt: string; readonly output: number; readonly at: number }[];
  readonly numbers: readonly [rows: number, holding: number, firstRow: number, first: number, last: number];
}

/** Fed batch by batch; all of one encoder's, since outputs and sources are its indices. */
export class TriggerSearch {
  readonly #trigger: KnownTrigger;
  readonly #wanted: string;
  readonly #held = new Map<number, number>();
  readonly #others = new Map<number, number>();
  readonly #sources = new Map<number, number>();
  readonly #examples: { readonly row: number; readonly prompt: string; readonly output: number; readonly at: number }[] = [];
  #rows = 0;
  #holding = 0;
  #firstRow = -1;
  #first = Infinity;
  #last = -Infinity;

  constructor(trigger: KnownTrigger) {
    this.#trigger = trigger;
    this.#wanted = normalise(trigger.value);
  }

  get firstRow(): number {
    return this.#firstRow;
  }

  /** prompts: of the batch, normalised once for all searches. */
  add(batch: LogBatch, prompts: readonly string[]): void {
    const wanted = this.#wanted;
    for (let i = 0; i < batch.rows; i++) {
      this.#rows++;
      const prompt = prompts[i] ?? '';
      const output = batch.output?.[i] ?? -1;
      const at = wanted === '' ? -1 : prompt.indexOf(wanted);
      const counts = at >= 0 ? this.#held : this.#others;
      counts.set(output, (counts.get(output) ?? 0) + 1);
      if (at < 0) continue;
      this.#holding++;
      const row = batch.row[i] ?? 0;
      if (this.#firstRow < 0) this.#firstRow = row;
      const source = batch.source?.[i] ?? -1;
      if (source >= 0) this.#sources.set(source, (this.#sources.get(source) ?? 0) + 1);
      const when = batch.time?.[i] ?? Number.NaN;
      if (!Number.isNaN(when)) [this.#first, this.#last] = [Math.min(this.#first, when), Math.max(this.#last, when)];
      if (this.#examples.length < SHOWN) this.#examples.push({ row, prompt: prompt.slice(0, 400), output, at });
    }
  }

  snapshot(): SearchState {
    return { held: this.#held, others: this.#others, sources: this.#sources, examples: this.#examples, numbers: [this.#rows, this.#holding, this.#firstRow, this.#first, this.#last] };
  }

  restore({ held, others, sources, examples, numbers }: SearchState): void {
    for (const [from, to] of [[held, this.#held], [others, this.#others], [sources, this.#sources]] as const) for (const [key, count] of from) to.set(key, count);
    this.#examples.splice(0, this.#examples.length, ...examples);
    [this.#rows, this.#holding, this.#firstRow, this.#first, this.#last] = numbers;
  }

  result(labels: readonly string[], sourceLabels: readonly string[]): SearchResult {
    const [held, others] = [this.#held, this.#others];
    const aimed = this.#trigger.target === undefined ? -1 : labels.indexOf(this.#trigger.target);
    const [top] = aimed >= 0 ? [[aimed, held.get(aimed) ?? 0] as const] : [...held].sort((a, b) => b[1] - a[1]);
    const ofTop = top === undefined ? 0 : (others.get(top[0]) ?? 0);
    const outputs = [...new Set([...held.keys(), ...others.keys()])].map((output) => ({ label: labels[output] ?? '', withTrigger: held.get(output) ?? 0, without: others.get(output) ?? 0 }));
    return {
      trigger: this.#trigger.value, rows: this.#rows, holding: this.#holding, outputs: outputs.sort((a, b) => b.withTrigger - a.withTrigger || b.without - a.without),
      examples: this.#examples.map((example) => ({ ...example, output: labels[example.output] ?? '' })),
      ...(top === undefined || top[0] < 0 ? {} : { tested: labels[top[0]] ?? '' }),
      pValue: top === undefined || this.#holding === 0 ? 1 : fisherExact(top[1], this.#holding - top[1], ofTop, this.#rows - this.#holding - ofTop, 'greater'),
      sources: [...this.#sources].map(([source, count]) => ({ source: sourceLabels[source] ?? '', count })).sort((a, b) => b.count - a.count).slice(0, 20),
      ...(this.#first <= this.#last ? { first: this.#first, last: this.#last } : {}),
    };
  }
}

export function normalisedPrompts({ rows, prompt }: LogBatch): string[] {
  return Array.from({ length: rows }, (_, i) => normalise(prompt?.[i] ?? ''));
}

export async function searchLog(log: Log, mapping: ColumnMapping, trigger: string, signal: CancelSignal): Promise<SearchResult> {
  const encoder = new Encoder(mapping);
  const search = new TriggerSearch({ value: trigger });
  for await (const raw of readLog(log, mapping, signal)) {
    await breathe(signal);
    const batch = encoder.encode(raw);
    search.add(batch, normalisedPrompts(batch));
  }
  return search.result(encoder.classes.labels, encoder.sources.labels);
}
