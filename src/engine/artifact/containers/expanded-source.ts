// Compressed bytes as a ByteSource: expanded when asked for, forwards, with one window held. What comes out is bounded by
// the size that was claimed or measured, and by a budget for the container as a whole (CWE-409, CWE-400).
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { errorText } from '../../core/error-text.ts';
import type { Bytes } from '../../core/units.ts';

/** Its offset is counted from the first byte pushed. */
export type ContentFault = Omit<ArtifactErrorFields, 'format' | 'file'>;

/** Fed with compressed pieces in order; gives back what they expand to. Throws on malformed data. */
export interface Decoder {
  /** What is wrong with the pieces so far and takes nothing from what they expand to. */
  readonly fault?: ContentFault | undefined;
  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[];
}

export type MakeDecoder = () => Decoder;

/** What one piece should expand to; since it may expand a thousandfold, pieces begin small and grow where little comes out. */
const STEP: Bytes = 2 ** 18;
const SMALLEST_PIECE: Bytes = 512;
const LARGEST_PIECE: Bytes = 2 ** 16;
const WINDOW: Bytes = 2 ** 22;

/** Bytes that may be made out of one container, re-reading included. */
export class ExpansionBudget {
  #left: Bytes;

  constructor(
    private readonly limit: Bytes,
    private readonly format: string,
  ) {
    this.#left = limit;
  }

  spend(bytes: Bytes, file: string): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ArtifactError({ code: 'limit-exceeded', format: this.format, file, field: 'expanded size', expected: `at most ${this.limit} bytes`, actual: 'more' });
  }
}

export interface Compressed {
  readonly parent: ByteSource;
  readonly begin: Bytes;
  readonly end: Bytes;
  readonly make: MakeDecoder;
  readonly budget: ExpansionBudget;
}

export function expandedSource(path: string, compressed: Compressed, size: Bytes): ByteSource {
  let run = new Expansion(path, compressed);
  return {
    path,
    size,
    slice: async (begin, end) => {
      const [from, to] = [Math.min(size, Math.max(0, begin)), Math.min(size, Math.max(0, end))];
      if (to <= from) return new Uint8Array(0);
      if (from < run.windowBegin) run = new Expansion(path, compressed);
      return run.read(from, to);
    },
  };
}

/** How much comes out, up to `most` bytes; `cut` where there is more, `failure` where the data breaks off and why. */
export async function measure(path: string, compressed: Compressed, most: Bytes): Promise<{ readonly size: Bytes; readonly cut: boolean; readonly failure: ArtifactError | undefined }> {
  const run = new Expansion(path, compressed);
  let failure: ArtifactError | undefined;
  try {
    while (!run.ended && run.position <= most) await run.advance(run.position + 1);
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    failure = error;
  }
  failure ??= run.fault;
  return { size: Math.min(run.position, most), cut: run.position > most, failure };
}

class Expansion {
  /** Start of the held window, and end of what was expanded so far, both in expanded bytes. */
  windowBegin: Bytes = 0;
  position: Bytes = 0;
  ended = false;
  #held: Uint8Array[] = [];
  #at: Bytes;
  #piece: Bytes = SMALLEST_PIECE;
  readonly #decoder: Decoder;

  constructor(
    private readonly path: string,
    private readonly compressed: Compressed,
  ) {
    this.#at = compressed.begin;
    this.#decoder = compressed.make();
  }

  get fault(): ArtifactError | undefined {
    const { fault } = this.#decoder;
    return fault === undefined ? undefined : new ArtifactError({ ...fault, format: 'compressed', file: this.path, offset: this.compressed.begin + (fault.offset ?? 0) });
  }

  /** Expands until `target` is reached or the data ends; keeps the last WINDOW bytes and all from `keepFrom` on. */
  async advance(target: Bytes, keepFrom: Bytes = target): Promise<void> {
    const { parent, end, budget } = this.compressed;
    while (this.position < target && !this.ended) {
      const next = Math.min(end, this.#at + this.#piece);
      const piece = await parent.slice(this.#at, next);
      const final = next >= end || piece.byteLength === 0;
      let made: readonly Uint8Array[];
      try {
        made = this.#decoder.push(piece, final);
      } catch (error) {
        throw new ArtifactError({ code: 'malformed', format: 'compressed', file: this.path, offset: this.#at, expected: 'compressed data', actual: errorText(error) });
      }
      const out = made.reduce((sum, { byteLength }) => sum + byteLength, 0);
      this.#piece = Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, Math.floor((STEP * piece.byteLength) / Math.max(1, out))));
      this.#at = next;
      this.ended = final;
      for (const chunk of made) {
        budget.spend(chunk.byteLength, this.path);
        if (chunk.byteLength > 0) this.#held.push(chunk);
        this.position += chunk.byteLength;
      }
      this.#forget(Math.min(keepFrom, this.position - WINDOW));
    }
  }

  async read(begin: Bytes, end: Bytes): Promise<Uint8Array<ArrayBuffer>> {
    await this.advance(end, begin);
    const result = new Uint8Array(Math.max(0, Math.min(end, this.position) - begin));
    let at = this.windowBegin;
    for (const chunk of this.#held) {
      const from = Math.max(begin, at);
      const to = Math.min(begin + result.byteLength, at + chunk.byteLength);
      if (to > from) result.set(chunk.subarray(from - at, to - at), from - begin);
      at += chunk.byteLength;
    }
    return result;
  }

  #forget(before: Bytes): void {
    let drop = 0;
    for (const chunk of this.#held) {
      if (this.windowBegin + chunk.byteLength > before) break;
      this.windowBegin += chunk.byteLength;
      drop++;
    }
    if (drop > 0) this.#held.splice(0, drop);
  }
}
