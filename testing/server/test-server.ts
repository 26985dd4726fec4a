import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import { misuse } from '../../dsl/misuse.js';
import { isPipeline, type Pipeline, type PipelineParts } from '../../dsl/pipeline.js';
import type { ArtifactStore } from '../../plan/artifact.js';
import { MediaType } from '../../plan/artifact.js';
import type { Json } from '../../plan/json.js';
import type { ModelRegistry } from '../../plan/registry.js';
import type { Store } from '../../store/index.js';
import type { RunningWorker } from '../../worker/start-worker.js';
import { withWholeIds } from '../run/answers.js';
import type { WithParams } from '../run/options.js';
import type { RunEnding } from '../run/result.js';
import { readRun } from './read-run.js';
import { refuseWrong, sendAnswers } from './send-answers.js';
import type { ServerRunOptions, TestServerOptions } from './server-options.js';
import { type Servers, startServers } from './servers.js';
import { startRun } from './start-run.js';
import { TestCode, type TestedPipeline } from './test-code.js';

/** A run of the test server that is closed. */
export type ServerRun<Value = unknown> = RunEnding<Value> & {
  /** Temporal's workflow id. */
  readonly id: string;
};

/** A real Temporal server and Postgres, with a worker in this process. */
export interface TestServer {
  /**
   * Runs a pipeline to its end, as in production. Runs of one server are of one history: they find what earlier ones put
   * out and deployed, and take over outputs of steps that say `cache: 'reuse'`.
   */
  run<P extends z.ZodType, Value>(
    pipeline: Pipeline<P, Value>,
    ...options: WithParams<P, ServerRunOptions>
  ): Promise<ServerRun<Value>>;
  readonly registry: ModelRegistry;
  /** For `datasetOf`, `sampleOf` and `rowsOf`. */
  readonly artifacts: ArtifactStore;
  /** `host:port` of Temporal. */
  readonly address: string;
  /** Ends the servers and the worker, and removes their data. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a test server: what a run does on it is what it does in production, only that time is skipped. It takes some
 * seconds to start: share one among the tests of a file.
 *
 * @throws PawlError when a part is missing on this machine, with what to do about it.
 * @example
 * const server = await testServer();
 * const run = await server.run(retrain, { params: { month: '2001-01' }, stubs: [stub(train, model)] });
 * await server.stop();
 */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const servers = await startServers(options);
  try {
    return await openServer(servers, options.skipTime ?? true);
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

interface Opened {
  readonly client: Client;
  readonly store: Store;
  readonly code: TestCode;
  readonly skipTime: boolean;
}

async function openServer(servers: Servers, skipTime: boolean): Promise<TestServer> {
  const [{ connectClient }, { openStore }, { startWorker }] = await Promise.all([
    import('../../client/connect.js'),
    import('../../store/index.js'),
    import('../../worker/start-worker.js'),
  ]);
  const { environment } = servers;
  const { databaseUrl, artifacts, temporal } = environment;
  const code = new TestCode();
  const worker: RunningWorker = await startWorker({ environment, code, root: process.cwd(), logLevel: 'ERROR' });
  const { client, connection } = await connectClient(temporal);
  const store = await openStore({ databaseUrl, artifacts });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await worker.stop();
      await Promise.all([connection.close(), store.close()]);
      await servers.stop();
    })();
    return stopped;
  };
  const opened = { client, store, code, skipTime };
  return {
    run: (pipeline, ...[given]) => runOn(opened, pipeline, given ?? {}),
    registry: store.registry,
    artifacts: store.artifacts,
    address: temporal.address,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function runOn<P extends z.ZodType, Value>(
  { client, store, code, skipTime }: Opened,
  pipeline: Pipeline<P, Value>,
  { params = {}, ...options }: ServerRunOptions & { readonly params?: unknown },
): Promise<ServerRun<Value>> {
  if (!isPipeline(pipeline)) throw misuse('run was given no pipeline', 'Pass what `pipeline(…)` returned.');
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const tested = await code.add(pipeline as PipelineParts, options.stubs ?? [], gate);
  const answered = withWholeIds(options, tested.traced);
  await publish(tested, store);
  const id = `${tested.plan.pipeline}-${code.size}`;
  const handle = await startRun(client, {
    id,
    pipeline: tested.plan.pipeline,
    params: params as Json,
    reuse: options.reuse,
    skipTime,
  });
  // Before the run begins: once it has, all its time may be over at once.
  const answers = await sendAnswers(handle, answered).finally(open);
  const ending = await readRun<Value>(handle, tested.plan);
  refuseWrong(await Promise.allSettled(answers));
  return { ...ending, id };
}

async function publish({ plan, codeText }: TestedPipeline, store: Store): Promise<void> {
  await store.artifacts.putBytes(Buffer.from(codeText), MediaType.javascript);
  await store.plans.publish({ plan, annotations: { doc: '', nodes: {} } });
}
