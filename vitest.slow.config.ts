import { defineConfig } from 'vitest/config';

/** Kills, restarts and trainings: one file at a time, since they measure time and share two cores. */
export default defineConfig({
  test: {
    include: ['test/**/*.slow.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
