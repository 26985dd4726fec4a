/** What the pipeline does with a good model and with a worse one, in seconds: nothing is trained, nothing is deployed. */
import { deploy, type EvaluationReport, evaluate, ingest, train } from 'pawl/ml';
import { datasetOf, expectNodes, expectValue, stub, testRun } from 'pawl/testing';
import { expect, test } from 'vitest';
import retrain from './pipeline.js';
import { Flight } from './schema.js';

const params = { month: '2001-01' };
const flight = { date: '2001-01-31T07:00:00', delay: 12, distance: 733, origin: 'ORD', destination: 'LGA' };
const late = { ...flight, delay: 40 };
const flights = stub(ingest, await datasetOf(Flight, [flight, late]));

/** A model without weights. */
const training = stub(train, async ({ model, data, epochs }, { artifacts }) => ({
  kind: 'model',
  definition: model.name,
  folder: await artifacts.putJson({ trainedOn: data.partition }),
  contract: data.contract,
  label: 'delay > 15',
  backend: 'none',
  epochs,
  trainedOn: { rows: data.rows, partition: data.partition },
}));

const deployment = stub(deploy, ({ as, verdict }) => ({
  kind: 'deployment',
  name: as,
  version: (verdict.champion ?? 0) + 1,
  replaced: verdict.champion,
}));

const exactly = (value: number) => ({ value, low: value, high: value });
const others = { logLoss: exactly(0.5), accuracy: exactly(0.8), brier: exactly(0.2), calibrationError: exactly(0) };

/** A judgement by AUC alone. */
function judged(auc: number, change: number | null = null): EvaluationReport {
  const model = { rows: 2, positives: 1, auc: exactly(auc), ...others, averagePrecision: null };
  return {
    kind: 'report',
    judgedOn: { rows: 2, partition: '2001-02' },
    model,
    champion: change === null ? null : { name: 'flight-delays', version: 3, metrics: model },
    change: change === null ? null : { auc: exactly(change), ...others },
    slices: [],
  };
}

const before = ['ingest', 'validate', 'next-month', 'ingest-judge', 'validate-judge', 'fit-features', 'train'];

test('the first model that is good enough is deployed', async () => {
  const run = await testRun(retrain, { params, stubs: [flights, training, stub(evaluate, judged(0.7)), deployment] });
  expectNodes(run, {
    ran: [...before, 'champion', 'evaluate', 'gate', 'when.then/deploy'],
    skipped: ['when.else/reject'],
  });
  expect(expectValue(run).deployment).toEqual({
    kind: 'deployment',
    name: 'flight-delays',
    version: 1,
    replaced: null,
  });
});

test('a model that is worse than the champion is rejected with the reasons', async () => {
  const worse = stub(evaluate, judged(0.7, -0.01));
  const run = await testRun(retrain, { params, stubs: [flights, training, worse, deployment] });
  expect(run).toMatchObject({ outcome: 'rejected', value: { passed: false } });
  expectNodes(run, { skipped: ['when.then/deploy'] });
});

test('it is judged on the month after, and trained on what is valid alone', async () => {
  const asked: unknown[] = [];
  const data = await datasetOf(Flight, [flight, late, { ...flight, distance: 3 }], { checked: false });
  const reading = stub(ingest, ({ partition }) => {
    asked.push(partition);
    return { ...data, partition: partition ?? null };
  });
  const run = await testRun(retrain, { params, stubs: [reading, training, stub(evaluate, judged(0.7)), deployment] });
  // A third of the rows is more than `validate` bears.
  expect(run).toMatchObject({
    outcome: 'held',
    faults: [{ node: 'validate', type: 'InvalidData' }, { node: 'validate-judge' }],
  });
  expect(asked).toEqual(['2001-01', '2001-02']);
});
