// The bench's page, built with the product's own configuration.
import { join } from 'node:path';
import { defineConfig, mergeConfig } from 'vite';
import product from '../../vite.config.ts';

export default defineConfig(
  mergeConfig(product, {
    root: join(import.meta.dirname, 'pages'),
    publicDir: false,
    build: { outDir: join(import.meta.dirname, '../../test-results/bench-pages'), emptyOutDir: true, rollupOptions: { input: join(import.meta.dirname, 'pages/index.html') } },
  }),
);
