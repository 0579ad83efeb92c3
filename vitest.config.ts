// Unit tests, beside the code. The browser tests have their own configuration (e2e/vitest.config.ts).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'], environment: 'node', testTimeout: 20_000 },
});
