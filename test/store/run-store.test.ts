import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../plan/canonical.js';
import { type Database, openDatabase } from '../../store/database.js';
import { migrate } from '../../store/migrate.js';
import { openRunStore, type RunStart, type RunStore } from '../../store/run-store.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
let db: Database;
let runs: RunStore;

beforeAll(async () => {
  server = await startTestPostgres();
  db = openDatabase({ url: server.url });
  await migrate(db);
  runs = openRunStore(db);
});
afterAll(async () => {
  await db.close();
  await server.stop();
});

const hour = (number: number) => `2001-02-03T0${number}:00:00.000Z`;
const startOf = (runId: string, changes: Partial<RunStart> = {}): RunStart => ({
  runId,
  workflowId: `workflow of ${runId}`,
  pipeline: 'flight-delays',
  planHash: digestOf('plan'),
  params: { month: '2001-01' },
  nominalTime: hour(0),
  startedAt: hour(1),
  ...changes,
});

test('a run goes from running over waiting and held to closed', async () => {
  const start = startOf('whole', { planHash: null });
  await runs.start(start);
  const open = {
    origin: null,
    answers: null,
    asks: null,
    phase: 'running',
    outcome: null,
    result: null,
    error: null,
    closedAt: null,
  };
  expect(await runs.run('whole')).toEqual({ ...start, ...open });
  await runs.start({ ...start, planHash: digestOf('plan') });
  const asks = [{ node: 'release', kind: 'event', since: hour(1), until: null }] as const;
  expect(await runs.stand({ runId: 'whole', phase: 'waiting', asks })).toBe(true);
  expect(await runs.run('whole')).toMatchObject({ phase: 'waiting', asks, error: null });
  expect(await runs.stand({ runId: 'whole', phase: 'held', error: { node: 'train' }, asks })).toBe(true);
  expect(await runs.run('whole')).toMatchObject({
    phase: 'held',
    asks,
    error: { node: 'train' },
    planHash: digestOf('plan'),
  });
  expect(await runs.stand({ runId: 'whole', phase: 'running' })).toBe(true);
  expect(await runs.run('whole')).toMatchObject({ phase: 'running', asks: null, error: null });
  await runs.stand({ runId: 'whole', phase: 'waiting', asks });
  const close = { runId: 'whole', outcome: 'rejected', result: { passed: false }, closedAt: hour(2) } as const;
  expect(await runs.close(close)).toBe(true);
  expect(await runs.run('whole')).toMatchObject({ ...close, phase: 'closed', error: null, asks: null });
});

test('repeated and late reports change nothing', async () => {
  await runs.start(startOf('once'));
  await runs.close({ runId: 'once', outcome: 'failed', error: 'first', closedAt: hour(2) });
  expect(await runs.close({ runId: 'once', outcome: 'succeeded', closedAt: hour(3) })).toBe(false);
  expect(await runs.stand({ runId: 'once', phase: 'held', error: 'late' })).toBe(false);
  expect(await runs.stand({ runId: 'once', phase: 'running' })).toBe(false);
  await runs.start(startOf('once', { planHash: digestOf('another') }));
  expect(await runs.run('once')).toMatchObject({ outcome: 'failed', error: 'first', planHash: digestOf('plan') });
  expect(await runs.close({ runId: 'unknown', outcome: 'failed', closedAt: hour(2) })).toBe(false);
  expect(await runs.run('unknown')).toBeNull();
});

test('lists are filtered, latest first, and a workflow id gives its latest run', async () => {
  const workflowId = 'listed';
  for (const [index, outcome] of (['failed', 'succeeded', 'failed'] as const).entries()) {
    const runId = `listed-${index}`;
    await runs.start(startOf(runId, { pipeline: 'listed', workflowId, startedAt: hour(index) }));
    await runs.close({ runId, outcome, closedAt: hour(9) });
  }
  const ids = async (filter: Parameters<RunStore['list']>[0]) => (await runs.list(filter)).map(({ runId }) => runId);
  expect(await ids({ pipeline: 'listed' })).toEqual(['listed-2', 'listed-1', 'listed-0']);
  expect(await ids({ pipeline: 'listed', outcome: 'failed' })).toEqual(['listed-2', 'listed-0']);
  expect(await ids({ pipeline: 'listed', limit: 1 })).toEqual(['listed-2']);
  expect(await ids({ pipeline: 'listed', phase: 'held' })).toEqual([]);
  expect((await ids({})).length).toBeGreaterThan(3);
  expect((await runs.latest(workflowId))?.runId).toBe('listed-2');
  expect(await runs.latest('unknown')).toBeNull();
});
