// A hash that is fed piece by piece. Hosts have fast ones of their own (node:crypto, WebAssembly); adapters/ bring them in.
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. The hasher is spent then. */
  digest(): string;
}

/** Makes a SHA-256 hasher; asynchronous, since WebAssembly must be compiled first. */
export type MakeHasher = () => Promise<Hasher>;

/** A hash computed on another thread. Bytes are handed over: whoever gave them must not look at them again. */
export interface HasherBeside {
  /** Resolves when more may be given. */
  update(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  digest(): Promise<string>;
  /** Ends what was begun. */
  dispose(): void;
}
