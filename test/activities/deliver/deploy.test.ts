import '../../support/typescript-children.js';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { champion, deploy, register } from '../../../activities/deliver/index.js';
import { FailureType } from '../../../plan/failure.js';
import { StepRejection } from '../../../testing/index.js';
import { type DeliverParts, passedAgainst, startDeliverParts } from './deliver-parts.js';

let parts: DeliverParts;
beforeAll(async () => {
  parts = await startDeliverParts();
});
afterAll(() => parts.stop());

test('the first model becomes champion, and the next one takes its place', async () => {
  const [first, second] = [await parts.model(), await parts.model({ bias: 1 })];
  expect(await champion.run('loop', await parts.context())).toBeNull();
  const input = { model: first, as: 'loop', verdict: passedAgainst(null) };
  expect(await deploy.run(input, await parts.context())).toEqual({
    kind: 'deployment',
    name: 'loop',
    version: 1,
    replaced: null,
  });
  const found = await champion.run('loop', await parts.context());
  expect(found).toEqual({ kind: 'champion', name: 'loop', version: 1, model: first });
  const next = { model: second, as: 'loop', verdict: passedAgainst(found!.version) };
  expect(await deploy.run(next, await parts.context())).toMatchObject({ version: 2, replaced: 1 });
  expect((await champion.run('loop', await parts.context()))?.model).toEqual(second);
  const served = await parts.store.deployments.current();
  expect(served.find(({ name }) => name === 'loop')).toMatchObject({ version: 2, model: second });
});

test('a second attempt of the same node gives the same answer, also after others have deployed', async () => {
  const model = await parts.model();
  const input = { model, as: 'again', verdict: passedAgainst(null) };
  const attempt = async () => deploy.run(input, await parts.context({ key: 'one-run/deploy/0' }));
  const first = await attempt();
  await deploy.run({ model, as: 'again', verdict: passedAgainst(1) }, await parts.context());
  expect(await attempt()).toEqual(first);
  expect(await parts.store.registry.versions('again')).toHaveLength(2);
  expect((await parts.store.registry.champion('again'))?.version).toBe(2);
});

test('a champion that moved after the judgement rejects the run, and stays', async () => {
  const model = await parts.model();
  await deploy.run({ model, as: 'moved', verdict: passedAgainst(null) }, await parts.context());
  const late = deploy.run({ model, as: 'moved', verdict: passedAgainst(null) }, await parts.context());
  await expect(late).rejects.toSatisfy((error) => error instanceof StepRejection);
  await expect(late).rejects.toMatchObject({
    reason: 'champion-moved',
    details: { name: 'moved', version: 2, judgedAgainst: null, champion: 1 },
  });
  expect((await parts.store.registry.champion('moved'))?.version).toBe(1);
});

test('of ten deployments judged against the same champion one succeeds', async () => {
  const model = await parts.model();
  const deployments = Array.from({ length: 10 }, async () =>
    deploy
      .run({ model, as: 'race', verdict: passedAgainst(null) }, await parts.context())
      .catch((error: StepRejection) => error.reason),
  );
  const ends = await Promise.all(deployments);
  expect(ends.filter((end) => end === 'champion-moved')).toHaveLength(9);
});

test('a verdict that did not pass is refused with its reasons, before anything is registered', async () => {
  const reasons = [
    { rule: 'auc', passed: false, text: 'AUC is 0.61, below 0.65' },
    { rule: 'rows', passed: true, text: 'enough rows' },
  ];
  const verdict = { ...passedAgainst(null), passed: false, reasons };
  const refused = deploy.run({ model: await parts.model(), as: 'refused', verdict }, await parts.context());
  await expect(refused).rejects.toMatchObject({
    type: FailureType.InvalidValue,
    retryable: false,
    message: expect.stringMatching(/0\.61(?!.*enough)/),
  });
  expect(await parts.store.registry.versions('refused')).toEqual([]);
});

test.each([
  ['a file is missing', 'weights.bin', undefined, /weights\.bin/],
  ['a file is not JSON', 'transform.json', '{', /cannot be loaded/],
  ['the weights are truncated', 'weights.bin', 'xx', /loaded|weight/],
  ['the network is none', 'model.json', '{}', /cannot be loaded/],
  ['a weight is not a number', 'weights.bin', Buffer.alloc(8, 0xff), /NaN|not a number/],
])('a model that cannot be served is not deployed: %s', async (_, file, content, message) => {
  const spoil = async (folder: string) => {
    await rm(join(folder, file));
    if (content !== undefined) await writeFile(join(folder, file), content);
  };
  const model = await parts.model({ spoil });
  const refused = deploy.run({ model, as: 'unservable', verdict: passedAgainst(null) }, await parts.context());
  await expect(refused).rejects.toMatchObject({
    type: FailureType.InvalidModel,
    retryable: false,
    message: expect.stringMatching(message),
  });
  expect(await parts.store.registry.versions('unservable')).toEqual([]);
});

test('registering keeps the evidence and leaves the champion as it is', async () => {
  const model = await parts.model();
  const context = await parts.context();
  const input = { model, as: 'kept', report: { kind: 'report', auc: 0.7 } };
  expect(await register.run(input, context)).toEqual({ kind: 'registered', name: 'kept', version: 1, model });
  expect(await register.run(input, context)).toMatchObject({ version: 1 });
  expect(await register.run({ model, as: 'kept' }, await parts.context())).toMatchObject({ version: 2 });
  const versions = await parts.store.registry.versions('kept');
  expect(versions.map(({ report }) => report)).toEqual([null, input.report]);
  expect(await champion.run('kept', await parts.context())).toBeNull();
});

test('a name that could not stand in an address is refused', async () => {
  const registered = register.run({ model: await parts.model(), as: 'a/b' }, await parts.context());
  await expect(registered).rejects.toThrow(/Invalid string/);
});

test('a champion that is no trained model cannot be judged against', async () => {
  const { registry } = parts.store;
  await registry.register({ name: 'odd', model: { kind: 'odd' }, report: null, key: 'k', run: 'r' });
  await registry.promote({ name: 'odd', version: 1, expected: null, key: 'k', run: 'r' });
  await expect(champion.run('odd', await parts.context())).rejects.toMatchObject({ type: FailureType.InvalidModel });
});
