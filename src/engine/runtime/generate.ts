// Autoregressive decoding of one batch of rows behind a shared prefix. Rows may differ in length; a row that has ended is
// taken out of the batch once enough of them have. Each row draws from its own stream, so the batch does not matter.
import { breathe, NEVER } from '../core/cancel.ts';
import type { Random } from '../core/random.ts';
import type { Nats } from '../core/units.ts';
import { planBatches, type BatchLimits } from './batches.ts';
import type { Generated, GenerateOptions, SamplingOptions } from './causal-lm.ts';
import { longestOf, type DecoderRequest, type SharedPrefix } from './decoder.ts';
import { floats } from './key-value-cache.ts';
import type { RowCache } from './row-cache.ts';
import { refuseNoNumbers } from './refuse-no-numbers.ts';
import { choiceOf, type Sampler } from './sampling.ts';
import type { SessionOutputs } from './session.ts';

/** One row on its way. */
export interface RowState {
  readonly prompt: readonly number[];
  readonly sampling: SamplingOptions;
  readonly random: Random | undefined;
  readonly ids: number[];
  readonly entropy: Nats[];
  /** Tokens of prompt and answer, for the repetition penalty. */
  readonly seen: Set<number>;
  stopped: boolean;
  ended: boolean;
}

export interface DecodingContext {
  readonly prefix: SharedPrefix;
  readonly stopIds: ReadonlySet<number>;
  readonly contextLength: number;
  readonly limits: BatchLimits;
  run(request: DecoderRequest): Promise<SessionOutputs>;
  openCache(rows: number, slots: number): RowCache;
  readonly sampler: Sampler;
}

/** Ended rows are dropped from the batch when they are at least this share of it. */
const DROP_SHARE = 0.25;

export function startRow(prefix: readonly number[], prompt: readonly number[], sampling: SamplingOptions, random: Random | undefined): RowState {
  const seen = sampling.repetitionPenalty === 1 ? new Set<number>() : new Set([...prefix, ...prompt]);
  return { prompt, sampling, random, ids: [], entropy: [], seen, stopped: false, ended: false };
}

export function generatedOf({ ids, entropy, stopped }: RowState): Generated {
  return { ids, entropy, stopped };
}

/** Decodes `rows` to their ends, in place. */
export async function decodeBatch(context: DecodingContext, rows: readonly RowState[], options: GenerateOptions): Promise<void> {
  const { signal = NEVER } = options;
  let batch = rows.toSorted((a, b) => a.prompt.length - b.prompt.length);
  const longest = longestOf(batch.map((row) => row.prompt));
  const cache = context.openCache(batch.length, longest);
  try {
    await runPrompts(context, batch, cache, options);
    cache.advance(longest);
    for (;;) {
      batch = await dropEnded(batch, cache);
      if (batch.length === 0) return;
      await breathe(signal);
      await step(context, batch, cache, options);
    }
  } finally {
    cache.dispose();
  }
}

/** `batch` is sorted by length, so that parts of it are contiguous rows of the cache. */
async function runPrompts(context: DecodingContext, batch: readonly RowState[], cache: RowCache, options: GenerateOptions): Promise<void> {
  const parts = planBatches(
    batch.map((row) => row.prompt.length),
    context.limits,
  );
  let firstRow = 0;
  for (const part of parts) {
    await breathe(options.signal ?? NEVER);
    const rows = batch.slice(firstRow, firstRow + part.length);
    const prompts = rows.map((row) => row.prompt);
    const sequence = longestOf(prompts);
    const wanted = prompts.map((prompt, row) => row * sequence + prompt.length - 1);
    const outputs = await context.run({ rows: prompts, prefix: context.prefix, wanted, ...askFor(rows), keepCache: true });
    cache.absorb(
      outputs,
      firstRow,
      sequence,
      prompts.map((prompt) => prompt.length),
    );
    choose(context, rows, outputs, options);
    firstRow += part.length;
  }
}

async function step(context: DecodingContext, batch: readonly RowState[], cache: RowCache, options: GenerateOptions): Promise<void> {
  const rows = batch.map((row) => [row.ids.at(-1) ?? 0]);
  const tokens = batch.map((row) => [...row.prompt, ...row.ids.slice(0, -1)]);
  const outputs = await context.run({
    rows,
    prefix: context.prefix,
    past: { block: cache.block, tokens },
    wanted: rows.map((_, row) => row),
    ...askFor(batch),
    keepCache: true,
  });
  cache.absorb(
    outputs,
    0,
    1,
    rows.map(() => 1),
  );
  cache.advance(1);
  choose(context, batch, outputs, options);
}

/** What to ask the head for, so that each row that goes on can choose its next token. */
function askFor(batch: readonly RowState[]): Pick<DecoderRequest, 'outputs' | 'sampled'> {
  const outputs = ['entropy'];
  if (batch.some((row) => !row.ended && choiceOf(row.sampling) === 'largest')) outputs.push('argmax');
  if (batch.some((row) => !row.ended && choiceOf(row.sampling) === 'penalised')) outputs.push('logits');
  const rows = sampledRows(batch);
  if (rows.length === 0) return { outputs };
  return { outputs: [...outputs, 'weights'], sampled: { rows, inverseTemperature: rows.map((row) => 1 / (batch[row]?.sampling.temperature ?? 1)) } };
}

function sampledRows(batch: readonly RowState[]): number[] {
  return batch.flatMap((row, index) => (!row.ended && choiceOf(row.sampling) === 'weighed' ? [index] : []));
}

function choose(context: DecodingContext, batch: readonly RowState[], { host }: SessionOutputs, options: GenerateOptions): void {
  const entropy = floats(host['entropy']);
  refuseNoNumbers(entropy, 'entropy of the next token');
  const places = new Map(sampledRows(batch).map((row, place) => [row, place]));
  let made = 0;
  for (const [index, row] of batch.entries()) {
    if (row.ended) continue;
    const id = nextToken(context.sampler, row, host, index, places.get(index) ?? 0);
    row.ids.push(id);
    row.entropy.push(entropy[index] ?? 0);
    if (row.sampling.repetitionPenalty !== 1) row.seen.add(id);
    row.stopped = options.ignoreStop !== true && context.stopIds.has(id);
    const total = context.prefix.ids.length + row.prompt.length + row.ids.length;
    row.ended = row.stopped || row.ids.length >= options.maxNewTokens || total >= context.contextLength;
    made++;
  }
  options.onTokens?.(made);
}

/** `place`: the row's line in `weights`. */
function nextToken(sampler: Sampler, row: RowState, host: SessionOutputs['host'], index: number, place: number): number {
  const lineOf = (name: string, at: number): Float32Array => floats(host[name]).subarray(at * sampler.vocabulary, (at + 1) * sampler.vocabulary);
  switch (choiceOf(row.sampling)) {
    case 'largest':
      return Number(host['argmax']?.data[index] ?? 0);
    case 'weighed':
      return sampler.draw(lineOf('weights', place), row.sampling, row.random);
    case 'penalised':
      return sampler.drawPenalised(lineOf('logits', index), row.sampling, row.seen, row.random);
  }
}

async function dropEnded(batch: RowState[], cache: RowCache): Promise<RowState[]> {
  const keep = batch.flatMap((row, index) => (row.ended ? [] : [index]));
  if (keep.length === batch.length || batch.length - keep.length < DROP_SHARE * batch.length) return batch;
  if (keep.length > 0) await cache.keepRows(keep);
  return batch.filter((row) => !row.ended);
}
