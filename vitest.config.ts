import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/*.slow.test.ts', '**/node_modules/**'],
    // Many times what they take: a machine that others keep busy is no reason to fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Whole runs mostly wait: two files at a time take two thirds of the time on two cores.
    maxWorkers: 2,
  },
});
