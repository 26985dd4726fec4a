/** Everything that runs for the demo. All of it ends with this process, however that ends. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  acquireStack,
  connectClient,
  environmentOf,
  findStack,
  openStore,
  removeState,
  startWorker,
} from 'pawl/worker';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The demo has a state of its own and empties it first. Verdicts depend on the champion: with the one of an earlier
 * demo still there, January's model would be judged against May's. Your own runs in `.pawl` are not touched.
 */
export const state = join(root, '.pawl', 'demo');

/** A stack stays up for a moment after its last user, also when that one was killed. */
const FORMER_DEMO_ENDS_WITHIN_MS = 10_000;

export class Stage {
  #closers = [];

  /** Starts Temporal and Postgres. */
  async startStack(log) {
    await waitForFormerDemo(log);
    await removeState({ state });
    this.stack = await this.#open(acquireStack({ state, log }), (stack) => stack.release());
    this.environment = environmentOf(this.stack);
    const { databaseUrl, artifacts, temporal } = this.environment;
    this.store = await this.#open(openStore({ databaseUrl, artifacts }), (store) => store.close());
    // Not closed: a call under way would throw out of a timer of its own. It ends with the process.
    this.client = (await connectClient(temporal)).client;
  }

  /** Starts the worker, which runs the steps, and the HTTP server, which answers with the deployed model. */
  async startWorkers() {
    const worker = startWorker({ environment: this.environment, root, logLevel: 'ERROR' });
    this.worker = await this.#open(worker, (started) => started.stop());
    this.server = await this.#open(startServer(this.environment), (started) => started.close());
  }

  /** Rejects when something of it ends by itself; never resolves. */
  async failed() {
    const lost = new Promise((_, reject) => this.stack.onLost(reject));
    const worker = this.worker.stopped.then(() => Promise.reject(new Error('the worker has stopped')));
    await Promise.race([lost, worker, this.server.failed]);
  }

  /** Where the Temporal UI shows a run, or all of them. */
  uiOf(workflowId) {
    const runs = `${this.environment.uiUrl}/namespaces/${this.environment.temporal.namespace}/workflows`;
    return workflowId ? `${runs}/${encodeURIComponent(workflowId)}` : runs;
  }

  /** Ends everything, the last started first. */
  async close() {
    for (const close of this.#closers.splice(0).reverse()) await close().catch(() => {});
  }

  async #open(opening, close) {
    const opened = await opening;
    this.#closers.push(async () => close(opened));
    return opened;
  }
}

async function startServer({ databaseUrl, artifacts, scratch }) {
  const child = fork(fileURLToPath(new URL('./serve.mjs', import.meta.url)), { stdio: ['ignore', 2, 'pipe', 'ipc'] });
  let said = '';
  // TensorFlow greets on this stream; what it says is of interest only when the server ends.
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-2000);
  });
  const exited = once(child, 'exit');
  const failed = exited.then(() => Promise.reject(new Error(`the model server has ended\n${said}`)));
  failed.catch(() => {});
  child.send({ databaseUrl, artifacts, scratch });
  const [{ url }] = await Promise.race([once(child, 'message'), failed]);
  const close = () => {
    if (child.connected) child.disconnect();
    return exited;
  };
  return { url, failed, close };
}

async function waitForFormerDemo(log) {
  const giveUpAt = Date.now() + FORMER_DEMO_ENDS_WITHIN_MS;
  while (await isRunning()) {
    log('waiting for a former demo to end');
    if (Date.now() > giveUpAt) {
      const error = new Error('a demo is running in this folder already');
      throw Object.assign(error, { hint: 'End it with Ctrl-C; each demo begins with an empty state.' });
    }
    await pause(200);
  }
}

async function isRunning() {
  const found = await findStack({ state });
  return found?.status === 'ready' || found?.status === 'starting';
}
