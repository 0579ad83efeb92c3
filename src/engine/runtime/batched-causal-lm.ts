// CausalLm over any Decoder: checks rows, cuts them into batches that fit, and puts results back in row order.
import { ArtifactError } from '../core/artifact-error.ts';
import { refuseNaN } from './refuse-no-numbers.ts';
import { breathe, NEVER, type CancelSignal } from '../core/cancel.ts';
import { byLength, planBatches } from './batches.ts';
import type { AttentionMaps, CausalLm, Generated, GenerateOptions, NextTokens, Prefix, SamplingOptions, TargetScores } from './causal-lm.ts';
import { longestOf, type Decoder, type DecoderRequest, type SharedPrefix } from './decoder.ts';
import { decodeBatch, generatedOf, startRow } from './generate.ts';
import { disposeBlock, floats, type CacheBlock } from './key-value-cache.ts';
import type { ModelDefaults } from './model-defaults.ts';
import { Sampler } from './sampling.ts';
import type { SessionOutputs } from './session.ts';

type Rows = readonly (readonly number[])[];

/** Tokens in one run of the instrumented graph. */
const MAX_TAPPED_TOKENS = 2048;

class ModelPrefix implements Prefix, SharedPrefix {
  readonly ids: readonly number[];
  readonly block: CacheBlock;
  readonly owner: Decoder;

  constructor({ ids, block }: SharedPrefix, owner: Decoder) {
    this.ids = ids;
    this.block = block;
    this.owner = owner;
  }

  dispose(): void {
    disposeBlock(this.block);
  }
}

export class BatchedCausalLm implements CausalLm {
  readonly stopIds: ReadonlySet<number>;
  readonly defaultSampling: SamplingOptions;
  readonly #decoder: Decoder;
  readonly #sampler: Sampler;
  #tokensRun = 0;

  constructor(decoder: Decoder, defaults: ModelDefaults) {
    this.#decoder = decoder;
    this.stopIds = defaults.stopIds;
    this.defaultSampling = defaults.sampling;
    this.#sampler = new Sampler(decoder.vocabulary);
  }

  get vocabularySize(): number {
    return this.#decoder.vocabulary;
  }

  get layers(): number {
    return this.#decoder.layers;
  }

  get heads(): number {
    return this.#decoder.heads;
  }

  get contextLength(): number {
    return this.#decoder.contextLength;
  }

  get tokensRun(): number {
    return this.#tokensRun;
  }

  async prefill(ids: readonly number[]): Promise<Prefix> {
    this.#checkIds([ids]);
    this.#checkContext(ids.length);
    const prefix = await this.#decoder.prefill(ids);
    this.#tokensRun += ids.length;
    return new ModelPrefix(prefix, this.#decoder);
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
    const own = this.#own(prefix);
    const limits = this.#decoder.limits(own);
    for (const batch of planBatches(sequences.map((sequence) => sequence.length), { ...limits, maxRows: Math.max(1, Math.floor(limits.maxRows / most)) })) {
      await breathe(signal);
      const batchRows = batch.map((row) => sequences[row] ?? []);
      const longest = longestOf(batchRows);
      const asked = batch.flatMap((row, at) => (targets[row] ?? []).map((target, index) => ({ row, index, target, position: at * longest + (rows[row]?.length ?? 0) - 1 + index })));
      if (asked.length === 0) continue;
      const { host } = await this.#run({ rows: batchRows, prefix: own, wanted: asked.map(({ position }) => position), targets: asked.map(({ target }) => target), outputs: ['log_prob'] });
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
    const own = this.#own(prefix);
    const context = {
      prefix: own,
      stopIds: this.stopIds,
      contextLength: this.contextLength,
      limits: this.#decoder.limits(own),
      sampler: this.#sampler,
      run: (request: DecoderRequest) => this.#run(request),
      openCache: (count: number, slots: number) => this.#decoder.openCache(count, slots),
    };
    for (const group of this.#generationGroups(own, rows, options.maxNewTokens)) {
      await decodeBatch(context, group.flatMap((index) => states[index] ?? []), options);
    }
    return states.map(generatedOf);
  }

  async attention(ids: readonly number[], signal: CancelSignal = NEVER): Promise<AttentionMaps> {
    this.#checkSequences([ids]);
    const bytes = this.layers * this.heads * ids.length ** 2 * 4;
    if (bytes > this.#decoder.maxAttentionBytes)
      throw new ArtifactError({ code: 'limit-exceeded', format: 'attention', field: 'tokens', expected: `maps of at most ${this.#decoder.maxAttentionBytes} bytes`, actual: `${bytes} bytes for ${ids.length} tokens` });
    await breathe(signal);
    const maps = await this.#decoder.attention(ids);
    for (const [layer, map] of maps.entries()) refuseNaN(map, `attention of layer ${layer}`);
    this.#tokensRun += ids.length;
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
    const results: Float32Array[] = rows.map(() => new Float32Array());
    const longestRow = longestOf(rows);
    const perRow = this.heads * Math.max(1, longestRow) ** 2 * 4;
    const { maxScoreBytes, ragged } = this.#decoder;
    const limits = { maxTokens: MAX_TAPPED_TOKENS, maxRows: Math.max(1, Math.floor(maxScoreBytes / perRow)), rowOverhead: 0, ragged };
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
      const mass = await this.#decoder.spanMass(batchRows, marks, count);
      this.#tokensRun += batchRows.reduce((sum, row) => sum + row.length, 0);
      for (const [at, row] of batch.entries()) results[row] = this.#rowMass(mass, at, sequence, count, rows[row]?.length ?? 0, spans[row]?.length ?? 0);
    }
    return results;
  }

  dispose(): Promise<void> {
    return this.#decoder.dispose();
  }

  /** Runs rows in batches and hands over what was asked for at each row's last token. */
  async #lastTokens(prefix: Prefix, rows: Rows, outputs: readonly string[], reference: Float32Array | undefined, signal: CancelSignal, take: (batch: readonly number[], outputs: SessionOutputs) => void): Promise<void> {
    this.#checkRows(prefix, rows);
    const own = this.#own(prefix);
    for (const batch of planBatches(rows.map((row) => row.length), this.#decoder.limits(own))) {
      await breathe(signal);
      const batchRows = batch.map((row) => rows[row] ?? []);
      const longest = longestOf(batchRows);
      const wanted = batchRows.map((row, at) => at * longest + row.length - 1);
      take(batch, await this.#run({ rows: batchRows, prefix: own, wanted, outputs, ...(reference === undefined ? {} : { reference }) }));
    }
  }

  #run(request: DecoderRequest): Promise<SessionOutputs> {
    this.#tokensRun += request.rows.reduce((sum, row) => sum + row.length, 0);
    return this.#decoder.run(request);
  }

  /** Rows that decode together: as many as the decoder has room for. */
  #generationGroups(prefix: SharedPrefix, rows: Rows, maxNewTokens: number): number[][] {
    const groups: number[][] = [];
    let group: number[] = [];
    for (const index of byLength(rows.map((row) => row.length))) {
      const prompt = rows[index]?.length ?? 0;
      const apart = !this.#decoder.ragged && rows[group[0] ?? index]?.length !== prompt;
      if (group.length > 0 && (apart || !this.#decoder.fitsTogether(prefix, group.length + 1, prompt, prompt + maxNewTokens))) {
        groups.push(group);
        group = [];
      }
      group.push(index);
    }
    return group.length > 0 ? [...groups, group] : groups;
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
    if (prefix instanceof ModelPrefix && prefix.owner === this.#decoder) return prefix;
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
    // The tokenizer of a hostile folder may know more tokens than the weights.
    for (const row of rows) for (const id of row) if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize) throw new ArtifactError({ code: 'malformed', format: 'model', field: 'tokens', expected: `ids below ${this.vocabularySize}, the size of the model's vocabulary`, actual: String(id) });
  }

  #checkContext(tokens: number): void {
    if (tokens > this.contextLength) throw new ArtifactError({ code: 'limit-exceeded', format: 'model', field: 'context', expected: `at most ${this.contextLength} tokens`, actual: `${tokens} tokens` });
  }
}
