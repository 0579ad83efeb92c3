// LZMA2 (as xz and 7z carry it): chunks of LZMA or plain bytes, each with its lengths in front. A chunk is decoded when all
// of it is there, so that at most 64 KB are waited for and 2 MB are made at a time.
import type { Feed } from './feed.ts';
import { LzmaDecoder, propertiesOf, type Output } from './lzma.ts';

export class Lzma2Decoder {
  #lzma: LzmaDecoder | undefined;
  #fresh = true;
  ended = false;

  constructor(private readonly out: Output) {}

  /** Decodes one chunk; false where more input is needed. */
  step(feed: Feed): boolean {
    if (!feed.has(1)) return false;
    const control = feed.byte();
    if (control === 0) {
      feed.at++;
      this.ended = true;
      return true;
    }
    return control < 0x80 ? this.#plain(feed, control) : this.#packed(feed, control);
  }

  #plain(feed: Feed, control: number): boolean {
    if (control > 2 || (this.#fresh && control !== 1)) throw new Error('LZMA2 chunk of an unknown kind');
    if (!feed.has(3)) return false;
    const size = feed.view().getUint16(1) + 1;
    if (!feed.has(3 + size)) return false;
    if (control === 1) this.#resetDictionary();
    for (let i = 0; i < size; i++) this.out.put(feed.byte(3 + i));
    feed.at += 3 + size;
    return true;
  }

  #packed(feed: Feed, control: number): boolean {
    if (!feed.has(6)) return false;
    const view = feed.view();
    const size = ((control & 0x1f) << 16) + view.getUint16(1) + 1;
    const packed = view.getUint16(3) + 1;
    const reset = (control >> 5) & 3;
    const header = reset >= 2 ? 6 : 5;
    if (!feed.has(header + packed)) return false;
    if (reset === 3) this.#resetDictionary();
    if (this.#fresh) throw new Error('LZMA2 data must begin with a new dictionary');
    if (reset >= 2) {
      const properties = propertiesOf(feed.byte(5));
      if (properties.lc + properties.lp > 4) throw new Error('LZMA2 properties out of range');
      if (this.#lzma === undefined) this.#lzma = new LzmaDecoder(this.out, properties);
      else this.#lzma.resetState(properties);
    } else if (reset === 1) this.#lzma?.resetState();
    if (this.#lzma === undefined) throw new Error('LZMA2 chunk without properties');
    const end = feed.at + header + packed;
    const input = feed.bytes.subarray(0, end);
    const until = this.out.total + size;
    const at = this.#lzma.begin(input, feed.at + header);
    this.#lzma.run(input, at, true, until, Number.MAX_SAFE_INTEGER);
    if (this.out.total !== until) throw new Error('LZMA2 chunk of another size than it says');
    feed.at = end;
    return true;
  }

  #resetDictionary(): void {
    this.out.position = 0;
    this.#fresh = false;
  }
}
