// Bytes that arrive in pieces, for decoders that read ahead: appended at the end, dropped at the front.

export class Feed {
  bytes = new Uint8Array(0);
  at = 0;
  last = false;

  add(piece: Uint8Array, last: boolean): void {
    this.last ||= last;
    if (piece.byteLength === 0) return;
    const rest = this.bytes.subarray(this.at);
    const joined = new Uint8Array(rest.byteLength + piece.byteLength);
    joined.set(rest);
    joined.set(piece, rest.byteLength);
    this.bytes = joined;
    this.at = 0;
  }

  get left(): number {
    return this.bytes.byteLength - this.at;
  }

  /** True where `count` bytes can be read; throws where they never will be. */
  has(count: number): boolean {
    if (this.left >= count) return true;
    if (this.last) throw new Error('compressed data ends early');
    return false;
  }

  byte(offset = 0): number {
    return this.bytes[this.at + offset] ?? 0;
  }

  view(offset = 0): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at + offset);
  }
}
