import { defineConfig } from 'vitest/config';

// One browser, one page after the other: the machine may be small.
export default defineConfig({
  test: { include: ['test/browser/*.test.mjs'], pool: 'threads', maxWorkers: 1, fileParallelism: false, testTimeout: 30_000, hookTimeout: 60_000 },
});
