import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 180_000,
  hookTimeout: 120_000,
  // They mostly wait, for servers to start and for what was killed to be missed.
  maxWorkers: 2,
};

/** These measure time, or want the ports back that they had: one at a time, with nothing beside them. */
const LONE_FILES = [
  'test/runs/big-maps.slow.test.ts',
  'test/runs/dev.slow.test.ts',
  'test/worker/embedded/lifecycle.slow.test.ts',
];

/** The whole runs of the fast suite that are run once more on a real Temporal cluster. */
const CLUSTER_FILES = [
  'runs',
  'control-nodes',
  'people',
  'hold',
  'outcomes',
  'cancel',
  'big-maps',
  'schedules',
  'reuse',
];

/** Kills, restarts and trainings; and whole runs on a cluster. */
export default defineConfig({
  test: {
    ...shared,
    projects: [
      { test: { ...shared, name: 'alone', include: LONE_FILES, fileParallelism: false } },
      {
        test: {
          ...shared,
          name: 'slow',
          include: ['test/**/*.slow.test.ts'],
          exclude: LONE_FILES,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: CLUSTER_FILES.map((name) => `test/runs/${name}.test.ts`),
          sequence: { groupOrder: 2 },
          setupFiles: ['test/support/keep-logs.ts'],
          env: { PAWL_TEST_STACK: 'cluster' },
        },
      },
    ],
  },
});
