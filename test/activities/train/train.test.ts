import '../../support/typescript-children.js';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fitFeatures } from '../../../activities/features/fit-features.js';
import { loadModel } from '../../../activities/train/load-model.js';
import { train } from '../../../activities/train/train.js';
import type { Dataset, FittedFeatures } from '../../../activities/values.js';
import type { Ref } from '../../../dsl/ref.js';
import { type TestContext, testContext } from '../../../testing/test-context.js';
import { fitTrips, makeTrips, placeInTrips } from './trip-data.js';
import { brokenNet, type Trip, tripNet, wideNet } from './trips.js';

for (const net of [tripNet, brokenNet, wideNet]) placeInTrips(net);

/** Children of a process that train. */
function childPids(parent = process.pid): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('child-main')).map((line) => Number.parseInt(line, 10));
}

let ctx: TestContext;
let data: Dataset<Trip>;
beforeEach(async () => {
  ctx = await testContext({ seed: 7 });
  data = await makeTrips(ctx, 4000);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await ctx.cleanup();
});

/** The same store and data for another node or attempt. */
function another(options: Parameters<typeof testContext>[0] = {}): Promise<TestContext> {
  return testContext({ seed: 7, artifacts: ctx.artifacts, ...options });
}

async function input(epochs: number) {
  return {
    model: tripNet,
    features: await fitTrips(tripNet, data, ctx),
    data,
    epochs,
    batchSize: 64,
    learningRate: 0.01,
  };
}

describe.each(['native', 'wasm'])('train on %s', (backend) => {
  beforeEach(() => {
    vi.stubEnv('PAWL_TENSORFLOW', backend === 'wasm' ? 'wasm' : '');
  });

  test('learns, and writes a model that brings its own features', async () => {
    const trained = await train.run(await input(3), ctx);
    expect(trained).toMatchObject({ definition: 'trip-net', label: 'late > 15', epochs: 3 });
    expect(trained.backend).toMatch(backend === 'wasm' ? /^wasm / : /^tensorflow 2\.\d+\.\d+ [cg]pu$/);
    const folder = join(ctx.scratch, 'loaded');
    await ctx.artifacts.restoreFolder(trained.folder, folder);
    const model = await loadModel(folder);
    const row = { start: '2001-01-05T18:00:00', length: 950, from: 'a' };
    const [long, short, unknown] = await model.predict([row, { ...row, length: 120 }, { ...row, from: 'never' }]);
    expect(long! - short!).toBeGreaterThan(0.3);
    expect(unknown).toBeGreaterThan(0);
    await expect(model.predict([{ ...row, length: 'far' }])).rejects.toThrow('row 0, column "length"');
    expect(ctx.reported[0]!.message).toMatch(/^epoch \d\/3 · loss 0\.\d{4}$/);
    model.dispose();
  });

  test('killed in the middle of an epoch, it goes on to the same weights', async () => {
    // Small batches, so that most of the second epoch is still to come when its first report arrives.
    const settings = { ...(await input(3)), batchSize: 16 };
    const whole = await train.run(settings, ctx);
    const killed = await another();
    const kill = vi.spyOn(killed, 'progress').mockImplementation((progress) => {
      if (progress.epoch === 2) for (const pid of childPids()) process.kill(pid, 'SIGKILL');
    });
    await expect(train.run(settings, killed)).rejects.toThrow('the process of "train" ended with SIGKILL');
    expect(kill).toHaveBeenCalled();
    expect((await killed.checkpoints.latest())?.step).toBe(1);
    const resumed = await another({ checkpoints: killed.checkpoints });
    expect((await train.run(settings, resumed)).folder.digest).toBe(whole.folder.digest);
    expect(resumed.logged[0]?.message).toBe('going on after epoch 1');
    expect(resumed.reported.every((progress) => Number(progress.epoch) > 1)).toBe(true);
    await Promise.all([killed.cleanup(), resumed.cleanup()]);
  }, 120_000);
});

describe('train', () => {
  test('another seed gives other weights', async () => {
    const one = await train.run({ ...(await input(1)), seed: 1 }, ctx);
    const two = await another();
    expect((await train.run({ ...(await input(1)), seed: 2 }, two)).folder.digest).not.toBe(one.folder.digest);
    await two.cleanup();
  });

  test('a checkpoint that is gone or broken is a failure, not a new beginning', async () => {
    const broken = await another();
    await broken.checkpoints.save({ step: 1, artifact: await ctx.artifacts.putFolder(await brokenCheckpoint(broken)) });
    await expect(train.run(await input(2), broken)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
    const gone = await another();
    const digest = `sha256:${'0'.repeat(64)}` as const;
    await gone.checkpoints.save({ step: 1, artifact: { digest, bytes: 1, mediaType: 'application/json' } });
    await expect(train.run(await input(2), gone)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
    await Promise.all([broken.cleanup(), gone.cleanup()]);
  });

  test('an abort ends the child within two seconds', async () => {
    const abort = new AbortController();
    const cancelled = await another({ signal: abort.signal });
    let began = 0;
    vi.spyOn(cancelled, 'progress').mockImplementation(() => {
      began ||= performance.now();
      abort.abort(new Error('cancelled'));
    });
    await expect(train.run(await input(500), cancelled)).rejects.toThrow('cancelled');
    expect(performance.now() - began).toBeLessThan(2000);
    expect(childPids()).toEqual([]);
    await cancelled.cleanup();
  });

  test('the child ends when its parent is killed', async () => {
    const program = fileURLToPath(new URL('./endless-training.ts', import.meta.url));
    const env = { ...process.env, TMPDIR: ctx.scratch };
    const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'], env });
    try {
      await once(parent.stdout, 'data');
      const [child] = childPids(parent.pid);
      expect(child).toBeGreaterThan(0);
      parent.kill('SIGKILL');
      await vi.waitFor(() => expect(() => process.kill(child!, 0)).toThrow('ESRCH'), 5000);
    } finally {
      parent.kill('SIGKILL');
    }
  }, 60_000);

  test('a loss that is not a number names its epoch and batch, and is not tried again', async () => {
    const features = await fitTrips(brokenNet, data, ctx);
    const run = train.run({ model: brokenNet, features, data, epochs: 2 }, ctx);
    await expect(run).rejects.toMatchObject({ type: 'InvalidModel', retryable: false });
    await expect(run).rejects.toThrow(/^the loss is not a number in epoch 1, batch \d+$/);
  });

  test('a network of the wrong shape is refused', async () => {
    const features = await fitTrips(wideNet, data, ctx);
    await expect(train.run({ model: wideNet, features, data, epochs: 1 }, ctx)).rejects.toThrow(
      'model "wide-net" gives [batch, 2], not [batch, 1]',
    );
  });

  test('data and features must be of the rows of the model', () => {
    const typed = (
      features: Ref<FittedFeatures<Trip>>,
      own: Ref<Dataset<Trip>>,
      other: Ref<Dataset<{ x: number }>>,
      otherFeatures: Ref<FittedFeatures<{ x: number }>>,
    ) => [
      () => train({ model: tripNet, features, data: own, epochs: 1 }),
      () => fitFeatures({ of: tripNet, data: own }),
      // @ts-expect-error rows of another contract
      () => train({ model: tripNet, features, data: other, epochs: 1 }),
      // @ts-expect-error features of other rows
      () => train({ model: tripNet, features: otherFeatures, data: own, epochs: 1 }),
      // @ts-expect-error rows of another contract
      () => fitFeatures({ of: tripNet, data: other }),
    ];
    expect(typed).toBeTypeOf('function');
  });

  test('features of another model are refused', async () => {
    const features = await fitTrips(wideNet, data, ctx);
    await expect(train.run({ ...(await input(1)), features }, ctx)).rejects.toThrow('fitted for model "wide-net"');
  });
});

async function brokenCheckpoint(owner: TestContext): Promise<string> {
  const folder = join(owner.scratch, 'broken');
  await mkdir(folder);
  await writeFile(join(folder, 'checkpoint.json'), '{');
  return folder;
}
