import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 180_000,
  hookTimeout: 120_000,
  // One file at a time, since they measure time and share two cores.
  fileParallelism: false,
};

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
      { test: { ...shared, name: 'slow', include: ['test/**/*.slow.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: CLUSTER_FILES.map((name) => `test/runs/${name}.test.ts`),
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
