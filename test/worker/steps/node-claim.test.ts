import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../../plan/canonical.js';
import { FailureType } from '../../../plan/failure.js';
import { openCheckpoints } from '../../../store/checkpoint-store.js';
import type { ClaimOptions, Store } from '../../../store/index.js';
import { edgesOf } from '../../../store/lineage-edges.js';
import { NodeClaim, QUICK_MS } from '../../../worker/steps/node-claim.js';
import { startTestJournal, type TestJournal } from '../../support/journal.js';
import { sampleClaim } from '../../support/samples.js';

let parts: TestJournal;
let store: Pick<Store, 'journal' | 'checkpoints'>;
let runs = 0;

beforeAll(async () => {
  parts = await startTestJournal();
  store = { journal: parts.journal, checkpoints: (owner) => openCheckpoints(parts.db, owner) };
});
afterAll(() => parts.stop());

const fenced = { type: FailureType.Fenced };
const fresh = (): ClaimOptions => sampleClaim({ runId: `run-${runs++}` });
const done = { output: { n: 1 }, lineage: [] };
const entryOf = async ({ runId }: ClaimOptions) => (await parts.journal.nodesOfRun(runId))[0];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** As a function does that never waits: no timer fires meanwhile. */
function keepBusy(ms: number): void {
  for (const until = Date.now() + ms; Date.now() < until; );
}

/** Another attempt takes the node while this one is at work. */
async function overtake(options: ClaimOptions): Promise<NodeClaim> {
  const claim = await NodeClaim.take({ ...options, attempt: 2, worker: 'other' }, store);
  if (!(claim instanceof NodeClaim)) throw new Error('it is committed already');
  return claim;
}

test('a first attempt that is soon done leaves no entry before its commit', async () => {
  const options = fresh();
  const claim = NodeClaim.later(options, store);
  expect(claim.failures).toBe(0);
  expect(await entryOf(options)).toBeUndefined();
  await claim.commit(done);
  expect(await entryOf(options)).toMatchObject({ ...options, state: 'committed', output: { n: 1 } });
  expect(await NodeClaim.take({ ...options, attempt: 2 }, store)).toMatchObject({ output: { n: 1 } });
});

test('its entry says when it began, however late the journal hears of it', async () => {
  const [busy, next] = [fresh(), fresh()];
  const claim = NodeClaim.later(busy, store);
  keepBusy(300);
  await NodeClaim.take(next, store);
  await claim.commit(done);
  const [first, second] = await Promise.all([busy, next].map(entryOf));
  expect(Date.parse(second!.startedAt) - Date.parse(first!.startedAt)).toBeGreaterThan(250);
});

test('one that works on is seen, and commits what it read as well', async () => {
  const options = fresh();
  const claim = NodeClaim.later(options, store);
  await expect.poll(() => entryOf(options), { timeout: QUICK_MS * 500 }).toMatchObject({ state: 'claimed' });
  const artifact = { digest: digestOf(options.runId), bytes: 1, mediaType: 'text/plain' };
  await claim.commit({ ...done, lineage: edgesOf('in', { data: artifact }) });
  expect(await entryOf(options)).toMatchObject({ state: 'committed', output: { n: 1 } });

  const quick = fresh();
  await NodeClaim.later(quick, store).commit({ ...done, lineage: edgesOf('in', { data: artifact }) });
  expect(await entryOf(quick)).toMatchObject({ state: 'committed', output: { n: 1 } });
});

test('one that was overtaken is fenced from everything, and the later one goes on', async () => {
  const checkpoint = { step: 1, artifact: { digest: digestOf('epoch'), bytes: 1, mediaType: 'text/plain' } };
  const writes: readonly ((claim: NodeClaim) => Promise<unknown>)[] = [
    (claim) => claim.commit(done),
    (claim) => claim.recordFailure({ message: 'late' }),
    (claim) => claim.checkpoints.save(checkpoint),
  ];
  for (const write of writes) {
    const options = fresh();
    const claim = NodeClaim.later(options, store);
    keepBusy(100);
    const later = await overtake(options);
    await expect(write(claim)).rejects.toMatchObject(fenced);
    claim.leave();
    expect(await entryOf(options)).toMatchObject({ state: 'claimed', attempt: 2, worker: 'other', failures: 0 });
    await later.commit({ output: { n: 2 }, lineage: [] });
    expect(await entryOf(options)).toMatchObject({ state: 'committed', output: { n: 2 } });
  }
});

test('it takes over from an attempt that began before it: its work is not lost when attempts count from 1 again', async () => {
  const options = fresh();
  const before = await overtake(options);
  expect(await before.recordFailure({ message: 'no' })).toBe(1);
  const claim = NodeClaim.later(options, store);
  await expect.poll(() => entryOf(options), { timeout: QUICK_MS * 500 }).toMatchObject({ attempt: 1, failures: 1 });
  await expect(before.commit(done)).rejects.toMatchObject(fenced);
  await claim.commit({ output: { n: 3 }, lineage: [] });
  expect(await entryOf(options)).toMatchObject({ state: 'committed', output: { n: 3 } });
  expect(await store.journal.claimLate(options, claim.token)).toBe(false);
});

test('a failure and a checkpoint of a first attempt are the node’s', async () => {
  const options = fresh();
  const claim = NodeClaim.later(options, store);
  const artifact = { digest: digestOf('weights'), bytes: 3, mediaType: 'text/plain' };
  await claim.checkpoints.save({ step: 4, artifact });
  expect(await claim.recordFailure({ message: 'no' })).toBe(1);
  claim.leave();
  const next = await overtake(options);
  expect(next.failures).toBe(1);
  expect(await next.checkpoints.latest()).toEqual({ step: 4, artifact });
});

test('an attempt that is over says nothing any more', async () => {
  const options = fresh();
  NodeClaim.later(options, store).leave();
  await pause(QUICK_MS * 5);
  expect(await entryOf(options)).toBeUndefined();
});

test('a claim that Postgres did not answer is made by the commit', async () => {
  const options = fresh();
  await parts.server.pause();
  const claim = NodeClaim.later(options, store);
  await pause(QUICK_MS * 5);
  await parts.server.resume();
  await claim.commit(done).catch(() => claim.commit(done));
  expect(await entryOf(options)).toMatchObject({ state: 'committed', output: { n: 1 } });
});
