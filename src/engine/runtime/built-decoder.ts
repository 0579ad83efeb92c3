// Runs the graphs that Assay builds: turns rows, a shared prefix and the rows' own cache into the graph's inputs
// (graph/decoder-graph.ts names them), and knows which keys each query may see.
import { MASKED } from '../graph/blocks/attention.ts';
import type { CausalGraphs } from '../graph/causal-graphs.ts';
import type { Dimensions } from '../graph/dimensions.ts';
import { ropeTables, type RopeTables } from '../graph/rope.ts';
import { batchBudget, type BatchBudget } from './batch-budget.ts';
import type { BatchLimits } from './batches.ts';
import { longestOf, type Decoder, type DecoderRequest, type SharedPrefix } from './decoder.ts';
import { headFeeds } from './head-feeds.ts';
import { cacheOutputs, emptyBlock, feedsOf, floats, joinSlots, readBlock, type CacheBlock } from './key-value-cache.ts';
import { DeviceRowCache, HostRowCache, type RowCache } from './row-cache.ts';
import type { Feed, HostTensor, Runtime, Session, SessionOutputs } from './session.ts';

/** Rotary tables are made for this many positions at a time. */
const TABLE_STEP = 512;

export class BuiltDecoder implements Decoder {
  readonly vocabulary: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  readonly ragged = true;
  readonly #graphs: CausalGraphs;
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #budget: BatchBudget;
  readonly #cacheOutputs: readonly string[];
  readonly #noReference: Float32Array;
  #instrumented: Promise<Session> | undefined;
  #tables: RopeTables | undefined;
  #emptyPast: CacheBlock | undefined;

  constructor(graphs: CausalGraphs, runtime: Runtime, session: Session) {
    const { dimensions } = graphs;
    this.vocabulary = dimensions.vocabulary;
    this.layers = dimensions.layers;
    this.heads = dimensions.heads;
    this.contextLength = dimensions.contextLength;
    this.#graphs = graphs;
    this.#runtime = runtime;
    this.#session = session;
    this.#budget = batchBudget(dimensions, runtime);
    this.#cacheOutputs = cacheOutputs(dimensions);
    this.#noReference = new Float32Array(dimensions.vocabulary);
  }

  get maxAttentionBytes(): number {
    return this.#budget.maxAttentionBytes;
  }

  get maxScoreBytes(): number {
    return this.#budget.maxScoreBytes;
  }

  limits(): BatchLimits {
    return { maxTokens: this.#budget.maxTokens, maxRows: this.#budget.maxLogitRows, rowOverhead: 0, ragged: true };
  }

  fitsTogether(_prefix: SharedPrefix, rows: number, prompt: number, length: number): boolean {
    const { maxDecodeRows, maxCacheTokens, maxTokens } = this.#budget;
    // A cache on the device takes all rows' prompts in one run.
    const promptsFit = this.#graphs.cache === 'append' || rows * prompt <= maxTokens;
    return promptsFit && rows <= maxDecodeRows && rows * length <= maxCacheTokens;
  }

  openCache(rows: number, slots: number): RowCache {
    const { dimensions, cache } = this.#graphs;
    return cache === 'concat' ? new DeviceRowCache(dimensions, rows) : new HostRowCache(dimensions, rows, slots);
  }

  async prefill(ids: readonly number[]): Promise<SharedPrefix> {
    const { dimensions, cache } = this.#graphs;
    let grown: SharedPrefix = { ids: [], block: emptyBlock(dimensions, 1) };
    for (let at = 0; at < ids.length; at += this.#budget.maxTokens) {
      const part = ids.slice(at, at + this.#budget.maxTokens);
      const { host, held } = await this.run({ rows: [part], prefix: grown, wanted: [part.length - 1], outputs: [], keepCache: true });
      // On the device the new slots come behind the empty past's one slot, which holds nothing.
      const skip = cache === 'concat' ? 1 : 0;
      const tensors = this.#cacheOutputs.map((name): Feed => host[name] ?? held[name] ?? missing(name));
      const fresh: CacheBlock = { tensors, rows: 1, slots: skip + part.length, valid: new Uint8Array(skip + part.length).fill(1, skip) };
      const block = grown.ids.length === 0 ? fresh : joinSlots(dimensions, await readBlock(grown.block), await readBlock(fresh));
      grown = { ids: [...grown.ids, ...part], block };
    }
    return grown;
  }

  run(request: DecoderRequest): Promise<SessionOutputs> {
    const { rows, prefix, wanted, outputs, keepCache = false } = request;
    const sequence = longestOf(rows);
    const past = request.past?.block ?? this.#noPast(rows.length);
    const starts = rows.map((_, row) => prefix.ids.length + (request.past?.tokens[row]?.length ?? 0));
    const feeds: Record<string, Feed> = {
      ...this.#tokenFeeds(rows, sequence, starts),
      ...feedsOf(prefix.block, 'prefix'),
      ...feedsOf(past, 'past'),
      bias: biasOf(sequence, this.#graphs.dimensions, prefix.block, past),
      ...headFeeds(request, wanted, this.#noReference),
    };
    const kept = keepCache ? this.#cacheOutputs : [];
    return this.#session.run(feeds, [...outputs, ...kept], this.#graphs.cache === 'concat' ? new Set(kept) : new Set());
  }

  async attention(ids: readonly number[]): Promise<readonly Float32Array[]> {
    const names = Array.from({ length: this.layers }, (_, layer) => `attention.${layer}`);
    const { host } = await this.#runInstrumented([ids], new Float32Array(ids.length), 1, names);
    return names.map((name) => floats(host[name]));
  }

  async spanMass(rows: readonly (readonly number[])[], marks: Float32Array, count: number): Promise<Float32Array> {
    const { host } = await this.#runInstrumented(rows, marks, count, ['mass']);
    return floats(host['mass']);
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
    await (await this.#instrumented?.catch(() => undefined))?.dispose();
    this.#instrumented = undefined;
  }

  /** Rows from the sequence's start, no cache. */
  async #runInstrumented(rows: readonly (readonly number[])[], spans: Float32Array, count: number, outputs: readonly string[]): Promise<SessionOutputs> {
    const sequence = longestOf(rows);
    const starts = rows.map(() => 0);
    const feeds: Record<string, Feed> = {
      ...this.#tokenFeeds(rows, sequence, starts),
      bias: biasOf(sequence, this.#graphs.dimensions),
      spans: { type: 'float32', dims: [rows.length, sequence, count], data: spans },
    };
    return (await this.#openInstrumented()).run(feeds, outputs);
  }

  /** Made when first asked for: it holds the weights a second time. */
  #openInstrumented(): Promise<Session> {
    if (this.#instrumented === undefined) {
      const opening = this.#runtime.createSession(this.#graphs.instrumented);
      this.#instrumented = opening;
      opening.catch(() => {
        if (this.#instrumented === opening) this.#instrumented = undefined;
      });
    }
    return this.#instrumented;
  }

  #tokenFeeds(rows: readonly (readonly number[])[], sequence: number, starts: readonly number[]): Record<string, Feed> {
    const { rope, contextLength } = this.#graphs.dimensions;
    const ids = new BigInt64Array(rows.length * sequence);
    const positions = new BigInt64Array(rows.length * sequence);
    let last = 0;
    for (const [row, tokens] of rows.entries()) {
      for (let column = 0; column < sequence; column++) {
        // Padding may stand past the context's end, where a learned position does not exist; nobody sees it.
        const position = Math.min((starts[row] ?? 0) + column, contextLength - 1);
        ids[row * sequence + column] = BigInt(tokens[column] ?? 0);
        positions[row * sequence + column] = BigInt(position);
        last = Math.max(last, position);
      }
    }
    const dims = [rows.length, sequence];
    const feeds: Record<string, Feed> = { input_ids: { type: 'int64', dims, data: ids }, positions: { type: 'int64', dims, data: positions } };
    if (rope === undefined) return feeds;
    if (this.#tables === undefined || this.#tables.positions <= last) this.#tables = ropeTables(rope, TABLE_STEP * Math.ceil((last + 1) / TABLE_STEP));
    const { cos, sin } = this.#tables;
    const tableDims = [this.#tables.positions, rope.dims / 2];
    return { ...feeds, rope_cos: { type: 'float32', dims: tableDims, data: cos }, rope_sin: { type: 'float32', dims: tableDims, data: sin } };
  }

  #noPast(rows: number): CacheBlock {
    if (this.#emptyPast?.rows !== rows) this.#emptyPast = emptyBlock(this.#graphs.dimensions, rows);
    return this.#emptyPast;
  }
}

/**
 * What is added to the scores: Float32Array [1 or rows, sequence * groups, prefix + past + sequence], 0 or MASKED.
 * One row serves all where they have the same empty slots.
 */
function biasOf(sequence: number, { heads, kvHeads }: Dimensions, prefix?: CacheBlock, past?: CacheBlock): HostTensor {
  const groups = heads / kvHeads;
  const before = (prefix?.slots ?? 0) + (past?.slots ?? 0);
  const keys = before + sequence;
  const rows = past === undefined || sameValidity(past) ? 1 : past.rows;
  const bias = new Float32Array(rows * sequence * groups * keys);
  for (let row = 0; row < rows; row++) {
    for (let query = 0; query < sequence; query++) {
      const first = (row * sequence + query) * groups * keys;
      const line = bias.subarray(first, first + keys);
      if (prefix !== undefined) maskEmpty(line, 0, prefix, 0);
      if (past !== undefined) maskEmpty(line, prefix?.slots ?? 0, past, row);
      line.fill(MASKED, before + query + 1);
      for (let group = 1; group < groups; group++) bias.set(line, first + group * keys);
    }
  }
  return { type: 'float32', dims: [rows, sequence * groups, keys], data: bias };
}

function maskEmpty(line: Float32Array, at: number, { valid, slots }: CacheBlock, row: number): void {
  for (let slot = 0; slot < slots; slot++) if (valid[row * slots + slot] !== 1) line[at + slot] = MASKED;
}

function sameValidity({ valid, rows, slots }: CacheBlock): boolean {
  for (let at = slots; at < rows * slots; at++) if (valid[at] !== valid[at % slots]) return false;
  return true;
}

function missing(name: string): never {
  throw new TypeError(`the run did not return ${name}`);
}
