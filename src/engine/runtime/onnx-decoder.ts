// Decoder over the ONNX graph that a model comes with (graph/given-decoder.ts). Rows of one run have equal length and nothing
// is padded; keys and values go in and out whole, prefix included. Without a past, whole sequences are run each time.
// Logits of every position leave that graph; a second small graph picks the wanted ones and reduces them.
import { ArtifactError } from '../core/artifact-error.ts';
import type { GivenCache, GivenDecoder } from '../graph/given-decoder.ts';
import { describeAttention, findAttentionProbabilities, withOutputs } from '../graph/softmax-taps.ts';
import type { BatchLimits } from './batches.ts';
import { longestOf, type Decoder, type DecoderRequest, type SharedPrefix } from './decoder.ts';
import { toFloats } from './half-tensors.ts';
import { headFeeds, integers } from './head-feeds.ts';
import { disposeBlock, readBlock, type CacheBlock } from './key-value-cache.ts';
import type { RowCache } from './row-cache.ts';
import type { Feed, HeldTensor, HostTensor, Runtime, Session, SessionOutputs, TensorData } from './session.ts';

type Rows = readonly (readonly number[])[];

const MIB = 2 ** 20;
/** Logits of all positions of one run. */
const MAX_LOGIT_BYTES = 256 * MIB;
/** Keys and values of the rows that decode together. */
const MAX_CACHE_BYTES = 512 * MIB;
const MAX_ROWS = 64;

export class OnnxDecoder implements Decoder {
  readonly vocabulary: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  readonly ragged = false;
  readonly maxAttentionBytes = 1024 * MIB;
  readonly maxScoreBytes = 64 * MIB;
  readonly #given: GivenDecoder;
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #head: Session;
  readonly #maxTokens: number;
  readonly #noReference: Float32Array;
  #tapped: Promise<{ readonly session: Session; readonly names: readonly string[] }> | undefined;

  constructor(given: GivenDecoder, runtime: Runtime, session: Session, head: Session) {
    this.vocabulary = given.vocabulary;
    this.layers = given.layers;
    this.heads = given.heads;
    this.contextLength = given.contextLength;
    this.#given = given;
    this.#runtime = runtime;
    this.#session = session;
    this.#head = head;
    const logitBytes = Math.min(MAX_LOGIT_BYTES, runtime.limits.maxTensorBytes);
    this.#maxTokens = Math.max(1, Math.min(2048, Math.floor(logitBytes / (4 * given.vocabulary))));
    this.#noReference = new Float32Array(given.vocabulary);
  }

  limits({ ids }: SharedPrefix): BatchLimits {
    return { maxTokens: this.#maxTokens, maxRows: MAX_ROWS, rowOverhead: this.#given.cache === undefined ? ids.length : 0, ragged: false };
  }

  fitsTogether({ ids }: SharedPrefix, rows: number, prompt: number, length: number): boolean {
    const { cache } = this.#given;
    if (cache === undefined) return rows <= MAX_ROWS && rows * (ids.length + length) <= this.#maxTokens;
    const bytes = rows * (ids.length + length) * cache.tensors.length * cache.kvHeads * cache.headDim * 4;
    return rows <= MAX_ROWS && rows * prompt <= this.#maxTokens && bytes <= MAX_CACHE_BYTES;
  }

  openCache(rows: number): RowCache {
    return new OnnxRowCache(this.#given.cache, rows);
  }

  async prefill(ids: readonly number[]): Promise<SharedPrefix> {
    let grown: SharedPrefix = { ids: [], block: { tensors: [], rows: 1, slots: 0, valid: new Uint8Array() } };
    const { cache } = this.#given;
    if (cache === undefined) return { ids: [...ids], block: grown.block };
    for (let at = 0; at < ids.length; at += this.#maxTokens) {
      const part = ids.slice(at, at + this.#maxTokens);
      const { held } = await this.#runGiven([part], grown, undefined, true);
      const block = presentBlock(cache, held, 1, grown.ids.length + part.length);
      disposeBlock(grown.block);
      grown = { ids: [...grown.ids, ...part], block };
    }
    return grown;
  }

  async run(request: DecoderRequest): Promise<SessionOutputs> {
    const { rows, prefix, past, outputs, keepCache = false } = request;
    const { held } = await this.#runGiven(rows, prefix, past, keepCache);
    const { logits, ...presents } = held;
    if (logits === undefined) throw new TypeError('the run did not return logits');
    try {
      const wanted = this.#given.cache === undefined ? shiftToEnd(request, logits.dims[1] ?? 0) : request.wanted;
      const { host } = await this.#head.run({ all_logits: logits, ...headFeeds(request, wanted, this.#noReference) }, outputs);
      return { host, held: presents };
    } finally {
      logits.dispose();
    }
  }

  async attention(ids: readonly number[]): Promise<readonly Float32Array[]> {
    return this.#probabilities([ids]);
  }

  async spanMass(rows: Rows, marks: Float32Array, count: number): Promise<Float32Array> {
    const length = longestOf(rows);
    const layers = await this.#probabilities(rows);
    const mass = new Float32Array(rows.length * this.layers * this.heads * length * count);
    for (const [layer, probabilities] of layers.entries()) {
      for (let map = 0; map < rows.length * this.heads; map++) {
        const row = Math.floor(map / this.heads);
        const target = ((row * this.layers + layer) * this.heads + (map % this.heads)) * length;
        for (let query = 0; query < length; query++) {
          for (let key = 0; key <= query; key++) {
            const probability = probabilities[(map * length + query) * length + key] ?? 0;
            for (let span = 0; span < count; span++) {
              const at = (target + query) * count + span;
              if (marks[(row * length + key) * count + span] === 1) mass[at] = (mass[at] ?? 0) + probability;
            }
          }
        }
      }
    }
    return mass;
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
    await this.#head.dispose();
    await (await this.#tapped?.catch(() => undefined))?.session.dispose();
    this.#tapped = undefined;
  }

  /** One layer after the other: [rows, heads, length, length]. */
  async #probabilities(rows: Rows): Promise<Float32Array[]> {
    const { session, names } = await this.#openTapped();
    const feeds = this.#feeds(rows, 0, this.#emptyPast(rows.length));
    const { host } = await session.run(feeds, names);
    const length = longestOf(rows);
    return names.map((name, layer) => {
      const tensor = host[name];
      const dims = [rows.length, this.heads, length, length];
      if (tensor === undefined || tensor.dims.length !== 4 || tensor.dims.some((size, axis) => size !== dims[axis]))
        throw new ArtifactError({ code: 'shape-mismatch', format: 'onnx', file: this.#given.file.path, field: name, expected: `attention of layer ${layer} as [${dims.join(', ')}]`, actual: `[${tensor?.dims.join(', ') ?? ''}]` });
      return toFloats(tensor);
    });
  }

  /** The given graph with its attention probabilities as outputs; made when first asked for. */
  #openTapped(): Promise<{ readonly session: Session; readonly names: readonly string[] }> {
    if (this.#tapped === undefined) {
      const opening = this.#makeTapped();
      this.#tapped = opening;
      opening.catch(() => {
        if (this.#tapped === opening) this.#tapped = undefined;
      });
    }
    return this.#tapped;
  }

  async #makeTapped(): Promise<{ readonly session: Session; readonly names: readonly string[] }> {
    const { file, info, external } = this.#given;
    const names = findAttentionProbabilities(info);
    if (names.length !== this.layers)
      throw new ArtifactError({ code: 'unsupported-format', format: 'onnx', file: file.path, field: 'attention', expected: `a Softmax before a MatMul in each of ${this.layers} layers`, actual: describeAttention(info, names.length) });
    const bytes = withOutputs(await file.slice(0, file.size), names);
    return { session: await this.#runtime.createSession({ name: 'instrumented', bytes, external }), names };
  }

  /** All outputs held: logits [rows, length, vocabulary], and the cache under the names of its outputs. */
  #runGiven(rows: Rows, prefix: SharedPrefix, past: DecoderRequest['past'], keepCache: boolean): Promise<SessionOutputs> {
    const { cache } = this.#given;
    const outputs = ['logits', ...(keepCache ? (cache?.tensors ?? []).map(({ present }) => present) : [])];
    if (cache === undefined) {
      const whole = rows.map((row, index) => [...prefix.ids, ...(past?.tokens[index] ?? []), ...row]);
      return this.#session.run(this.#feeds(evened(whole), 0, {}), outputs, new Set(outputs));
    }
    const start = prefix.ids.length + (past?.tokens[0]?.length ?? 0);
    return this.#pastFeeds(cache, prefix, past?.block, rows.length).then((pastFeeds) => this.#session.run(this.#feeds(rows, start, pastFeeds), outputs, new Set(outputs)));
  }

  #feeds(rows: Rows, start: number, past: Readonly<Record<string, Feed>>): Record<string, Feed> {
    const { ids, mask, positions, cacheBranch } = this.#given;
    const length = longestOf(rows);
    if (rows.some((row) => row.length !== length)) throw new RangeError('rows of one run must have equal length');
    const total = start + length;
    const feeds: Record<string, Feed> = { ...past, input_ids: integers(ids, [rows.length, length], rows.flat()) };
    if (mask !== undefined) feeds['attention_mask'] = integers(mask, [rows.length, total], new Array<number>(rows.length * total).fill(1));
    if (positions !== undefined) feeds['position_ids'] = integers(positions, [rows.length, length], rows.flatMap((row) => row.map((_, column) => start + column)));
    if (cacheBranch) feeds['use_cache_branch'] = { type: 'bool', dims: [1], data: Uint8Array.of(start > 0 ? 1 : 0) };
    return feeds;
  }

  async #pastFeeds(cache: GivenCache, prefix: SharedPrefix, own: CacheBlock | undefined, rows: number): Promise<Record<string, Feed>> {
    if (own !== undefined && own.slots > 0) return named(cache, own.tensors);
    if (prefix.ids.length === 0) return this.#emptyPast(rows);
    if (rows === 1) return named(cache, prefix.block.tensors);
    const { tensors } = await readBlock(prefix.block);
    return named(cache, tensors.map((tensor) => repeatRow(onHost(tensor), rows)));
  }

  #emptyPast(rows: number): Record<string, Feed> {
    const { cache } = this.#given;
    if (cache === undefined) return {};
    const empty: HostTensor = { type: cache.type, dims: [rows, cache.kvHeads, 0, cache.headDim], data: cache.type === 'float32' ? new Float32Array() : new Uint16Array() };
    return named(cache, cache.tensors.map(() => empty));
  }
}

/** The rows' past as the graph returned it, prefix included; nothing where the graph keeps none. */
class OnnxRowCache implements RowCache {
  readonly #cache: GivenCache | undefined;
  #block: CacheBlock;

  constructor(cache: GivenCache | undefined, rows: number) {
    this.#cache = cache;
    this.#block = { tensors: [], rows, slots: 0, valid: new Uint8Array() };
  }

  get block(): CacheBlock {
    return this.#block;
  }

  absorb({ held }: SessionOutputs, firstRow: number, _sequence: number, lengths: readonly number[]): void {
    if (this.#cache === undefined) return;
    if (firstRow !== 0 || lengths.length !== this.#block.rows) throw new RangeError('this cache takes all rows at once');
    const slots = held[this.#cache.tensors[0]?.present ?? '']?.dims[2] ?? 0;
    const grown = presentBlock(this.#cache, held, this.#block.rows, slots);
    disposeBlock(this.#block);
    this.#block = grown;
  }

  advance(): void {
    // absorb() has all positions.
  }

  async keepRows(keep: readonly number[]): Promise<void> {
    const whole = await readBlock(this.#block);
    disposeBlock(this.#block);
    this.#block = { ...whole, rows: keep.length, tensors: whole.tensors.map((tensor) => takeRows(onHost(tensor), keep)) };
  }

  dispose(): void {
    disposeBlock(this.#block);
  }
}

function presentBlock({ tensors }: GivenCache, held: Readonly<Record<string, HeldTensor>>, rows: number, slots: number): CacheBlock {
  const kept = tensors.map(({ present }) => {
    const tensor = held[present];
    if (tensor === undefined) throw new TypeError(`the run did not hold ${present}`);
    return tensor;
  });
  return { tensors: kept, rows, slots, valid: new Uint8Array(rows * slots).fill(1) };
}

function named({ tensors }: GivenCache, values: readonly Feed[]): Record<string, Feed> {
  return Object.fromEntries(tensors.flatMap(({ past }, index) => (values[index] === undefined ? [] : [[past, values[index]]])));
}

/** A row that has ended stays behind the others until it is dropped: it is filled up, and nobody reads what follows it. */
function evened(rows: Rows): number[][] {
  const length = longestOf(rows);
  return rows.map((row) => [...row, ...new Array<number>(length - row.length).fill(row.at(-1) ?? 0)]);
}

/** Without a past, whole sequences are run: the new tokens stand at their end. */
function shiftToEnd({ rows, wanted }: DecoderRequest, length: number): number[] {
  const own = longestOf(rows);
  return wanted.map((position) => Math.floor(position / own) * length + (length - own) + (position % own));
}

function onHost(tensor: Feed): HostTensor {
  if ('data' in tensor) return tensor;
  throw new TypeError('expected a tensor on the host');
}

function repeatRow({ type, dims, data }: HostTensor, rows: number): HostTensor {
  return gather(type, dims, data, new Array<number>(rows).fill(0));
}

function takeRows({ type, dims, data }: HostTensor, keep: readonly number[]): HostTensor {
  return gather(type, dims, data, keep);
}

/** Rows of the first axis, by index. */
function gather(type: HostTensor['type'], dims: readonly number[], data: TensorData, rows: readonly number[]): HostTensor {
  const size = dims.slice(1).reduce((product, dim) => product * dim, 1);
  const shape = [rows.length, ...dims.slice(1)];
  if (data instanceof Float32Array) {
    const taken = new Float32Array(rows.length * size);
    for (const [to, row] of rows.entries()) taken.set(data.subarray(row * size, (row + 1) * size), to * size);
    return { type, dims: shape, data: taken };
  }
  if (!(data instanceof Uint16Array)) throw new TypeError(`a cache of ${type} is not read`);
  const taken = new Uint16Array(rows.length * size);
  for (const [to, row] of rows.entries()) taken.set(data.subarray(row * size, (row + 1) * size), to * size);
  return { type, dims: shape, data: taken };
}
