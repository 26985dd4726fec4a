import { ingest } from 'pawl/ml';
import { expectNodes, sampleOf, stub, type TestRun, testRun } from 'pawl/testing';
import { expect, test } from 'vitest';
import { verdictSchema } from '../../activities/values.js';
import retrain from '../../examples/flight-delays/pipeline.js';
import { Flight } from '../../examples/flight-delays/schema.js';
import { flightsFile } from '../../examples/flight-delays/source.js';

test('a small sample of real flights is trained on, judged and deployed in a test run', async () => {
  const month = (partition: string) => sampleOf(Flight, flightsFile, { partition, rows: 2000 });
  const [january, february] = [await month('2001-01'), await month('2001-02')];
  const sample = stub(ingest, ({ partition }) => (partition === '2001-01' ? january : february));
  const options = { params: { month: '2001-01', epochs: 1 }, stubs: [sample] };
  const run = await testRun(retrain, options);
  expectNodes(run, { held: [], failed: [] });
  expect(outputOf(run, 'train')).toMatchObject({ kind: 'model', epochs: 1 });
  expect(outputOf(run, 'evaluate')).toMatchObject({ judgedOn: { partition: '2001-02' } });
  // So few flights teach little: whether it is good enough is not the question.
  const { passed } = verdictSchema.parse(outputOf(run, 'gate'));
  expect(run.outcome).toBe(passed ? 'succeeded' : 'rejected');
  expect((await run.registry.champion('flight-delays'))?.version).toBe(passed ? 1 : undefined);
  const again = await testRun(retrain, { ...options, previous: run });
  expect(outputOf(again, 'train')).toEqual(outputOf(run, 'train'));
});

const outputOf = (run: TestRun, id: string): unknown => run.nodes.find(({ node }) => node === id)?.output;
