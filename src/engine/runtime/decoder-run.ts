// One run of a decoder graph: turns rows, a shared prefix and the rows' own cache into the graph's inputs
// (graph/decoder-graph.ts names them), and knows which keys each query may see.
import { MASKED } from '../graph/blocks/attention.ts';
import type { CacheMode } from '../graph/decoder-graph.ts';
import type { Dimensions } from '../graph/dimensions.ts';
import { ropeTables, type RopeTables } from '../graph/rope.ts';
import { cacheOutputs, emptyBlock, feedsOf, type CacheBlock } from './key-value-cache.ts';
import type { Feed, HostTensor, Session, SessionOutputs } from './session.ts';

export interface SharedPrefix {
  /** One row. */
  readonly block: CacheBlock;
  /** Real tokens in it: the position of the first token after it. */
  readonly length: number;
}

export interface DecoderRequest {
  /** Rows of equal or different length; shorter ones are padded on the right. */
  readonly rows: readonly (readonly number[])[];
  readonly prefix: SharedPrefix;
  /** The rows' own past and how many real tokens each has there; none before the first run. */
  readonly past?: { readonly block: CacheBlock; readonly lengths: readonly number[] };
  /** Flat positions row * longest + column whose next token is asked for. */
  readonly wanted: readonly number[];
  /** Token ids whose log-probability is asked for, one for each of `wanted`. */
  readonly targets?: readonly number[];
  readonly reference?: Float32Array;
  readonly outputs: readonly string[];
  /** Also return keys and values: of the new positions on the host, or all of them held, as the graph does it. */
  readonly keepCache?: boolean;
}

/** Rotary tables are made for this many positions at a time. */
const TABLE_STEP = 512;

export class DecoderRunner {
  readonly #session: Session;
  readonly #dimensions: Dimensions;
  readonly #cache: CacheMode;
  readonly #cacheOutputs: readonly string[];
  readonly #noReference: Float32Array;
  #tables: RopeTables | undefined;
  #emptyPast: CacheBlock | undefined;

  constructor(session: Session, dimensions: Dimensions, cache: CacheMode) {
    this.#session = session;
    this.#dimensions = dimensions;
    this.#cache = cache;
    this.#cacheOutputs = cacheOutputs(dimensions);
    this.#noReference = new Float32Array(dimensions.vocabulary);
  }

  run(request: DecoderRequest): Promise<SessionOutputs> {
    const { rows, prefix, wanted, outputs, keepCache = false } = request;
    const sequence = longestOf(rows);
    const past = request.past?.block ?? this.#noPast(rows.length);
    const starts = rows.map((_, row) => prefix.length + (request.past?.lengths[row] ?? 0));
    const feeds: Record<string, Feed> = {
      ...this.#tokenFeeds(rows, sequence, starts),
      ...feedsOf(prefix.block, 'prefix'),
      ...feedsOf(past, 'past'),
      bias: biasOf(sequence, this.#dimensions, prefix.block, past),
      wanted: int64([wanted.length], wanted),
      targets: int64([wanted.length], request.targets ?? wanted.map(() => 0)),
      reference: { type: 'float32', dims: [this.#dimensions.vocabulary], data: request.reference ?? this.#noReference },
    };
    const kept = keepCache ? this.#cacheOutputs : [];
    return this.#session.run(feeds, [...outputs, ...kept], this.#cache === 'concat' ? new Set(kept) : new Set());
  }

  /** The instrumented graph: rows from the sequence's start, no cache. spans: [rows, sequence, count] of 0 and 1. */
  runInstrumented(rows: readonly (readonly number[])[], spans: Float32Array, count: number, outputs: readonly string[]): Promise<SessionOutputs> {
    const sequence = longestOf(rows);
    const feeds: Record<string, Feed> = {
      ...this.#tokenFeeds(
        rows,
        sequence,
        rows.map(() => 0),
      ),
      bias: biasOf(sequence, this.#dimensions),
      spans: { type: 'float32', dims: [rows.length, sequence, count], data: spans },
    };
    return this.#session.run(feeds, outputs);
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }

  #tokenFeeds(rows: readonly (readonly number[])[], sequence: number, starts: readonly number[]): Record<string, Feed> {
    const { rope, contextLength } = this.#dimensions;
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
    if (this.#emptyPast?.rows !== rows) this.#emptyPast = emptyBlock(this.#dimensions, rows);
    return this.#emptyPast;
  }
}

export function longestOf(rows: readonly (readonly number[])[]): number {
  return rows.reduce((longest, row) => Math.max(longest, row.length), 0);
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

function int64(dims: readonly number[], values: readonly number[]): HostTensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, (value) => BigInt(value)) };
}
