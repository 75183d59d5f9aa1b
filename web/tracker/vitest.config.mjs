import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/unit/*.test.mjs'], environment: 'happy-dom', pool: 'threads', maxWorkers: 1, testTimeout: 60_000 } });
