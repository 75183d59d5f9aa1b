import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/unit/*.test.mjs'], pool: 'threads', maxWorkers: 1 } });
