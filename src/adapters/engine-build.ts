/** Filled in by the build: a digest of the engine's sources and of the libraries it was built with (vite.config.ts). */
declare const __ASSAY_ENGINE__: string;

export const ENGINE_BUILD: string = __ASSAY_ENGINE__;
