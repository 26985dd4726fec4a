import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { contractOf } from '../../activities/data/contract/index.js';
import type { Transform } from '../../activities/features/transform.js';
import { DENSE } from '../../activities/train/build-model.js';
import { loadCompute } from '../../activities/train/compute.js';
import { MODEL_FILES, writeNetwork } from '../../activities/train/model-folder.js';
import type { TrainedModelValue } from '../../activities/values.js';
import { type ModelServer, type StartServerOptions, startServer } from '../../serving/index.js';
import type { Store } from '../../store/index.js';
import { startTestStore, type TestStore } from '../support/store.js';

export const Trip = z.object({
  origin: z.string().regex(/^[A-Z]{3}$/),
  distance: z.int().min(0).max(6000).nullable(),
  carrier: z.string().default('unknown'),
  delay: z.int().default(0),
});

export const contract = contractOf(Trip);

/** A row that keeps the contract. */
export const row = { origin: 'ATL', distance: 600, carrier: 'DL' };

export interface SampleModelOptions {
  /** Its logit: the score of every row is `1 / (1 + exp(-bias))`. Default: 0. */
  readonly bias?: number;
  /** Changes the folder before it is stored. */
  readonly spoil?: (folder: string) => Promise<void>;
}

/** A store, models to deploy, and servers over them; all in folders of their own. */
export interface ServingParts extends TestStore {
  /** Stores and deploys a real network, and gives its version. */
  deploy(name: string, options?: SampleModelOptions): Promise<number>;
  /** Makes a registered version champion again. */
  promote(name: string, version: number): Promise<void>;
  /** Starts a server. */
  serve(options?: Partial<StartServerOptions>): Promise<ModelServer>;
  /** Closes the servers that were started. */
  closeServers(): Promise<void>;
  readonly folder: string;
}

export async function startServingParts(): Promise<ServingParts> {
  const parts = await startTestStore();
  const folder = await mkdtemp(join(tmpdir(), 'pawl-test-serving-'));
  const servers: ModelServer[] = [];
  const closeServers = async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  };
  return {
    ...parts,
    folder,
    deploy: async (name, options) => deploy(parts.store, name, await storeModel(parts.store, folder, options)),
    promote: (name, version) => promote(parts.store, name, version),
    serve: async (options) => {
      const server = await startServer({ store: parts.store, cacheFolder: join(folder, 'cache'), ...options });
      servers.push(server);
      return server;
    },
    closeServers,
    stop: async () => {
      await closeServers();
      await rm(folder, { recursive: true, force: true });
      await parts.stop();
    },
  };
}

async function deploy(store: Store, name: string, model: TrainedModelValue): Promise<number> {
  const key = `run-1/deploy/${crypto.randomUUID()}`;
  const { version } = await store.registry.register({ name, model, report: null, key, run: 'run-1' });
  await promote(store, name, version);
  return version;
}

async function promote({ registry }: Store, name: string, version: number): Promise<void> {
  const expected = (await registry.champion(name))?.version ?? null;
  await registry.promote({ name, version, expected, key: crypto.randomUUID(), run: 'run-1' });
}

const transform: Transform = {
  format: 1,
  label: { test: 'above', column: 'delay', value: 15 },
  rows: 10,
  features: [
    { kind: 'standardise', column: 'distance', mean: 700, deviation: 500 },
    { kind: 'vocabulary', columns: ['origin'], name: 'origin', as: 'one-hot', entries: [['ATL'], ['ORD']] },
  ],
};
const WIDTH = 4;

async function storeModel(
  { artifacts }: Store,
  parent: string,
  { bias = 0, spoil = async () => {} }: SampleModelOptions = {},
): Promise<TrainedModelValue> {
  const folder = await mkdtemp(join(parent, 'model-'));
  await writeModel(folder, bias);
  await spoil(folder);
  return {
    kind: 'model',
    definition: 'one-bias',
    folder: await artifacts.putFolder(folder),
    contract: await artifacts.putJson(JSON.parse(JSON.stringify(contract))),
    label: 'delay > 15',
    backend: 'test',
    epochs: 1,
    trainedOn: { rows: 10, partition: '2001-01' },
  };
}

async function writeModel(folder: string, bias: number): Promise<void> {
  const { tf } = await loadCompute();
  const input = tf.input({ shape: [WIDTH], name: DENSE });
  const biasInitializer = tf.initializers.constant({ value: bias });
  const layer = tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: 'zeros', biasInitializer });
  const network = tf.model({ inputs: input, outputs: layer.apply(input) as SymbolicTensor });
  await writeNetwork(tf, network, folder);
  network.dispose();
  const files = { [MODEL_FILES.transform]: transform, [MODEL_FILES.contract]: contract, [MODEL_FILES.training]: {} };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers of many forms; each says what it expects.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any form
  readonly json: any;
}

export async function get(url: string): Promise<Answer> {
  return read(await fetch(url));
}

/** Posts a value as JSON, or a text as it is. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return read(await fetch(url, { method: 'POST', body: text, headers }));
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, json: await response.json() };
}

/** The score of a model with this bias. */
export function scoreOf(bias: number): number {
  return 1 / (1 + Math.exp(-bias));
}
