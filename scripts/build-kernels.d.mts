/** The text of kernels-wasm.ts as the compiler makes it now. */
export function compileKernels(): Promise<string>;
