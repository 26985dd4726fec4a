import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../plan/canonical.js';
import type { Database } from '../../store/database.js';
import { type CacheRecord, edgesOf } from '../../store/index.js';
import type { Journal } from '../../store/journal.js';
import { openLineageStore } from '../../store/lineage-store.js';
import { startTestJournal } from '../support/journal.js';
import { sampleClaim } from '../support/samples.js';

let stop: () => Promise<void>;
let db: Database;
let journal: Journal;
let runs = 0;

beforeAll(async () => {
  ({ db, journal, stop } = await startTestJournal());
});
afterAll(() => stop());

const facts = {
  input: { n: digestOf('1') },
  environment: null,
  linked: {},
  bundle: null,
  packages: {},
  reads: [],
  refused: null,
};
const record = (key: Digest | null, more: Partial<CacheRecord> = {}): CacheRecord => ({
  key,
  seed: null,
  facts,
  reason: 'no earlier execution',
  from: null,
  ...more,
});

async function commit(output: { readonly [key: string]: string | number | Digest }, cache?: CacheRecord) {
  runs += 1;
  const key = sampleClaim({ runId: `run-${runs}`, workflowId: `flights-${runs}` });
  const claim = await journal.claim(key);
  if (claim.state !== 'claimed') throw new Error('it is committed already');
  const lineage = edgesOf('out', output);
  await journal.commit({ key, token: claim.token, output, lineage, cache });
  return key;
}

test('an output is offered under its key, the latest first; one without a key is not', async () => {
  const key = digestOf('key');
  await commit({ n: 1 }, record(key));
  const second = await commit({ n: 2 }, record(key));
  await commit({ n: 3 }, record(null));
  await commit({ n: 4 });
  const offers = await journal.offers({ key, seed: 7 });
  expect(offers.map(({ output }) => output)).toEqual([{ n: 2 }, { n: 1 }]);
  expect(offers[0]).toMatchObject({
    origin: { run: second.workflowId, runId: second.runId, node: 'load' },
    seed: null,
    facts,
  });
});

test('one that used a seed is offered to the same seed only', async () => {
  const key = digestOf('seeded');
  await commit({ n: 1 }, record(key, { seed: 7 }));
  expect(await journal.offers({ key, seed: 7 })).toHaveLength(1);
  expect(await journal.offers({ key, seed: 8 })).toEqual([]);
});

test('one that was taken over names who made it, to a later claim too', async () => {
  const key = digestOf('taken');
  const from = { run: 'flights-0', runId: 'run-0', node: 'load' };
  const entry = await commit({ n: 1 }, record(key, { from, reason: 'reused from run flights-0' }));
  expect((await journal.offers({ key, seed: 1 }))[0]?.origin).toEqual(from);
  expect(await journal.claim(entry)).toEqual({ state: 'committed', output: { n: 1 }, reusedFrom: from, note: null });
  const [known] = await journal.nodesOfRun(entry.runId);
  expect(known).toMatchObject({ reusedFrom: from, cacheReason: 'reused from run flights-0', cache: facts });
});

test('lineage is recorded with the offer, in one transaction', async () => {
  const artifact = { digest: digestOf('rows'), bytes: 4, mediaType: 'text/plain' };
  const entry = await commit(artifact, record(digestOf('with artifact')));
  expect(await openLineageStore(db).lineageOf(artifact.digest)).toMatchObject([{ runId: entry.runId, path: '' }]);
});

test('many runs of the same work may commit at once: each is offered', async () => {
  const key = digestOf('at once');
  await Promise.all(Array.from({ length: 20 }, (_, n) => commit({ n }, record(key))));
  const offers = await journal.offers({ key, seed: 1 });
  expect(offers).toHaveLength(10);
  expect(new Set(offers.map(({ origin }) => origin.run)).size).toBe(10);
});

test('the latest commit of a node is that of the latest time', async () => {
  const at = async (nominalTime: string) => {
    runs += 1;
    const key = sampleClaim({ runId: `run-${runs}`, node: 'timed', nominalTime });
    const claim = await journal.claim(key);
    if (claim.state === 'claimed') await journal.commit({ key, token: claim.token, output: nominalTime });
  };
  expect(await journal.latestCommit({ pipeline: 'flight-delays', node: 'timed' })).toBeNull();
  await at('2001-05-01T00:00:00.000Z');
  await at('2001-04-01T00:00:00.000Z');
  const latest = await journal.latestCommit({ pipeline: 'flight-delays', node: 'timed' });
  expect(latest?.output).toBe('2001-05-01T00:00:00.000Z');
});
