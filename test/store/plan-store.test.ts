import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../store/database.js';
import { migrate } from '../../store/migrate.js';
import { openPlanStore, type PlanStore, planHash } from '../../store/plan-store.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { samplePlan } from '../support/samples.js';

let server: TestPostgres;
let db: Database;
let plans: PlanStore;

beforeAll(async () => {
  server = await startTestPostgres();
  db = openDatabase({ url: server.url, maxConnections: 20 });
  await migrate(db);
  plans = openPlanStore(db);
});
afterAll(async () => {
  await db.close();
  await server.stop();
});

const annotations = (doc = '') => ({ doc, nodes: {} });

test('publishing what is current changes nothing but its annotations', async () => {
  const plan = samplePlan('same');
  const hash = planHash(plan);
  expect(await plans.current('same')).toBeNull();
  expect(await plans.publish({ plan, annotations: annotations() })).toEqual({ status: 'published', revision: 1, hash });
  const again = await plans.publish({ plan, annotations: annotations('better'), expected: 1 });
  expect(again).toEqual({ status: 'unchanged', revision: 1, hash });
  expect(await plans.current('same')).toEqual({ hash, plan, annotations: annotations('better') });
});

test('an older plan stays readable, and can become current again', async () => {
  const [first, second] = [samplePlan('back', '1'), samplePlan('back', '2')];
  await plans.publish({ plan: first, annotations: annotations() });
  await plans.publish({ plan: second, annotations: annotations() });
  expect((await plans.current('back'))?.plan).toEqual(second);
  expect((await plans.plan(planHash(first)))?.plan).toEqual(first);
  expect(await plans.publish({ plan: first, annotations: annotations() })).toMatchObject({ revision: 3 });
  expect((await plans.current('back'))?.plan).toEqual(first);
});

test('of twenty that publish over the same revision, one succeeds and the others learn of it', async () => {
  for (const expected of [0, 1]) {
    const ends = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        plans.publish({ plan: samplePlan('race', `${expected} ${index}`), annotations: annotations(), expected }),
      ),
    );
    const winners = ends.filter(({ status }) => status === 'published');
    expect(winners).toHaveLength(1);
    const conflict = { status: 'conflict', revision: expected + 1, hash: winners[0]?.hash };
    expect(ends.filter(({ status }) => status !== 'published')).toEqual(Array(19).fill(conflict));
  }
});

test('names are sorted, and each pipeline says its revision', async () => {
  await plans.publish({ plan: samplePlan('a-first'), annotations: annotations() });
  const names = await plans.pipelineNames();
  expect(names).toEqual([...names].sort());
  expect(await plans.pipelines()).toContainEqual({
    name: 'a-first',
    hash: planHash(samplePlan('a-first')),
    revision: 1,
    updatedAt: expect.stringMatching(/Z$/),
  });
});

test('a plan that was edited in the database is refused', async () => {
  const plan = samplePlan('edited');
  const { hash } = await plans.publish({ plan, annotations: annotations() });
  const text = JSON.stringify({ ...plan, holdMs: 1 });
  await db.kysely.updateTable('plans').set({ plan: text }).where('hash', '=', hash!).execute();
  await expect(plans.current('edited')).rejects.toThrow(/does not match its hash/);
});
