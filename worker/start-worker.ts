import { setDefaultResultOrder } from 'node:dns';
import { rm } from 'node:fs/promises';
import { Client } from '@temporalio/client';
import { type LogLevel, type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { connectClient } from '../client/connect.js';
import { taskQueueOf } from '../plan/protocol.js';
import { openStore } from '../store/index.js';
import { createActivities } from './activities/create-activities.js';
import { projectRoot } from './code/check-packages.js';
import { CodeLoader, type CodeSource } from './code/load-code.js';
import {
  chunkItemsFromVariables,
  connectionsFromVariables,
  type Environment,
  reuseFromVariables,
} from './environment.js';
import { grantsFromVariables } from './grants/grants-from-variables.js';
import { LeaseKeeper } from './leases/lease-keeper.js';
import { findDevices } from './limits/devices.js';
import { LimitTable } from './limits/limit-table.js';
import { slotsOf, type WorkerQueue } from './limits/worker-queues.js';
import type { WorkerParts } from './parts.js';
import type { Chore } from './sweep/chore.js';
import { choresOf } from './sweep/chores.js';
import { ownScratch } from './sweep/clean-scratch.js';
import { startSweeper } from './sweep/sweeper.js';
import { connectWorker } from './temporal/connect-worker.js';
import { ensureSearchAttributes } from './temporal/ensure-search-attributes.js';
import { installRuntime } from './temporal/runtime.js';
import { workflowBundlePath } from './workflow-bundle.js';

export interface StartWorkerOptions {
  readonly environment: Environment;
  /**
   * Queues of steps it serves beside the default one, and how many attempts of each at a time (see {@link WorkerQueue}).
   * Default: `['gpu']`.
   */
  readonly queues?: readonly (string | WorkerQueue)[];
  /** GPUs it may give to attempts. Default: `PAWL_GPUS`, else those of `CUDA_VISIBLE_DEVICES`, else of `nvidia-smi`, else 1. */
  readonly gpus?: number;
  /** Most connections to Postgres at a time. Default: `PAWL_DB_CONNECTIONS`, else 10. */
  readonly dbConnections?: number;
  /** Project whose packages the pipelines use. Default: the nearest package.json above the working folder. */
  readonly root?: string;
  /** A map over more items runs them in workflows of their own. Default: `PAWL_CHUNK_ITEMS`, else 200. */
  readonly chunkItems?: number;
  /** Where code comes from. Default: the bundles that were published. */
  readonly code?: CodeSource;
  /** Default: `WARN`. */
  readonly logLevel?: LogLevel;
  /** Pause between two times of each chore, in milliseconds. Default: a minute. */
  readonly sweepMs?: number;
}

export interface RunningWorker {
  /** Settles when the worker has stopped; rejects when it failed. */
  readonly stopped: Promise<void>;
  /** Lets activities end for two seconds, then leaves them to the next worker. */
  stop(): Promise<void>;
}

/** Starts a worker: runs, steps of the default queue and of the queues named. Ready when it returns. */
export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  setDefaultResultOrder('ipv4first');
  installRuntime(options.logLevel ?? 'WARN');
  const { environment } = options;
  const reuse = reuseFromVariables();
  const grants = await grantsFromVariables();
  const root = options.root ?? (await projectRoot(process.cwd()));
  await prepareNamespace(environment);
  const connection = await connectWorker(environment.temporal);
  const { databaseUrl, artifacts, name } = environment;
  const maxConnections = options.dbConnections ?? connectionsFromVariables();
  const devices = await findDevices(options.gpus);
  const store = await openStore({ databaseUrl, artifacts, environment: name, maxConnections });
  const parts: WorkerParts = {
    store,
    leases: new LeaseKeeper(store.leases),
    limits: new LimitTable(store.limits),
    devices,
    taskQueue: environment.taskQueue,
    code: options.code ?? new CodeLoader({ artifacts: store.artifacts, root }),
    plans: new Map(),
    scratch: await ownScratch(environment.scratch),
    environment: name,
    reuse,
    chunkItems: options.chunkItems ?? chunkItemsFromVariables(),
    grants,
  };
  await parts.limits.read();
  const workers = await Promise.all(
    workerOptions(options, parts).map((each) => Worker.create({ ...each, connection })),
  );
  const stopped = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  // Commands that do not wait for the worker must not die of its end.
  stopped.catch(() => undefined);
  const sweeper = startSweeper(choresOfWorker(options, parts, connection), store.chores);
  return {
    stopped,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await sweeper.stop();
      await stopped.catch(() => undefined);
      parts.leases.stop();
      await rm(parts.scratch, { recursive: true, force: true }).catch(() => undefined);
      await Promise.all([connection.close(), store.close()]);
    },
  };
}

const SWEEP_MS = 60_000;

function choresOfWorker(
  { environment, sweepMs: everyMs = SWEEP_MS }: StartWorkerOptions,
  { store, scratch: ownScratch }: WorkerParts,
  connection: NativeConnection,
): readonly Chore[] {
  const client = new Client({ connection, namespace: environment.temporal.namespace });
  return choresOf({
    client,
    store,
    scratch: environment.scratch,
    ownScratch,
    everyMs,
    environment: environment.name,
  });
}

async function prepareNamespace({ temporal }: Environment): Promise<void> {
  const { connection } = await connectClient(temporal);
  await ensureSearchAttributes(connection, temporal.namespace).finally(() => connection.close());
}

function workerOptions({ environment, queues = ['gpu'] }: StartWorkerOptions, parts: WorkerParts): WorkerOptions[] {
  const activities = createActivities(parts);
  const shared = {
    namespace: environment.temporal.namespace,
    activities,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    // After a worker was killed, its runs wait this long before another worker takes them.
    stickyQueueScheduleToStartTimeout: '5s',
    shutdownGraceTime: '2s',
    shutdownForceTime: '10s',
  } satisfies Partial<WorkerOptions>;
  const slots = slotsOf(queues, parts.devices.count);
  const optionsOf = (queue: string): WorkerOptions => ({
    ...shared,
    taskQueue: taskQueueOf(environment.taskQueue, queue),
    maxConcurrentActivityTaskExecutions: slots.get(queue)!,
  });
  const runs: WorkerOptions = { ...optionsOf('default'), workflowBundle: { codePath: workflowBundlePath } };
  const own = [...slots.keys()].filter((queue) => queue !== 'default');
  return [runs, ...own.map(optionsOf)];
}
