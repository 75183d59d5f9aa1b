import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  root: here,
  resolve: { alias: { '@': join(here, 'src') } },
  test: { include: ['test/unit/*.test.ts'], environment: 'happy-dom', pool: 'threads', maxWorkers: 1, testTimeout: 60_000 },
});
