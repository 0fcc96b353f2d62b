import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Shader tests take longest: begun first, they do not keep one core busy after all others are done. */
class ShadersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = (file: TestSpecification): boolean => file.moduleId.includes('/test/gpu/');
    const sorted = await super.sort(files);
    return [...sorted.filter(slow), ...sorted.filter((file) => !slow(file))];
  }
}

export default defineConfig({
  resolve: {
    // Worker threads need JavaScript files: the platform layer of the tests is the built one (npm test builds first).
    alias: { '#platform': fileURLToPath(new URL('./dist/platform/node.js', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.test.ts'], testTimeout: 120_000, pool: 'forks', sequence: { sequencer: ShadersFirst },
    // Vitest would leave one core out, half of a small machine.
    maxWorkers: availableParallelism(),
    setupFiles: ['test/setup.ts'],
    reporters: ['default', './scripts/summary-reporter.mjs'],
  },
});
