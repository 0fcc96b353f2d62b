import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Worker threads need JavaScript files: the platform layer of the tests is the built one (npm test builds first).
    alias: { '#platform': fileURLToPath(new URL('./dist/platform/node.js', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.test.ts'], testTimeout: 60_000, pool: 'forks',
    reporters: ['default', './scripts/summary-reporter.mjs'],
  },
});
