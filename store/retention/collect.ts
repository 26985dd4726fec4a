import { sql } from 'kysely';
import type { Digest } from '../../plan/canonical.js';
import { FailureType, isPawlError, PawlError } from '../../plan/failure.js';
import { asidePath, putAside, removeAside, takeBack } from '../artifacts/aside-files.js';
import { storeUnavailable } from '../artifacts/file-error.js';
import { listAside, listObjects, type StoredObject } from '../artifacts/list-objects.js';
import type { Database } from '../database.js';
import { cleanRows, countRows, type RowCounts } from './clean-rows.js';
import { followMentions, type Needed, type ReadMentions } from './needed.js';
import {
  type Amount,
  type Collection,
  type CollectOptions,
  type KeptObject,
  type RetentionOptions,
  SHORTEST_GRACE_MS,
} from './retention.js';
import { findRoots } from './roots.js';

const LARGEST_SHOWN = 5;

/** What a collector works on. */
export interface Collected {
  readonly db: Database;
  /** The artifact folder. */
  readonly root: string;
}

/**
 * Removes what nothing needs. An object is put aside first, then it is asked again what is needed, and what still is not
 * goes; whoever wants it meanwhile takes it back. Anything that cannot be read or answered ends the collection before
 * anything is removed.
 *
 * @throws PawlError `Conflict` while another collection is at work, `StoreUnavailable` for what cannot be read.
 */
export async function collect(place: Collected, options: CollectOptions): Promise<Collection> {
  checkGrace(options.graceMs);
  return alone(place.db, () => guard(place.root, () => collectAlone(place, options)));
}

/** Why an object is kept: a phrase for each reference on the way; none for one that nothing needs. */
export async function whyKept(place: Collected, options: RetentionOptions, digest: Digest): Promise<readonly string[]> {
  return guard(place.root, async () => {
    const needed = await followMentions(await findRoots(place.db, options), await objectsOf(place.root));
    return needed.why(digest);
  });
}

async function collectAlone(place: Collected, options: CollectOptions): Promise<Collection> {
  const { db, root } = place;
  const { dryRun = false, graceMs } = options;
  // What a collector that was killed has left there: perhaps it is needed.
  if (!dryRun) for (const { digest } of await listAside(root)) await takeBack(root, digest);
  const beganAt = Date.now();
  const atWorkSince = await oldestWork(db, options);
  const since = [atWorkSince, await oldestHistory(db, options)].flatMap((time) => (time ? [Date.parse(time)] : []));
  const limit = Math.min(beganAt, ...since) - graceMs;
  const objects = await objectsOf(root);
  const read: ReadMentions = new Map();
  const needed = await followMentions(await findRoots(db, options), objects, read);
  const all = [...objects.values()];
  const unneeded = all.filter(({ digest }) => !needed.has(digest));
  const old = unneeded.filter(({ wantedAt }) => wantedAt < limit);
  const done = dryRun ? await foresee(db, options, old) : await remove(place, { options, old, limit, read });
  const kept = all.filter(({ digest }) => needed.has(digest));
  return {
    removed: amountOf(done.objects),
    kept: amountOf(kept),
    young: amountOf(unneeded.filter(({ wantedAt }) => wantedAt >= limit)),
    atWorkSince,
    ...done.rows,
    largest: largestOf(kept, needed),
  };
}

interface Removed {
  readonly objects: readonly StoredObject[];
  readonly rows: RowCounts;
}

async function foresee(db: Database, options: RetentionOptions, objects: readonly StoredObject[]): Promise<Removed> {
  const digests = objects.map(({ digest }) => digest);
  return { objects, rows: await countRows(db, options, digests) };
}

interface Removal {
  readonly options: CollectOptions;
  readonly old: readonly StoredObject[];
  /** In milliseconds: what somebody has wanted since is not removed. */
  readonly limit: number;
  readonly read: ReadMentions;
}

async function remove(place: Collected, removal: Removal): Promise<Removed> {
  const { db, root } = place;
  const { old, limit } = removal;
  const aside: StoredObject[] = [];
  try {
    for (const object of old) {
      const wantedAt = await putAside(root, object.digest);
      if (wantedAt === null) continue;
      aside.push({ ...object, path: asidePath(root, object.digest) });
      if (wantedAt >= limit) await takeBack(root, object.digest);
    }
    const { options, condemned } = await judgeAgain(place, removal, aside);
    const digests = condemned.map(({ digest }) => digest);
    // First the rows: an offer without its artifact would be a promise that cannot be kept.
    const rows = await cleanRows(db, options, digests);
    const objects: StoredObject[] = [];
    for (const object of condemned) if (await removeAside(root, object.digest)) objects.push(object);
    return { objects, rows };
  } finally {
    for (const { digest } of aside) await takeBack(root, digest);
  }
}

/** Those that are still put aside, and that nothing has come to need. */
async function judgeAgain({ db, root }: Collected, { options, read }: Removal, aside: readonly StoredObject[]) {
  const now: CollectOptions = { ...options, open: await options.lookAgain() };
  const objects = await objectsOf(root);
  const condemned = aside.filter(({ digest }) => !objects.has(digest));
  for (const object of condemned) objects.set(object.digest, object);
  const needed = await followMentions(await findRoots(db, now), objects, read);
  return { options: now, condemned: condemned.filter(({ digest }) => !needed.has(digest)) };
}

async function objectsOf(root: string): Promise<Map<Digest, StoredObject>> {
  const objects = new Map<Digest, StoredObject>();
  for await (const object of listObjects(root)) objects.set(object.digest, object);
  return objects;
}

/** When the step at work for longest began: what it has written, nobody knows before it commits. */
async function oldestWork(db: Database, { keptSince, open }: RetentionOptions): Promise<string | null> {
  const table = (name: string) => sql.table(`${db.schema}.${name}`);
  const { rows } = await sql<{ since: string | null }>`
    select min(entry.started_at) as since
    from ${table('journal')} as entry left join ${table('runs')} as run on run.run_id = entry.run_id
    where entry.state = 'claimed' and (
      run.phase <> 'closed' or entry.run_id = any (${[...open.runIds]}::text[])
      or entry.workflow_id = any (${[...open.workflowIds]}::text[])
      or (run.run_id is null and entry.started_at >= ${keptSince}::timestamptz)
    )`.execute(db.kysely);
  // A crash of Postgres may take the newest claims away, while their steps go on.
  const known = [rows[0]?.since, open.atWorkSince].flatMap((since) => (since ? [Date.parse(since)] : []));
  return known.length === 0 ? null : new Date(Math.min(...known)).toISOString();
}

/**
 * When the oldest run began that may be reset: what light steps and parts of maps kept apart is in its history alone, and
 * is younger than the run.
 */
async function oldestHistory(db: Database, { historiesSince }: RetentionOptions): Promise<string | null> {
  const { rows } = await sql<{ since: string | null }>`
    select min(started_at) as since from ${sql.table(`${db.schema}.runs`)}
    where closed_at >= ${historiesSince}::timestamptz`.execute(db.kysely);
  return rows[0]?.since ?? null;
}

/** One collector at a time: two would report the same. The lock ends with the connection, so with the process. */
async function alone<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const connection = await db.connect();
  try {
    const lock = `pawl:${db.schema}:collect`;
    const { rows } = await connection.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [lock]);
    if (rows[0]?.got) return await work();
    throw new PawlError(FailureType.Conflict, 'another collection is at work', {
      hint: 'Nothing was removed by this one. Wait for the other to end.',
    });
  } finally {
    await connection.end();
  }
}

async function guard<T>(root: string, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    throw isPawlError(error) ? error : storeUnavailable(root, error);
  });
}

function checkGrace(graceMs: number): void {
  if (graceMs >= SHORTEST_GRACE_MS) return;
  throw new PawlError(FailureType.InvalidInput, `a grace of ${graceMs} ms is too short`, {
    hint: `Give at least ${SHORTEST_GRACE_MS / 60_000} minutes: clocks differ, and steps refer to what others have just written.`,
  });
}

function amountOf(objects: readonly StoredObject[]): Amount {
  return { count: objects.length, bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function largestOf(kept: readonly StoredObject[], needed: Needed): readonly KeptObject[] {
  const largest = [...kept].sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST_SHOWN);
  return largest.map(({ digest, bytes }) => ({ digest, bytes, why: needed.why(digest) }));
}
