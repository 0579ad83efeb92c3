// LZMA (Igor Pavlov's LZMA specification, 2015) and LZMA2, decompression only. What goes in is buffered until a symbol can be
// read whole; what comes out is given back as it is made. The dictionary grows with the data up to a limit, whatever size
// the header claims (CWE-789). Malformed data throws.

const STATES = 12;
const POS_STATES_MAX = 16;
const LEN_SYMBOLS = 256;
const MATCH_MIN = 2;
const END_POS_MODEL = 14;
const FULL_DISTANCES = 128;
const ALIGN_BITS = 4;
const PROBABILITY = 1024;

/** More than any real preset uses (xz -9 and 7z's largest common one: 64 MB). */
const MAX_DICTIONARY = 2 ** 26;
/** No symbol takes more bytes than that (LZMA SDK: 20). */
const LONGEST_SYMBOL = 32;
const FIRST_BUFFER = 2 ** 16;

export interface LzmaProperties {
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
}

export function propertiesOf(byte: number): LzmaProperties {
  if (byte >= 225) throw new Error('LZMA properties out of range');
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

/** What was made so far, as far back as the dictionary reaches. */
export class Output {
  #bytes = new Uint8Array(FIRST_BUFFER);
  #given = 0;
  at = 0;
  /** Bytes made in all, and since the dictionary was reset. */
  total = 0;
  position = 0;
  readonly #dictionary: number;

  constructor(dictionary: number) {
    this.#dictionary = Math.min(MAX_DICTIONARY, Math.max(4096, dictionary));
  }

  put(byte: number): void {
    if (this.at === this.#bytes.length) this.#makeRoom();
    this.#bytes[this.at++] = byte;
    this.total++;
    this.position++;
  }

  back(distance: number): number {
    return this.#bytes[this.at - distance] ?? 0;
  }

  copy(distance: number, length: number): void {
    if (distance > this.position || distance > this.at) throw new Error('LZMA distance beyond the data');
    for (let i = 0; i < length; i++) this.put(this.back(distance));
  }

  /** What was made since the last call. */
  take(): Uint8Array {
    const made = this.#bytes.slice(this.#given, this.at);
    this.#given = this.at;
    return made;
  }

  get pending(): number {
    return this.at - this.#given;
  }

  #makeRoom(): void {
    const most = 2 * this.#dictionary + FIRST_BUFFER;
    // What was not given yet must stay as well; callers take it every megabyte.
    const keep = Math.min(this.at, Math.max(this.#dictionary, this.at - this.#given));
    if (this.#bytes.length < most || keep >= this.#bytes.length) {
      const larger = new Uint8Array(Math.max(Math.min(most, this.#bytes.length * 2), keep + FIRST_BUFFER, this.#bytes.length + FIRST_BUFFER));
      larger.set(this.#bytes);
      this.#bytes = larger;
      return;
    }
    this.#bytes.copyWithin(0, this.at - keep, this.at);
    this.#given -= this.at - keep;
    this.at = keep;
  }
}

class LengthModel {
  readonly choice = new Uint16Array(2).fill(PROBABILITY);
  readonly low = new Uint16Array(POS_STATES_MAX * 8).fill(PROBABILITY);
  readonly mid = new Uint16Array(POS_STATES_MAX * 8).fill(PROBABILITY);
  readonly high = new Uint16Array(LEN_SYMBOLS).fill(PROBABILITY);
}

export class LzmaDecoder {
  #range = 0xffffffff;
  #code = 0;
  #state = 0;
  #reps: [number, number, number, number] = [0, 0, 0, 0];
  #literals = new Uint16Array(0);
  #isMatch = new Uint16Array(0);
  #isRep = new Uint16Array(0);
  #isRepG0 = new Uint16Array(0);
  #isRepG1 = new Uint16Array(0);
  #isRepG2 = new Uint16Array(0);
  #isRep0Long = new Uint16Array(0);
  #posSlot: Uint16Array[] = [];
  #posSpecial = new Uint16Array(0);
  #align = new Uint16Array(0);
  #matchLength = new LengthModel();
  #repLength = new LengthModel();
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  ended = false;

  constructor(
    private readonly out: Output,
    private properties: LzmaProperties,
  ) {
    this.resetState();
  }

  resetState(properties: LzmaProperties = this.properties): void {
    this.properties = properties;
    const made = (size: number): Uint16Array<ArrayBuffer> => new Uint16Array(size).fill(PROBABILITY);
    this.#literals = made(0x300 << (properties.lc + properties.lp));
    this.#isMatch = made(STATES * POS_STATES_MAX);
    this.#isRep0Long = made(STATES * POS_STATES_MAX);
    [this.#isRep, this.#isRepG0, this.#isRepG1, this.#isRepG2] = [made(STATES), made(STATES), made(STATES), made(STATES)];
    this.#posSlot = Array.from({ length: 4 }, () => made(64));
    this.#posSpecial = made(FULL_DISTANCES);
    this.#align = made(1 << ALIGN_BITS);
    [this.#matchLength, this.#repLength] = [new LengthModel(), new LengthModel()];
    this.#state = 0;
    this.#reps = [0, 0, 0, 0];
  }

  /** Begins to read range-coded data; five bytes are needed. */
  begin(input: Uint8Array, at: number): number {
    if (input.length - at < 5) throw new Error('LZMA data ends early');
    if (input[at] !== 0) throw new Error('LZMA data must begin with 0');
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let i = 1; i < 5; i++) this.#code = ((this.#code << 8) | (input[at + i] ?? 0)) >>> 0;
    return at + 5;
  }

  /** Decodes until `until` bytes were made in all, the input runs low (unless it is the last of it) or `most` bytes wait. */
  run(input: Uint8Array, at: number, last: boolean, until: number, most: number): number {
    this.#input = input;
    this.#at = at;
    while (!this.ended && this.out.total < until && this.out.pending < most) {
      if (!last && input.length - this.#at < LONGEST_SYMBOL) break;
      if (this.#at > input.length + 8) throw new Error('LZMA data ends early');
      this.#symbol(until);
    }
    return this.#at;
  }

  get clean(): boolean {
    return this.#code === 0;
  }

  #bit(models: Uint16Array, index: number): number {
    const model = models[index] ?? PROBABILITY;
    const bound = (this.#range >>> 11) * model;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      models[index] = model + ((2048 - model) >>> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      models[index] = model - (model >>> 5);
      bit = 1;
    }
    this.#normalise();
    return bit;
  }

  #normalise(): void {
    if (this.#range < 0x1000000) {
      this.#range = (this.#range << 8) >>> 0;
      this.#code = ((this.#code << 8) | (this.#input[this.#at] ?? 0)) >>> 0;
      this.#at++;
    }
  }

  #direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      this.#normalise();
      value = value * 2 + bit;
    }
    return value;
  }

  #tree(models: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = symbol * 2 + this.#bit(models, base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(models: Uint16Array, base: number, bits: number): number {
    let [symbol, value] = [1, 0];
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(models, base + symbol);
      symbol = symbol * 2 + bit;
      value |= bit << i;
    }
    return value;
  }

  #symbol(until: number): void {
    const { out } = this;
    const posState = out.position & ((1 << this.properties.pb) - 1);
    const place = this.#state * POS_STATES_MAX + posState;
    if (this.#bit(this.#isMatch, place) === 0) {
      this.#literal();
      return;
    }
    let length: number;
    if (this.#bit(this.#isRep, this.#state) === 0) {
      [this.#reps[3], this.#reps[2], this.#reps[1]] = [this.#reps[2], this.#reps[1], this.#reps[0]];
      length = this.#length(this.#matchLength, posState);
      this.#state = this.#state < 7 ? 7 : 10;
      this.#reps[0] = this.#distance(length);
      if (this.#reps[0] === 0xffffffff) {
        this.ended = true;
        return;
      }
    } else {
      if (out.position === 0) throw new Error('LZMA repeats before the first byte');
      if (this.#bit(this.#isRepG0, this.#state) === 0) {
        if (this.#bit(this.#isRep0Long, place) === 0) {
          this.#state = this.#state < 7 ? 9 : 11;
          out.copy(this.#reps[0] + 1, 1);
          return;
        }
      } else this.#rotate();
      length = this.#length(this.#repLength, posState);
      this.#state = this.#state < 7 ? 8 : 11;
    }
    out.copy(this.#reps[0] + 1, Math.min(length + MATCH_MIN, until - out.total));
  }

  #rotate(): void {
    const reps = this.#reps;
    let distance = reps[1];
    if (this.#bit(this.#isRepG1, this.#state) === 1) {
      distance = reps[2];
      if (this.#bit(this.#isRepG2, this.#state) === 1) {
        distance = reps[3];
        reps[3] = reps[2];
      }
      reps[2] = reps[1];
    }
    reps[1] = reps[0];
    reps[0] = distance;
  }

  #literal(): void {
    const { out, properties } = this;
    const before = out.position > 0 ? out.back(1) : 0;
    const base = 0x300 * (((out.position & ((1 << properties.lp) - 1)) << properties.lc) + (before >> (8 - properties.lc)));
    let symbol = 1;
    if (this.#state >= 7) {
      let matched = out.back(this.#reps[0] + 1);
      while (symbol < 0x100) {
        const matchBit = (matched >> 7) & 1;
        matched = (matched << 1) & 0xff;
        const bit = this.#bit(this.#literals, base + ((1 + matchBit) << 8) + symbol);
        symbol = symbol * 2 + bit;
        if (matchBit !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = symbol * 2 + this.#bit(this.#literals, base + symbol);
    out.put(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  #length(model: LengthModel, posState: number): number {
    if (this.#bit(model.choice, 0) === 0) return this.#tree(model.low, posState * 8, 3);
    if (this.#bit(model.choice, 1) === 0) return 8 + this.#tree(model.mid, posState * 8, 3);
    return 16 + this.#tree(model.high, 0, 8);
  }

  #distance(length: number): number {
    const slots = this.#posSlot[Math.min(length, 3)];
    if (slots === undefined) return 0;
    const slot = this.#tree(slots, 0, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < END_POS_MODEL) return base + this.#reverseTree(this.#posSpecial, base - slot, bits);
    return base + this.#direct(bits - ALIGN_BITS) * (1 << ALIGN_BITS) + this.#reverseTree(this.#align, 0, ALIGN_BITS);
  }
}
