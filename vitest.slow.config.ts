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
          // `forecast` reads plans with commands that bring their own worker, as none does on a cluster.
          exclude: ['test/**/*.slow.test.ts', 'test/runs/forecast.test.ts'],
          // They mostly wait, and measure nothing: two at a time, after the others.
          fileParallelism: true,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          setupFiles: ['test/support/keep-logs.ts'],
          env: { PAWL_TEST_STACK: 'cluster' },
        },
      },
    ],
  },
});
