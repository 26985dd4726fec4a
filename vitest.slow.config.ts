import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 180_000,
  hookTimeout: 120_000,
  // One file at a time, since they measure time and share two cores.
  fileParallelism: false,
};

/** Kills, restarts and trainings; and the whole runs of the fast suite once more, on a real Temporal cluster. */
export default defineConfig({
  test: {
    ...shared,
    projects: [
      { test: { ...shared, name: 'slow', include: ['test/**/*.slow.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: ['test/runs/*.test.ts'],
          exclude: ['test/**/*.slow.test.ts'],
          setupFiles: ['test/support/keep-logs.ts'],
          env: { PAWL_TEST_STACK: 'cluster' },
        },
      },
    ],
  },
});
