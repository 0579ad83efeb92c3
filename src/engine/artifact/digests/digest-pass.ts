// SHA-256 of every file and of every tensor in it, and counts over its numbers, in one pass: the next chunk is read while the
// last one is worked on, and no byte is read twice. Files in the drop's order, tensors in the order of their bytes.
import type { ByteSource } from '../../core/byte-source.ts';
import { NEVER, type CancelSignal } from '../../core/cancel.ts';
import type { Hasher, HasherBeside, MakeHasher } from '../../core/hasher.ts';
import type { Bytes } from '../../core/units.ts';
import type { Inspection } from '../inspect/inspection.ts';
import { BuriedSearch } from '../inspect/buried.ts';
import { chunksOf } from '../read-chunks.ts';
import type { BuriedInNumbers, Digests, HiddenInBits, TensorDigest } from './digests.ts';
import { LOW_BIT_LIMITS, LowBits } from './low-bits.ts';
import { RowCounter, type TensorStatistics } from './statistics.ts';
import { tensorPlaces, type TensorPlace } from './tensor-places.ts';
import { unreadStretches, type UnreadStretch } from './unread.ts';

const DIGEST_LIMITS = {
  /** Tensors with a digest of their own (CWE-400); the largest mixtures of experts have some ten thousand. */
  maxTensors: 50_000,
} as const;

export interface DigestOptions {
  /** Bytes read so far, over all files. */
  readonly onProgress?: (done: Bytes, total: Bytes) => void;
  readonly signal?: CancelSignal;
  /** SHA-256 of bytes that are at hand, where the host does that faster, beside this thread (WebCrypto). */
  readonly digestWhole?: ((bytes: Uint8Array<ArrayBuffer>) => Promise<string>) | undefined;
  /** SHA-256 of a large file on another thread, where the host has one to spare. */
  readonly hashBeside?: (() => HasherBeside) | undefined;
}

/** Smaller files are hashed before another thread has begun. */
const BESIDE_FROM: Bytes = 32 * 2 ** 20;

/** Tensors up to this size are held for `digestWhole`, and as many of them at once as IN_FLIGHT. */
const MAX_HELD: Bytes = 32 * 2 ** 20;
const IN_FLIGHT = 3;

/** A stretch of a file and the tensors that stand exactly there (tied weights: more than one). */
interface Stretch {
  readonly begin: Bytes;
  readonly end: Bytes;
  readonly tensors: TensorPlace[];
}

interface Running {
  readonly stretch: Stretch;
  readonly sink: Hasher | Uint8Array<ArrayBuffer>;
  readonly counter: RowCounter | undefined;
  readonly lowBits: LowBits | undefined;
}

export async function digestPass(sources: readonly ByteSource[], inspection: Inspection, makeHasher: MakeHasher, { onProgress, signal = NEVER, digestWhole, hashBeside }: DigestOptions = {}): Promise<Digests> {
  const places = tensorPlaces(inspection);
  const { bySource, leftOut } = stretchesOf(places);
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  const files = new Map<string, string>();
  const tensors: Promise<TensorDigest[]>[] = [];
  const unread = unreadStretches(inspection);
  const buried: BuriedInNumbers[] = [];
  const budget = new LowBitsBudget();
  let done = 0;
  for (const source of sources) {
    const whole = hashBeside !== undefined && source.size >= BESIDE_FROM ? hashBeside() : hereOf(await makeHasher());
    const search = new UnreadSearch(unread.get(source) ?? []);
    const stretches = bySource.get(source) ?? [];
    let next = 0;
    let running: Running | undefined;
    try {
      for await (const { begin, bytes } of chunksOf(source, signal)) {
        search.update(bytes, begin);
        const end = begin + bytes.byteLength;
        for (;;) {
          if (running === undefined) {
            const stretch = stretches[next];
            if (stretch === undefined || stretch.begin >= end) break;
            next++;
            await tensors.at(-IN_FLIGHT);
            const sink = digestWhole !== undefined && stretch.end - stretch.begin <= MAX_HELD ? new Uint8Array(stretch.end - stretch.begin) : await makeHasher();
            const [tensor] = stretch.tensors;
            running = { stretch, sink, counter: RowCounter.for(tensor?.dtype ?? '', tensor?.shape ?? []), lowBits: budget.take(tensor?.dtype ?? '', stretch.end - stretch.begin) };
          }
          const piece = bytes.subarray(Math.max(0, running.stretch.begin - begin), Math.min(bytes.byteLength, running.stretch.end - begin));
          if (running.sink instanceof Uint8Array) running.sink.set(piece, Math.max(running.stretch.begin, begin) - running.stretch.begin);
          else running.sink.update(piece);
          running.counter?.update(piece);
          running.lowBits?.update(piece);
          if (running.stretch.end > end) break;
          budget.finish(running);
          const finished = finish(running, digestWhole);
          // Waited for at the end; a failure before that must not count as nobody's.
          finished.catch(() => undefined);
          tensors.push(finished);
          running = undefined;
        }
        done += bytes.byteLength;
        // Handed over last: nobody looks at these bytes again.
        await whole.update(bytes);
        onProgress?.(done, total);
      }
      files.set(source.path, await whole.digest());
    } finally {
      whole.dispose();
    }
    buried.push(...search.found);
  }
  return { files, tensors: (await Promise.all(tensors)).flat(), tensorsLeftOut: leftOut, buried, lowBits: { hits: budget.hits, looked: budget.looked, left: budget.left } };
}

/** Of which tensors the low bits are looked at: all, until the numbers that one drop may cost are spent. */
class LowBitsBudget {
  readonly hits: HiddenInBits[] = [];
  looked = 0;
  left = 0;
  #elements = 0;

  take(dtype: string, size: Bytes): LowBits | undefined {
    const lowBits = LowBits.for(dtype, size);
    if (lowBits === undefined) return undefined;
    if (this.#elements + lowBits.elements > LOW_BIT_LIMITS.most) {
      this.left++;
      return undefined;
    }
    this.#elements += lowBits.elements;
    this.looked++;
    return lowBits;
  }

  finish({ lowBits, stretch }: Running): void {
    const hit = lowBits?.finish();
    const [tensor] = stretch.tensors;
    if (hit !== undefined && tensor !== undefined && this.hits.length < MAX_HITS) this.hits.push({ ...hit, tensor: tensor.name, file: tensor.file });
  }
}

/** The first show what is hidden; a payload goes on through the tensors behind (CWE-770). */
const MAX_HITS = 64;

function hereOf(hasher: Hasher): HasherBeside {
  return { update: async (bytes) => hasher.update(bytes), digest: async () => hasher.digest(), dispose: () => undefined };
}

/** Stretches that begin inside the one before are left out: a header that lays tensors over each other would cost a hash for each. */
function stretchesOf(places: readonly TensorPlace[]): { bySource: Map<ByteSource, Stretch[]>; leftOut: number } {
  const bySource = new Map<ByteSource, Stretch[]>();
  let leftOut = 0;
  let count = 0;
  const ordered = [...places].sort((a, b) => a.begin - b.begin || b.end - a.end);
  for (const place of ordered) {
    const list = bySource.get(place.source) ?? [];
    bySource.set(place.source, list);
    const last = list.at(-1);
    if (last?.begin === place.begin && last.end === place.end) last.tensors.push(place);
    else if ((last === undefined || place.begin >= last.end) && count < DIGEST_LIMITS.maxTensors) {
      list.push({ begin: place.begin, end: place.end, tensors: [place] });
      count++;
    } else leftOut++;
  }
  return { bySource, leftOut };
}

async function finish({ stretch, sink, counter }: Running, digestWhole: DigestOptions['digestWhole']): Promise<TensorDigest[]> {
  const sha256 = sink instanceof Uint8Array ? ((await digestWhole?.(sink)) ?? '') : sink.digest();
  const statistics: TensorStatistics | undefined = counter?.finish();
  return stretch.tensors.map(({ name, dtype, shape, file }) => ({ name, dtype, shape, file, bytes: stretch.end - stretch.begin, sha256, ...(statistics === undefined ? {} : { statistics }) }));
}

/** Follows the pass through one file and searches the stretches that nobody reads; they do not overlap. */
class UnreadSearch {
  readonly found: BuriedInNumbers[] = [];
  #next = 0;
  #search = new BuriedSearch();

  constructor(private readonly stretches: readonly UnreadStretch[]) {}

  update(bytes: Uint8Array, offset: Bytes): void {
    const end = offset + bytes.byteLength;
    for (let stretch = this.stretches[this.#next]; stretch !== undefined && stretch.begin < end; stretch = this.stretches[this.#next]) {
      const from = Math.max(stretch.begin, offset);
      this.#search.update(bytes.subarray(from - offset, Math.min(stretch.end, end) - offset), from);
      if (stretch.end > end) return;
      const { file, root, shift, what } = stretch;
      this.found.push(...this.#search.found.map((entry) => ({ ...entry, offset: entry.offset - shift, file, root, inside: what })));
      this.#search = new BuriedSearch();
      this.#next++;
    }
  }
}
