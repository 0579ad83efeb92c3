// A hash that is fed piece by piece. Hosts have fast ones of their own (node:crypto, WebAssembly); adapters/ bring them in.
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. The hasher is spent then. */
  digest(): string;
}

/** Makes a SHA-256 hasher; asynchronous, since WebAssembly must be compiled first. */
export type MakeHasher = () => Promise<Hasher>;
