import '../../support/typescript-children.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../../activities/evaluate/evaluate.js';
import { train } from '../../../activities/train/train.js';
import type { Champion, Dataset, TrainedModel } from '../../../activities/values.js';
import type { Ref } from '../../../dsl/ref.js';
import { type TestContext, testContext } from '../../../testing/test-context.js';
import { fitTrips, makeTrips, placeInTrips } from '../train/trip-data.js';
import { type Trip, tripNet } from '../train/trips.js';

placeInTrips(tripNet);
let ctx: TestContext;
let judgedOn: Dataset<Trip>;
let good: TrainedModel<Trip>;
let bad: TrainedModel<Trip>;

async function trainFor(epochs: number): Promise<TrainedModel<Trip>> {
  const own = await testContext({ artifacts: ctx.artifacts });
  const data = await makeTrips(own, 3000);
  const features = await fitTrips(tripNet, data, own);
  const model = await train.run({ model: tripNet, features, data, epochs, batchSize: 64, learningRate: 0.01 }, own);
  await own.cleanup();
  return model;
}

beforeAll(async () => {
  ctx = await testContext();
  judgedOn = await makeTrips(ctx, 2000, 1);
  [good, bad] = [await trainFor(4), await trainFor(1)];
});
afterAll(() => ctx.cleanup());

async function run(input: Parameters<typeof evaluate.run>[0]) {
  const own = await testContext({ artifacts: ctx.artifacts });
  try {
    return await evaluate.run(input, own);
  } finally {
    await own.cleanup();
  }
}

describe('evaluate', () => {
  test('judges model and champion on the same raw rows, and slices', async () => {
    const against: Champion = { kind: 'champion', name: 'trips', version: 2, model: bad };
    const report = await run({ model: good, data: judgedOn, against, slices: ['from'], slicesPerColumn: 3 });
    expect(report.judgedOn).toEqual({ rows: 1977, partition: '2001-01' });
    expect(report.model.auc!.value).toBeGreaterThan(0.7);
    expect(report.champion).toMatchObject({ name: 'trips', version: 2, metrics: { rows: 1977 } });
    expect(report.change!.auc!.value).toBeCloseTo(report.model.auc!.value - report.champion!.metrics.auc!.value, 9);
    expect(report.change!.logLoss.value).toBeLessThan(0);
    expect(report.slices.map((slice) => slice.slice).sort()).toEqual(['from=a', 'from=b', 'from=c']);
    for (const slice of report.slices) expect(slice.change).not.toBeNull();
  });

  test('there may be no champion', async () => {
    const report = await run({ model: good, data: judgedOn, against: null });
    expect(report).toMatchObject({ champion: null, change: null, slices: [] });
  });

  test('a column that is not there is named', async () => {
    await expect(run({ model: good, data: judgedOn, slices: ['gone'] })).rejects.toThrow(
      'the data has no column "gone"',
    );
  });
});

test('only rows of the type the model was trained on', () => {
  const typed = (model: Ref<TrainedModel<Trip>>, same: Ref<Dataset<Trip>>, other: Ref<Dataset<{ x: number }>>) => [
    () => evaluate({ model, data: same, slices: ['from'] }),
    // @ts-expect-error rows of another contract
    () => evaluate({ model, data: other }),
    // @ts-expect-error no such column
    () => evaluate({ model, data: same, slices: ['gone'] }),
  ];
  expect(typed).toBeTypeOf('function');
});
