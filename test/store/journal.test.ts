import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../plan/canonical.js';
import { FailureType, isPawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { Database } from '../../store/database.js';
import type { Journal } from '../../store/journal.js';
import type { ClaimOptions } from '../../store/journal-entry.js';
import { artifactsIn, edgesOf } from '../../store/lineage-edges.js';
import { openLineageStore } from '../../store/lineage-store.js';
import { startTestJournal, type TestJournal } from '../support/journal.js';
import { sampleClaim } from '../support/samples.js';

let server: TestJournal['server'];
let stop: TestJournal['stop'];
let db: Database;
let journal: Journal;
let runs = 0;

beforeAll(async () => {
  ({ server, db, journal, stop } = await startTestJournal());
});
afterAll(() => stop());

const fenced = { type: FailureType.Fenced };
const freshClaim = (changes: Partial<ClaimOptions> = {}) => sampleClaim({ runId: `run-${runs++}`, ...changes });

async function claimed(options: ClaimOptions): Promise<string> {
  const claim = await journal.claim(options);
  if (claim.state !== 'claimed') throw new Error('it is committed already');
  return claim.token;
}

async function committed(options: ClaimOptions, output: Json): Promise<void> {
  await journal.commit({ key: options, token: await claimed(options), output });
}

test('a node that is committed gives its output to every later claim, and keeps who made it', async () => {
  const key = freshClaim();
  const token = await claimed(key);
  expect(await journal.commit({ key, token, output: { rows: 7 }, note: 'skipped by ada' })).toBe('committed');
  expect(await journal.claim({ ...key, attempt: 2, worker: 'late' })).toEqual({
    state: 'committed',
    output: { rows: 7 },
    reusedFrom: null,
    note: 'skipped by ada',
  });
  const [entry] = await journal.nodesOfRun(key.runId);
  expect(entry).toMatchObject({ state: 'committed', attempt: 1, worker: 'worker-1', note: 'skipped by ada' });
  expect(entry?.committedAt).toMatch(/^\d{4}-.*Z$/);
});

test('a claim that a crash took is made again by its commit, unless another attempt has the node by then', async () => {
  const forget = (key: ClaimOptions) => db.kysely.deleteFrom('journal').where('run_id', '=', key.runId).execute();
  const [lost, gone, taken] = [freshClaim(), freshClaim(), freshClaim()];
  const token = await claimed(lost);
  await forget(lost);
  await journal.commit({ key: lost, token, output: 'kept', claim: lost });
  expect(await journal.claim(lost)).toMatchObject({ state: 'committed', output: 'kept' });
  await journal.commit({ key: lost, token, output: 'kept', claim: lost });

  const unknown = await claimed(gone);
  await forget(gone);
  await expect(journal.commit({ key: gone, token: unknown, output: 1 })).rejects.toMatchObject(fenced);

  const old = await claimed(taken);
  await forget(taken);
  const later = await claimed({ ...taken, attempt: 2 });
  await expect(journal.commit({ key: taken, token: old, output: 1, claim: taken })).rejects.toMatchObject(fenced);
  await journal.commit({ key: taken, token: later, output: 2, claim: taken });
});

test('claim and commit may be one: then it is the first or none', async () => {
  const unclaimed = true;
  const key = freshClaim();
  const token = randomUUID();
  await journal.commit({ key, token, claim: key, unclaimed, output: { rows: 7 }, note: 'quick' });
  await journal.commit({ key, token, claim: key, unclaimed, output: { rows: 7 }, note: 'quick' });
  expect(await journal.claim(key)).toEqual({
    state: 'committed',
    output: { rows: 7 },
    reusedFrom: null,
    note: 'quick',
  });
  const [entry] = await journal.nodesOfRun(key.runId);
  expect(entry).toMatchObject({ ...key, state: 'committed', output: { rows: 7 }, failures: 0 });
  const late = { key, token: randomUUID(), claim: key, unclaimed };
  await expect(journal.commit({ ...late, output: { rows: 7 } })).rejects.toMatchObject(fenced);

  const taken = freshClaim();
  const owner = await claimed({ ...taken, attempt: 2 });
  await expect(
    journal.commit({ key: taken, token: randomUUID(), claim: taken, unclaimed, output: 1 }),
  ).rejects.toMatchObject(fenced);
  expect(await journal.claimLate({ ...taken, workedMs: 60_000 }, randomUUID())).toBe(false);
  expect(await journal.stillOwner(taken, owner)).toBe(true);
  await journal.commit({ key: taken, token: owner, output: 2 });

  const read = freshClaim();
  const lineage = edgesOf('in', artifact('read'));
  await journal.commit({ key: read, token: randomUUID(), claim: read, unclaimed, output: 3, lineage });
  expect(await openLineageStore(db).lineageOf(artifact('read').digest)).toMatchObject([{ runId: read.runId }]);
});

test('a new claim fences the older attempt from everything', async () => {
  const key = freshClaim();
  const old = await claimed(key);
  const token = await claimed({ ...key, attempt: 2 });
  expect(await journal.stillOwner(key, old)).toBe(false);
  expect(await journal.stillOwner(key, token)).toBe(true);
  await expect(journal.commit({ key, token: old, output: 1 })).rejects.toMatchObject(fenced);
  await expect(journal.recordFailure({ key, token: old, error: 'late' })).rejects.toMatchObject(fenced);
  await journal.commit({ key, token, output: 2 });
  await expect(journal.commit({ key, token: old, output: 2 })).rejects.toMatchObject(fenced);
  expect(await journal.stillOwner(key, token)).toBe(false);
});

test('committing again is fine with the same output, and refused with another', async () => {
  const key = freshClaim();
  const token = await claimed(key);
  await journal.commit({ key, token, output: { a: 1, b: [2] } });
  expect(await journal.commit({ key, token, output: { b: [2], a: 1 } })).toBe('committed');
  await expect(journal.commit({ key, token, output: { a: 2 } })).rejects.toMatchObject({
    ...fenced,
    message: expect.stringContaining('another output'),
  });
  expect(await journal.claim(key)).toEqual({
    state: 'committed',
    output: { a: 1, b: [2] },
    reusedFrom: null,
    note: null,
  });
});

test('of twenty attempts at once, exactly one commits', async () => {
  for (let round = 0; round < 5; round += 1) {
    const key = freshClaim();
    const attempts = Array.from({ length: 20 }, async (_, attempt) => {
      const lineageless = { key, token: randomUUID(), claim: { ...key, attempt }, output: { attempt } };
      if (attempt === 7) return journal.commit({ ...lineageless, unclaimed: true }).catch(kindOf);
      const claim = await journal.claim({ ...key, attempt });
      if (claim.state === 'committed') return 'found it done';
      const output = { attempt };
      return journal.commit({ key, token: claim.token, output, lineage: edgesOf('out', artifact('x')) }).catch(kindOf);
    });
    const ends = await Promise.all(attempts);
    expect(ends.filter((end) => end === 'committed')).toHaveLength(1);
    for (const end of ends) expect(['committed', 'Fenced', 'found it done']).toContain(end);
    const winner = ends.indexOf('committed');
    expect(await journal.claim(key)).toEqual({
      state: 'committed',
      output: { attempt: winner },
      reusedFrom: null,
      note: null,
    });
  }
});

function kindOf(error: unknown): string {
  return isPawlError(error) ? error.type : String(error);
}

test('failures count once for each claim, and the next claim knows them', async () => {
  const key = freshClaim();
  const token = await claimed(key);
  expect(await journal.recordFailure({ key, token, error: { message: 'no' } })).toBe(1);
  expect(await journal.recordFailure({ key, token, error: { message: 'no' } })).toBe(1);
  const again = await journal.claim(key);
  expect(again).toMatchObject({ state: 'claimed', failures: 1 });
  expect(await journal.recordFailure({ key, token: await claimed(key), error: null })).toBe(2);
});

test('generations are apart, and nodes of a run are listed in the order they started', async () => {
  const key = freshClaim();
  await committed(key, 1);
  await committed({ ...key, node: 'train', input: null }, null);
  const second = await claimed({ ...key, generation: 1 });
  const entries = await journal.nodesOfRun(key.runId);
  expect(entries.map(({ node, generation, state }) => [node, generation, state])).toEqual([
    ['load', 0, 'committed'],
    ['train', 0, 'committed'],
    ['load', 1, 'claimed'],
  ]);
  await journal.commit({ key: { ...key, generation: 1 }, token: second, output: 2 });
});

test('any JSON comes back as it was', async () => {
  const strings = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u0000', '\ud800', '"\\', '{"$ref":1}'));
  const json = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
  await fc.assert(
    fc.asyncProperty(json, strings, async (value, text) => {
      const key = freshClaim({ input: { value, text } });
      await committed(key, { value, text });
      expect(await journal.claim(key)).toEqual({
        state: 'committed',
        output: { value, text },
        reusedFrom: null,
        note: null,
      });
      expect((await journal.nodesOfRun(key.runId))[0]?.input).toEqual({ value, text });
    }),
    { numRuns: 60 },
  );
});

test('the previous output is that of the latest run with an earlier nominal time', async () => {
  const pipeline = 'previous';
  const at = (day: number) => `2001-01-0${day}T00:00:00.000Z`;
  const ask = (day: number, excludeRun = 'me') =>
    journal.previousOutput({ pipeline, node: 'load', beforeNominalTime: at(day), excludeRun });
  expect(await ask(9)).toBeNull();
  // Runs out of order, as a backfill makes them.
  for (const day of [3, 1, 2]) await committed(freshClaim({ pipeline, nominalTime: at(day) }), { day });
  await claimed(freshClaim({ pipeline, nominalTime: at(4) }));
  await committed(freshClaim({ pipeline: 'another', nominalTime: at(4) }), 'another');
  await committed(freshClaim({ pipeline, node: 'train', nominalTime: at(4) }), 'train');
  expect(await ask(9)).toMatchObject({ output: { day: 3 }, nominalTime: at(3), workflowId: 'flight-delays-1' });
  expect((await ask(3))?.output).toEqual({ day: 2 });
  expect(await ask(1)).toBeNull();
  expect((await ask(9, (await ask(9))?.runId))?.output).toEqual({ day: 2 });
  await committed(freshClaim({ pipeline, nominalTime: at(3) }), { day: 3, again: true });
  expect((await ask(9))?.output).toEqual({ day: 3, again: true });
});

function artifact(content: string) {
  return { digest: digestOf(content), bytes: content.length, mediaType: 'text/plain' };
}

test('artifacts are found wherever they are in a value', () => {
  const [a, b, c] = [artifact('a'), artifact('b'), artifact('c')];
  const value = { 'a/~': [a, { kind: 'dataset', files: [b] }], odd: { $lit: { $x: c } }, no: { ...c, bytes: 1.5 } };
  expect(artifactsIn(value)).toEqual([
    { path: '/a~1~0/0', artifact: a },
    { path: '/a~1~0/1/files/0', artifact: b },
    { path: '/odd/$x', artifact: c },
  ]);
  expect(artifactsIn(a)).toEqual([{ path: '', artifact: a }]);
  expect(artifactsIn({ big: { $spill: a.digest, bytes: 9, path: [] } })).toEqual([
    { path: '/big', artifact: { digest: a.digest, bytes: 9, mediaType: 'application/json' } },
  ]);
});

test('lineage is committed with the output, and tells who wrote and who read an artifact', async () => {
  const lineage = openLineageStore(db);
  const data = artifact(`data ${runs}`);
  const [load, train] = [freshClaim(), freshClaim({ node: 'train', step: 'train' })];
  const old = await claimed(load);
  await claimed(load);
  const edges = edgesOf('out', { files: [data] });
  await expect(journal.commit({ key: load, token: old, output: 0, lineage: edges })).rejects.toMatchObject(fenced);
  expect(await lineage.lineageOf(data.digest)).toEqual([]);
  expect(await lineage.artifact(data.digest)).toBeNull();

  await journal.commit({ key: load, token: await claimed(load), output: 1, lineage: edges });
  const both = [...edgesOf('in', { data, again: data }), ...edgesOf('out', artifact('model'))];
  await journal.commit({ key: train, token: await claimed(train), output: 2, lineage: both });
  expect(await lineage.artifact(data.digest)).toEqual(data);
  const uses = await lineage.lineageOf(data.digest);
  expect(uses.map(({ direction, node, path }) => [direction, node, path])).toEqual([
    ['out', 'load', '/files/0'],
    ['in', 'train', '/again'],
    ['in', 'train', '/data'],
  ]);
});

test('commits that share artifacts do not wait for each other in a circle', async () => {
  const shared = Array.from({ length: 30 }, (_, index) => artifact(`shared ${index}`));
  const commits = Array.from({ length: 20 }, async (_, index) => {
    const key = freshClaim();
    const rotated = [...shared.slice(index), ...shared.slice(0, index)];
    return journal.commit({ key, token: await claimed(key), output: index, lineage: edgesOf('in', rotated) });
  });
  expect(new Set(await Promise.all(commits))).toEqual(new Set(['committed']));
});

test('an outage in the middle loses nothing: the same commit succeeds after it', async () => {
  const key = freshClaim();
  const token = await claimed(key);
  await server.pause();
  await expect(journal.commit({ key, token, output: 1 })).rejects.toMatchObject({ type: FailureType.StoreUnavailable });
  await expect(journal.claim(key)).rejects.toMatchObject({ type: FailureType.StoreUnavailable });
  await server.resume();
  expect(await journal.commit({ key, token, output: 1 })).toBe('committed');
});
