// Pages that only the tests use: the engine and its adapters in a worker, without the product's page around them.
// Built with the product's own configuration, so that bundling, runtime files and policy are the same.
import { join } from 'node:path';
import { defineConfig, mergeConfig } from 'vite';
import product from '../vite.config.ts';

export default defineConfig(
  mergeConfig(product, {
    root: join(import.meta.dirname, 'pages'),
    publicDir: false,
    build: { outDir: join(import.meta.dirname, '../test-results/pages'), emptyOutDir: true, rollupOptions: { input: join(import.meta.dirname, 'pages/index.html') } },
  }),
);
