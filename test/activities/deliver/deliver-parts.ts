import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import type { Transform } from '../../../activities/features/transform.js';
import { DENSE } from '../../../activities/train/build-model.js';
import { loadCompute } from '../../../activities/train/compute.js';
import { MODEL_FILES, writeNetwork } from '../../../activities/train/model-folder.js';
import type { TrainedModelValue, Verdict } from '../../../activities/values.js';
import type { StepContext } from '../../../dsl/context.js';
import type { Store } from '../../../store/index.js';
import { type TestContext, testContext } from '../../../testing/index.js';
import { startTestStore } from '../../support/store.js';

/** Contexts over one real registry and one real artifact folder; each is a node of a run of its own. */
export interface DeliverParts {
  readonly store: Store;
  context(changes?: Partial<Pick<StepContext, 'key'>>): Promise<TestContext>;
  /** A real network over one column, with its folder stored. `bias` makes models that differ. */
  model(options?: ModelOptions): Promise<TrainedModelValue>;
  stop(): Promise<void>;
}

export interface ModelOptions {
  readonly bias?: number;
  /** Changes the folder before it is stored. */
  readonly spoil?: (folder: string) => Promise<void>;
}

export async function startDeliverParts(): Promise<DeliverParts> {
  const parts = await startTestStore();
  const { artifacts, registry } = parts.store;
  const folder = await mkdtemp(join(tmpdir(), 'pawl-test-models-'));
  const contexts: TestContext[] = [];
  const context: DeliverParts['context'] = async (changes = {}) => {
    const made = await testContext({ artifacts, registry });
    contexts.push(made);
    return { ...made, key: `run-${contexts.length}/node/0`, ...changes };
  };
  return {
    store: parts.store,
    context,
    model: async ({ bias = 0, spoil = async () => {} } = {}) => {
      const own = await mkdtemp(join(folder, 'model-'));
      await writeModel(own, bias);
      await spoil(own);
      return { ...facts, contract: await artifacts.putJson(contract), folder: await artifacts.putFolder(own) };
    },
    stop: async () => {
      await Promise.all(contexts.map((made) => made.cleanup()));
      await rm(folder, { recursive: true, force: true });
      await parts.stop();
    },
  };
}

const contract = { columns: [{ name: 'distance' }] };
const facts = {
  kind: 'model',
  definition: 'one-weight',
  label: 'delay > 15',
  backend: 'test',
  epochs: 1,
  trainedOn: { rows: 10, partition: '2001-01' },
} as const;

const transform: Transform = {
  format: 1,
  label: { test: 'above', column: 'delay', value: 15 },
  rows: 10,
  features: [{ kind: 'standardise', column: 'distance', mean: 0, deviation: 1 }],
};

async function writeModel(folder: string, bias: number): Promise<void> {
  const { tf } = await loadCompute();
  const input = tf.input({ shape: [1], name: DENSE });
  const biasInitializer = tf.initializers.constant({ value: bias });
  const layer = tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: 'zeros', biasInitializer });
  const network = tf.model({ inputs: input, outputs: layer.apply(input) as SymbolicTensor });
  await mkdir(folder, { recursive: true });
  await writeNetwork(tf, network, folder);
  network.dispose();
  const json = { [MODEL_FILES.transform]: transform, [MODEL_FILES.contract]: contract, [MODEL_FILES.training]: {} };
  for (const [name, value] of Object.entries(json)) await writeFile(join(folder, name), JSON.stringify(value));
}

/** What a gate says of a model that passed. */
export function passedAgainst(champion: number | null): Verdict {
  const reasons = [{ rule: 'auc', passed: true, text: 'AUC is 0.68, at least 0.65' }];
  return { kind: 'verdict', passed: true, reasons, champion };
}
