// What the command line can run a model on.
export const BACKENDS = ['cpu', 'cuda', 'wasm'] as const;
export type NodeBackend = (typeof BACKENDS)[number];
