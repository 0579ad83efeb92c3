// Chromium 156 collects a Blob's stream as garbage while a read of it is pending, when nothing but a suspended
// WebAssembly stack waits for that read: the read then never ends, and with it the making of the session. It strikes when the
// file is not in the page cache, and always when garbage is collected meanwhile. So streams are kept until the session stands.

export interface PinnedBlob {
  readonly blob: Blob;
  /** Lets the streams go. */
  release(): void;
}

/** The same bytes; streams of its slices stay reachable until release(). */
export function pinBlob(source: Blob): PinnedBlob {
  const streams = new Set<ReadableStream>();
  const blob = source.slice(0, source.size);
  const slice = (begin?: number, end?: number, type?: string): Blob => {
    const part = source.slice(begin, end, type);
    const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> => {
      const opened = Blob.prototype.stream.call(part);
      streams.add(opened);
      return opened;
    };
    return Object.defineProperty(part, 'stream', { value: stream });
  };
  return { blob: Object.defineProperty(blob, 'slice', { value: slice }), release: () => streams.clear() };
}
