import type { Deployment, Store } from '../store/index.js';
import { type Following, followDeployments } from './follow-deployments.js';
import { listen } from './listen.js';
import { loadVersion } from './load-version.js';
import { ModelSet } from './model-set.js';
import { PredictionBuffer, type PredictionBufferOptions } from './prediction-buffer.js';
import { createRoutes } from './routes.js';

/** The part of the store that a model server works with. */
export type ServingStore = Pick<Store, 'deployments' | 'predictions' | 'artifacts'>;

export interface StartServerOptions {
  /** Stays open when the server closes. */
  readonly store: ServingStore;
  /** Folder for the files of models while they are read; created when absent. */
  readonly cacheFolder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** How often to ask for deployments when no notification comes, in milliseconds. Default: 3000. */
  readonly pollMs?: number;
  /** Rows kept while the database is away. Default: 100,000. */
  readonly mostWaiting?: PredictionBufferOptions['mostWaiting'];
  /** Gets one line for each change that an operator wants to know of. Default: none. */
  readonly log?: (line: string) => void;
}

/** A running model server. */
export interface ModelServer {
  /** For example `http://127.0.0.1:8501`. */
  readonly url: string;
  /** Answers what is under way, writes the predictions that wait, and gives the models' memory back. */
  close(): Promise<void>;
}

/**
 * Serves every deployed model over HTTP, in TensorFlow Serving's REST form, and follows the deployments. When it
 * returns, the deployed models are loaded; with a database that does not answer it returns at once, says 503, and goes
 * on trying.
 *
 * @example
 * const server = await startServer({ store, cacheFolder: '.pawl/scratch/serving', port: 8501 });
 * await fetch(`${server.url}/v1/models/flight-delays:predict`, { method: 'POST', body: '{"instances":[…]}' });
 * @throws PawlError when the port cannot be used.
 */
export async function startServer(options: StartServerOptions): Promise<ModelServer> {
  const { store, cacheFolder, port = 0, host = '127.0.0.1', pollMs, log = () => {} } = options;
  const load = (deployment: Deployment) => loadVersion(deployment, { artifacts: store.artifacts, cacheFolder });
  const models = new ModelSet({ load, log });
  const predictions = new PredictionBuffer({
    log: (batch) => store.predictions.log(batch),
    mostWaiting: options.mostWaiting,
    onRefused: ({ id }, error) => log(`prediction ${id} cannot be logged: ${String(error)}`),
  });
  let following: Following | undefined;
  const storeTrouble = () => following?.trouble() ?? null;
  const listener = await listen(createRoutes({ models, predictions, storeTrouble }), port, host);
  following = followDeployments(store.deployments, models, { pollMs, log });
  await following.answered;
  await models.settled();
  const close = once(async () => {
    await Promise.all([following?.close(), listener.close()]);
    const lost = await predictions.close();
    if (lost > 0) log(`${lost} predictions could not be logged: the database does not answer`);
    await models.close();
  });
  return { url: listener.url, close };
}

/** Closing twice is closing once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
