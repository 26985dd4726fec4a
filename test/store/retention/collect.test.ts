import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../plan/canonical.js';
import { FailureType } from '../../../plan/failure.js';
import { asidePath, putAside } from '../../../store/artifacts/aside-files.js';
import { objectPath } from '../../../store/artifacts/object-files.js';
import { type CollectOptions, type OpenRuns, openStore, type Store } from '../../../store/index.js';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js';
import { ago, childrenOf, GRACE_MS, KEEP_DAYS, makeOld, makeWorld, type World, worlds } from './world.js';

let server: TestPostgres;
let folder: string;
let count = 0;

beforeAll(async () => {
  server = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'pawl-test-retention-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Place {
  readonly store: Store;
  readonly root: string;
  readonly client: pg.Client;
}

/** A store of its own in the shared server. */
async function inStore(use: (place: Place) => Promise<void>): Promise<void> {
  count += 1;
  const root = join(folder, `artifacts-${count}`);
  const schema = `world_${count}`;
  const store = await openStore({ databaseUrl: server.url, artifacts: root, schema });
  const client = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` });
  await client.connect();
  try {
    await use({ store, root, client });
  } finally {
    await client.end();
    await store.close();
  }
}

const nobody: OpenRuns = { runIds: [], workflowIds: [], atWorkSince: null, mentions: new Map() };
const rules = (changes: Partial<CollectOptions> = {}): CollectOptions => {
  const open = changes.open ?? nobody;
  return {
    keptSince: ago(KEEP_DAYS),
    historiesSince: ago(1),
    graceMs: GRACE_MS,
    open,
    lookAgain: async () => open,
    ...changes,
  };
};

const isThere = (root: string, digest: Digest): Promise<boolean> =>
  stat(objectPath(root, digest)).then(
    () => true,
    () => false,
  );

/** What must survive, by the description of the world alone. */
function expected(world: World): ReadonlySet<number> {
  const needed = new Set<number>([...world.models, ...world.mentioned]);
  const isKept = ({ closedDaysAgo }: World['runs'][number]) => closedDaysAgo === null || closedDaysAgo < KEEP_DAYS;
  const usedPlans = new Set(world.runs.filter(isKept).map(({ plan }) => plan % world.plans.length));
  world.plans.forEach(({ code, current, daysOld }, at) => {
    if (current || daysOld < KEEP_DAYS || usedPlans.has(at)) needed.add(code);
  });
  for (const run of world.runs.filter(isKept)) {
    for (const { input, output, committed, checkpoint, daysAgo } of run.nodes) {
      needed.add(input);
      if (committed) needed.add(output);
      if (checkpoint !== null && (!committed || daysAgo === 0)) needed.add(checkpoint);
    }
  }
  const last = new Map<string, number>();
  for (const run of world.runs)
    run.nodes.forEach(({ committed, output }, at) => {
      if (committed) last.set(`${run.plan % world.plans.length} ${at}`, output);
    });
  for (const output of last.values()) needed.add(output);
  for (let at = world.objects.length - 1; at >= 0; at -= 1)
    if (needed.has(at)) for (const child of childrenOf(world.objects[at]!.children, at)) needed.add(child);
  return needed;
}

/** A step that has been at work for longer than anything is old: nobody knows what it has written. */
const hidesAll = ({ runs }: World): boolean =>
  runs.some(
    ({ closedDaysAgo, nodes }) =>
      closedDaysAgo === null && nodes.some((node) => !node.committed && node.daysAgo === 50),
  );

test('what something needs stays, whatever else is old goes, and a second time nothing does', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(worlds, (world) =>
      inStore(async ({ store, root, client }) => {
        const { digests } = await makeWorld(world, store, root, client);
        const mentions = new Map(world.mentioned.map((at) => [digests[at]!, 'a run'] as const));
        const options = rules({ open: { ...nobody, mentions } });
        const needed = expected(world);
        const stays = world.objects.map(({ young }, at) => young || needed.has(at) || hidesAll(world));
        const foreseen = await store.retention.collect({ ...options, dryRun: true });
        expect(await Promise.all(digests.map((digest) => isThere(root, digest)))).not.toContain(false);
        const done = await store.retention.collect(options);
        expect(await Promise.all(digests.map((digest) => isThere(root, digest)))).toEqual(stays);
        expect(done.removed).toEqual(foreseen.removed);
        expect(done).toMatchObject({
          offers: foreseen.offers,
          checkpoints: foreseen.checkpoints,
          plans: foreseen.plans,
        });
        expect(done.removed.count).toBe(stays.filter((stay) => !stay).length);
        for (const at of needed) expect(await store.retention.why(digests[at]!, options)).not.toEqual([]);
        const again = await store.retention.collect(options);
        expect(again).toMatchObject({ removed: { count: 0, bytes: 0 }, offers: 0, checkpoints: 0, plans: 0 });
        const offers = await client.query('select output, note from journal where cache_key is not null');
        for (const { output } of offers.rows) expect(await isThere(root, output.digest)).toBe(true);
      }),
    ),
    { numRuns: 12 },
  );
});

const put = async ({ store, root }: Place, text: string): Promise<Digest> => {
  const { digest } = await store.artifacts.putBytes(Buffer.from(text), 'text/plain');
  await makeOld(root, digest);
  return digest;
};

test('what is put again, or asked for, while it is being removed stays', async () => {
  await inStore(async (place) => {
    const { store, root } = place;
    const [again, asked, read, unwanted] = await Promise.all(
      ['again', 'asked', 'read', 'unwanted'].map((text) => put(place, text)),
    );
    // It is called when everything has been put aside.
    const lookAgain = async () => {
      expect(await isThere(root, again!)).toBe(false);
      await store.artifacts.putBytes(Buffer.from('again'), 'text/plain');
      expect(await store.artifacts.holds({ digest: asked!, mediaType: 'text/plain' })).toBe(true);
      expect(Buffer.from(await store.artifacts.getBytes({ digest: read! })).toString()).toBe('read');
      return nobody;
    };
    const { removed } = await store.retention.collect(rules({ lookAgain }));
    expect(removed.count).toBe(1);
    expect(await Promise.all([again, asked, read, unwanted].map((digest) => isThere(root, digest!)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const next = await store.retention.collect(rules());
    expect(next).toMatchObject({ removed: { count: 0 }, young: { count: 3 } });
  });
});

test('what a run comes to need meanwhile stays', async () => {
  await inStore(async (place) => {
    const digest = await put(place, 'given');
    const lookAgain = async () => {
      const run = { runId: 'new', workflowId: 'new', pipeline: 'p', planHash: null, params: { data: digest } };
      await place.store.runs.start({ ...run, nominalTime: ago(0), startedAt: ago(0) });
      return nobody;
    };
    const { removed } = await place.store.retention.collect(rules({ lookAgain }));
    expect(removed.count).toBe(0);
    expect(await isThere(place.root, digest)).toBe(true);
  });
});

test('nothing goes that is younger than a step which Temporal has at work, whatever Postgres knows', async () => {
  await inStore(async (place) => {
    const digest = await put(place, 'by a step');
    const open = { ...nobody, atWorkSince: ago(41) };
    const spared = { removed: { count: 0 }, young: { count: 1 }, atWorkSince: open.atWorkSince };
    expect(await place.store.retention.collect(rules({ open }))).toMatchObject(spared);
    expect(await isThere(place.root, digest)).toBe(true);
    const later = { ...nobody, atWorkSince: ago(1) };
    expect(await place.store.retention.collect(rules({ open: later }))).toMatchObject({ removed: { count: 1 } });
  });
});

test('nothing goes that a run may have written which can still be reset', async () => {
  await inStore(async (place) => {
    const digest = await put(place, 'by a light step');
    const run = { runId: 'run', workflowId: 'run', pipeline: 'p', planHash: null, params: null, nominalTime: ago(0) };
    await place.store.runs.start({ ...run, startedAt: ago(50) });
    await place.store.runs.close({ runId: 'run', outcome: 'succeeded', closedAt: ago(2) });
    expect(await place.store.retention.collect(rules({ historiesSince: ago(3) }))).toMatchObject({
      young: { count: 1 },
    });
    expect(await isThere(place.root, digest)).toBe(true);
    expect(await place.store.retention.collect(rules())).toMatchObject({ removed: { count: 1 } });
  });
});

test('where anything cannot be asked or read, nothing is removed', async () => {
  await inStore(async (place) => {
    const { store, root } = place;
    const digest = await put(place, 'old');
    const lookAgain = () => Promise.reject(new Error('Temporal does not answer'));
    await expect(store.retention.collect(rules({ lookAgain }))).rejects.toThrow('Temporal does not answer');
    expect(await isThere(root, digest)).toBe(true);
    await makeOld(root, digest);
    // What its name says is an object, and what cannot be read as one.
    const broken = digestOf('broken');
    await store.artifacts.putBytes(Buffer.from('broken'), 'text/plain');
    await rm(objectPath(root, broken));
    await mkdir(objectPath(root, broken));
    const done = await store.retention.collect(rules());
    expect(done.removed.count).toBe(1);
    await expect(store.retention.collect(rules({ graceMs: 60_000 }))).rejects.toMatchObject({
      type: FailureType.InvalidInput,
    });
  });
});

test('what a collection left aside that was killed is there again, and files of others are left alone', async () => {
  await inStore(async (place) => {
    const { store, root } = place;
    const [first, second] = [await put(place, 'first'), await put(place, 'second')];
    await putAside(root, first);
    await putAside(root, second);
    expect(Buffer.from(await store.artifacts.getBytes({ digest: first })).toString()).toBe('first');
    await writeFile(join(root, 'sha256', 'notes.txt'), 'mine');
    expect(await store.retention.collect(rules())).toMatchObject({ removed: { count: 0 }, young: { count: 2 } });
    expect(await isThere(root, second)).toBe(true);
    await expect(stat(asidePath(root, second))).rejects.toThrow('ENOENT');
    await stat(join(root, 'sha256', 'notes.txt'));
  });
});

test('a table of a later version counts, a model is kept with what it was made from, and two do not collect at once', async () => {
  await inStore(async (place) => {
    const { store, root, client } = place;
    const [foreign, data, model] = [await put(place, 'foreign'), await put(place, 'data'), await put(place, 'model')];
    await client.query('create table later (what json)');
    await client.query('insert into later values ($1)', [JSON.stringify([foreign])]);
    const run = { runId: 'old', workflowId: 'old', pipeline: 'p', nominalTime: ago(70) };
    await store.runs.start({ ...run, planHash: null, params: null, startedAt: ago(70) });
    const key = { ...run, node: 'train', generation: 0 };
    const facts = { step: 'train', planHash: digestOf('plan'), fingerprint: digestOf('f'), attempt: 1, worker: 'w' };
    const artifact = (digest: Digest) => ({ digest, bytes: 1, mediaType: 'text/plain' });
    const claim = await store.journal.claim({ ...key, ...facts, input: artifact(data) });
    if (claim.state !== 'claimed') throw new Error('it is new');
    const lineage = [
      { direction: 'in', path: '', artifact: artifact(data) },
      { direction: 'out', path: '', artifact: artifact(model) },
    ] as const;
    await store.journal.commit({ key, token: claim.token, output: artifact(model), lineage });
    await store.runs.close({ runId: 'old', outcome: 'succeeded', closedAt: ago(60) });
    await store.registry.register({ name: 'm', model: artifact(model), report: null, key: 'k', run: 'old' });
    const busy = async () => {
      await expect(store.retention.collect(rules())).rejects.toMatchObject({ type: FailureType.Conflict });
      return nobody;
    };
    const spare = await put(place, 'spare');
    const kept = await store.retention.collect(rules({ keepLineage: true, lookAgain: busy }));
    expect(kept.removed.count).toBe(1);
    expect(await isThere(root, spare)).toBe(false);
    expect(await store.retention.why(foreign, rules())).toEqual(['table later']);
    expect(await store.retention.why(data, rules({ keepLineage: true }))).toEqual([
      'what model m version 1 was made from',
    ]);
    expect((await store.retention.collect(rules())).removed.count).toBe(1);
    expect(await Promise.all([foreign, data, model].map((digest) => isThere(root, digest)))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
