import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// One instance, one browser, one journey after the other: the machine may be small and busy.
export default defineConfig({
  root: dirname(fileURLToPath(import.meta.url)),
  test: { include: ['test/browser/*.test.mjs'], pool: 'threads', maxWorkers: 1, fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 },
});
