// CausalLm over graphs that Assay built (graph/causal-graphs.ts): the fast one for bulk work, the instrumented one for
// attention, opened when first asked for. Rows go to the graph in batches that fit; results come back in row order.
import { ArtifactError } from '../core/artifact-error.ts';
import { breathe, NEVER, type CancelSignal } from '../core/cancel.ts';
import type { CausalGraphs } from '../graph/causal-graphs.ts';
import { planBatches, type BatchLimits } from './batches.ts';
import type { AttentionMaps, CausalLm, Generated, GenerateOptions, NextTokens, Prefix, SamplingOptions, TargetScores } from './causal-lm.ts';
import { DecoderRunner, longestOf, type DecoderRequest, type SharedPrefix } from './decoder-run.ts';
import { decodeBatch, generatedOf, startRow } from './generate.ts';
import { cacheOutputs, disposeBlock, emptyBlock, floats, joinSlots, type CacheBlock } from './key-value-cache.ts';
import type { ModelDefaults } from './model-defaults.ts';
import { batchBudget, type BatchBudget } from './batch-budget.ts';
import { DeviceRowCache, HostRowCache } from './row-cache.ts';
import { Sampler } from './sampling.ts';
import type { Runtime, Session, SessionOutputs } from './session.ts';

type Rows = readonly (readonly number[])[];

class ModelPrefix implements Prefix, SharedPrefix {
  readonly ids: readonly number[];
  readonly block: CacheBlock;

  constructor(ids: readonly number[], block: CacheBlock) {
    this.ids = ids;
    this.block = block;
  }

  get length(): number {
    return this.ids.length;
  }

  dispose(): void {
    disposeBlock(this.block);
  }
}

export class BuiltCausalLm implements CausalLm {
  readonly vocabularySize: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  readonly stopIds: ReadonlySet<number>;
  readonly defaultSampling: SamplingOptions;
  readonly #graphs: CausalGraphs;
  readonly #runtime: Runtime;
  readonly #fast: DecoderRunner;
  readonly #budget: BatchBudget;
  readonly #sampler: Sampler;
  #instrumented: Promise<DecoderRunner> | undefined;
  #tokensRun = 0;

  constructor(graphs: CausalGraphs, runtime: Runtime, fast: Session, defaults: ModelDefaults) {
    const { dimensions } = graphs;
    this.vocabularySize = dimensions.vocabulary;
    this.layers = dimensions.layers;
    this.heads = dimensions.heads;
    this.contextLength = dimensions.contextLength;
    this.stopIds = defaults.stopIds;
    this.defaultSampling = defaults.sampling;
    this.#graphs = graphs;
    this.#runtime = runtime;
    this.#fast = new DecoderRunner(fast, dimensions, graphs.cache);
    this.#budget = batchBudget(dimensions, runtime);
    this.#sampler = new Sampler(dimensions.vocabulary);
  }

  get tokensRun(): number {
    return this.#tokensRun;
  }

  async prefill(ids: readonly number[]): Promise<Prefix> {
    this.#checkIds([ids]);
    this.#checkContext(ids.length);
    const { dimensions, cache } = this.#graphs;
    let block = emptyBlock(dimensions, 1);
    const step = this.#budget.maxTokens;
    for (let at = 0; at < ids.length; at += step) {
      const part = ids.slice(at, at + step);
      const outputs = await this.#run({ rows: [part], prefix: { block, length: at }, wanted: [part.length - 1], outputs: [], keepCache: true });
      const fresh = await freshBlock(outputs, cacheOutputs(dimensions), part.length, cache === 'concat' ? 1 : 0);
      block = at === 0 ? fresh : joinSlots(dimensions, block, fresh);
    }
    return new ModelPrefix([...ids], block);
  }

  async next(prefix: Prefix, rows: Rows, signal: CancelSignal = NEVER): Promise<NextTokens> {
    const vocabulary = this.vocabularySize;
    const logits = new Float32Array(rows.length * vocabulary);
    await this.#lastTokens(prefix, rows, ['logits'], undefined, signal, (batch, { host }) => {
      const values = floats(host['logits']);
      for (const [at, row] of batch.entries()) logits.set(values.subarray(at * vocabulary, (at + 1) * vocabulary), row * vocabulary);
    });
    return { logits, rows: rows.length, vocabulary };
  }

  async sweep(
    prefix: Prefix,
    rows: Rows,
    reference: Float32Array,
    options: { readonly signal?: CancelSignal; readonly onTokens?: (count: number) => void } = {},
  ): Promise<{ readonly entropy: Float32Array; readonly kl: Float32Array; readonly argmax: Int32Array }> {
    if (reference.length !== this.vocabularySize) throw new RangeError(`a reference has one value for each of ${this.vocabularySize} tokens, not ${reference.length}`);
    const entropy = new Float32Array(rows.length);
    const kl = new Float32Array(rows.length);
    const argmax = new Int32Array(rows.length);
    await this.#lastTokens(prefix, rows, ['entropy', 'kl', 'argmax'], reference, options.signal ?? NEVER, (batch, { host }) => {
      const tokens = host['argmax']?.data;
      for (const [at, row] of batch.entries()) {
        entropy[row] = floats(host['entropy'])[at] ?? 0;
        kl[row] = floats(host['kl'])[at] ?? 0;
        argmax[row] = Number(tokens?.[at] ?? 0);
      }
      options.onTokens?.(batch.reduce((sum, row) => sum + (rows[row]?.length ?? 0), 0));
    });
    return { entropy, kl, argmax };
  }

  async score(prefix: Prefix, rows: Rows, targets: Rows, signal: CancelSignal = NEVER): Promise<TargetScores> {
    if (rows.length !== targets.length) throw new RangeError(`${rows.length} rows but ${targets.length} targets`);
    this.#checkIds(targets);
    const logProb = targets.map((target) => new Float32Array(target.length));
    const sequences = rows.map((row, index) => [...row, ...(targets[index] ?? []).slice(0, -1)]);
    this.#checkRows(prefix, sequences);
    const most = targets.reduce((longest, target) => Math.max(longest, target.length), 1);
    const limits = { maxTokens: this.#budget.maxTokens, maxRows: Math.max(1, Math.floor(this.#budget.maxLogitRows / most)) };
    for (const batch of planBatches(sequences.map((sequence) => sequence.length), limits)) {
      await breathe(signal);
      const batchRows = batch.map((row) => sequences[row] ?? []);
      const longest = longestOf(batchRows);
      const asked = batch.flatMap((row, at) => (targets[row] ?? []).map((target, index) => ({ row, index, target, position: at * longest + (rows[row]?.length ?? 0) - 1 + index })));
      if (asked.length === 0) continue;
      const { host } = await this.#run({ rows: batchRows, prefix: this.#own(prefix), wanted: asked.map(({ position }) => position), targets: asked.map(({ target }) => target), outputs: ['log_prob'] });
      const values = floats(host['log_prob']);
      for (const [at, { row, index }] of asked.entries()) (logProb[row] ?? new Float32Array())[index] = values[at] ?? 0;
    }
    return { logProb };
  }

  async generate(prefix: Prefix, rows: Rows, options: GenerateOptions): Promise<Generated[]> {
    this.#checkRows(prefix, rows);
    const { sampling, random } = options;
    const states = rows.map((row, index) => {
      const own = 'temperature' in sampling ? sampling : sampling[index];
      if (own === undefined) throw new RangeError(`row ${index} has no sampling options`);
      return startRow(prefix.ids, row, own, random?.fork(`row ${index}`));
    });
    if (options.maxNewTokens <= 0) return states.map(generatedOf);
    const { dimensions, cache } = this.#graphs;
    const context = {
      prefix: this.#own(prefix),
      stopIds: this.stopIds,
      contextLength: this.contextLength,
      limits: this.#rowLimits(),
      sampler: this.#sampler,
      run: (request: DecoderRequest) => this.#run(request),
      openCache: (count: number, slots: number) => (cache === 'concat' ? new DeviceRowCache(dimensions, count) : new HostRowCache(dimensions, count, slots)),
    };
    for (const group of this.#generationGroups(rows, options.maxNewTokens)) {
      await decodeBatch(context, group.flatMap((index) => states[index] ?? []), options);
    }
    return states.map(generatedOf);
  }

  async attention(ids: readonly number[], signal: CancelSignal = NEVER): Promise<AttentionMaps> {
    this.#checkSequences([ids]);
    const bytes = this.layers * this.heads * ids.length ** 2 * 4;
    if (bytes > this.#budget.maxAttentionBytes)
      throw new ArtifactError({ code: 'limit-exceeded', format: 'attention', field: 'tokens', expected: `maps of at most ${this.#budget.maxAttentionBytes} bytes`, actual: `${bytes} bytes for ${ids.length} tokens` });
    await breathe(signal);
    const runner = await this.#openInstrumented();
    const names = Array.from({ length: this.layers }, (_, layer) => `attention.${layer}`);
    const { host } = await runner.runInstrumented([ids], new Float32Array(ids.length), 1, names);
    this.#tokensRun += ids.length;
    const maps = names.map((name) => floats(host[name]));
    const layer = (index: number): Float32Array => {
      const map = maps[index];
      if (map === undefined) throw new RangeError(`no layer ${index} of ${this.layers}`);
      return map;
    };
    return { ids: [...ids], layers: this.layers, heads: this.heads, layer };
  }

  async attentionToSpans(rows: Rows, spans: readonly (readonly (readonly [number, number])[])[], signal: CancelSignal = NEVER): Promise<Float32Array[]> {
    if (rows.length !== spans.length) throw new RangeError(`${rows.length} rows but spans for ${spans.length}`);
    this.#checkSequences(rows);
    const runner = await this.#openInstrumented();
    const results: Float32Array[] = rows.map(() => new Float32Array());
    const longestRow = longestOf(rows);
    const perRow = this.heads * Math.max(1, longestRow) ** 2 * 4;
    const limits = { maxTokens: this.#budget.maxTokens, maxRows: Math.max(1, Math.floor(this.#budget.maxScoreBytes / perRow)) };
    for (const batch of planBatches(rows.map((row) => row.length), limits)) {
      await breathe(signal);
      const batchRows = batch.map((row) => rows[row] ?? []);
      const sequence = longestOf(batchRows);
      const count = batch.reduce((most, row) => Math.max(most, spans[row]?.length ?? 0), 1);
      const marks = new Float32Array(batch.length * sequence * count);
      for (const [at, row] of batch.entries()) {
        for (const [span, [begin, end]] of (spans[row] ?? []).entries()) {
          for (let key = Math.max(0, begin); key < Math.min(end, sequence); key++) marks[(at * sequence + key) * count + span] = 1;
        }
      }
      const { host } = await runner.runInstrumented(batchRows, marks, count, ['mass']);
      this.#tokensRun += batchRows.reduce((sum, row) => sum + row.length, 0);
      const mass = floats(host['mass']);
      for (const [at, row] of batch.entries()) results[row] = this.#rowMass(mass, at, sequence, count, rows[row]?.length ?? 0, spans[row]?.length ?? 0);
    }
    return results;
  }

  async dispose(): Promise<void> {
    await this.#fast.dispose();
    const instrumented = this.#instrumented;
    this.#instrumented = undefined;
    await (await instrumented?.catch(() => undefined))?.dispose();
  }

  /** Runs rows in batches and hands over what was asked for at each row's last token. */
  async #lastTokens(prefix: Prefix, rows: Rows, outputs: readonly string[], reference: Float32Array | undefined, signal: CancelSignal, take: (batch: readonly number[], outputs: SessionOutputs) => void): Promise<void> {
    this.#checkRows(prefix, rows);
    for (const batch of planBatches(rows.map((row) => row.length), this.#rowLimits())) {
      await breathe(signal);
      const batchRows = batch.map((row) => rows[row] ?? []);
      const longest = longestOf(batchRows);
      const wanted = batchRows.map((row, at) => at * longest + row.length - 1);
      take(batch, await this.#run({ rows: batchRows, prefix: this.#own(prefix), wanted, outputs, ...(reference === undefined ? {} : { reference }) }));
    }
  }

  #run(request: DecoderRequest): Promise<SessionOutputs> {
    this.#tokensRun += request.rows.reduce((sum, row) => sum + row.length, 0);
    return this.#fast.run(request);
  }

  #rowLimits(): BatchLimits {
    return { maxTokens: this.#budget.maxTokens, maxRows: this.#budget.maxLogitRows };
  }

  /** Rows that decode together: as many as their cache and logits leave room for. */
  #generationGroups(rows: Rows, maxNewTokens: number): number[][] {
    const { maxCacheTokens, maxTokens, maxDecodeRows } = this.#budget;
    const order = rows.map((_, index) => index).sort((a, b) => (rows[a]?.length ?? 0) - (rows[b]?.length ?? 0) || a - b);
    const groups: number[][] = [];
    let group: number[] = [];
    for (const index of order) {
      const length = rows[index]?.length ?? 0;
      const tokens = (group.length + 1) * (length + maxNewTokens);
      // A cache on the device takes all rows' prompts in one run.
      const prompts = this.#graphs.cache === 'concat' ? (group.length + 1) * length : 0;
      if (group.length > 0 && (group.length >= maxDecodeRows || tokens > maxCacheTokens || prompts > maxTokens)) {
        groups.push(group);
        group = [];
      }
      group.push(index);
    }
    return group.length > 0 ? [...groups, group] : groups;
  }

  #openInstrumented(): Promise<DecoderRunner> {
    this.#instrumented ??= this.#runtime.createSession(this.#graphs.instrumented).then((session) => new DecoderRunner(session, this.#graphs.dimensions, 'none'));
    this.#instrumented.catch(() => (this.#instrumented = undefined));
    return this.#instrumented;
  }

  /** mass: [batch, layers, heads, sequence, count] -> one row's [layers, heads, length, spans]. */
  #rowMass(mass: Float32Array, row: number, sequence: number, count: number, length: number, spans: number): Float32Array {
    const maps = this.layers * this.heads;
    const result = new Float32Array(maps * length * spans);
    for (let map = 0; map < maps; map++) {
      for (let query = 0; query < length; query++) {
        for (let span = 0; span < spans; span++) result[(map * length + query) * spans + span] = mass[((row * maps + map) * sequence + query) * count + span] ?? 0;
      }
    }
    return result;
  }

  #own(prefix: Prefix): ModelPrefix {
    if (prefix instanceof ModelPrefix) return prefix;
    throw new TypeError('a prefix belongs to the model that made it');
  }

  #checkRows(prefix: Prefix, rows: Rows): void {
    this.#checkIds(rows);
    for (const row of rows) {
      if (row.length === 0) throw new RangeError('a row holds at least one token');
      this.#checkContext(prefix.ids.length + row.length);
    }
  }

  #checkSequences(rows: Rows): void {
    this.#checkIds(rows);
    for (const row of rows) {
      if (row.length === 0) throw new RangeError('a sequence holds at least one token');
      this.#checkContext(row.length);
    }
  }

  #checkIds(rows: Rows): void {
    for (const row of rows) for (const id of row) if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize) throw new RangeError(`token ${id} is not in the model's vocabulary of ${this.vocabularySize}`);
  }

  #checkContext(tokens: number): void {
    if (tokens > this.contextLength) throw new RangeError(`${tokens} tokens exceed the model's context of ${this.contextLength}`);
  }
}

/** A run's new positions as a block of their own; `skip` leading slots are the empty past's and hold nothing. */
async function freshBlock({ host, held }: SessionOutputs, names: readonly string[], length: number, skip: number): Promise<CacheBlock> {
  const tensors = await Promise.all(
    names.map(async (name) => {
      const tensor = host[name] ?? held[name];
      if (tensor === undefined) throw new TypeError(`the run did not return ${name}`);
      return tensor;
    }),
  );
  const valid = new Uint8Array(skip + length).fill(1, skip);
  return { tensors, rows: 1, slots: skip + length, valid };
}
