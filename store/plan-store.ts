import { sql, type Transaction } from 'kysely';
import { canonicalJson, type Digest, digestOf } from '../plan/canonical.js';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { Annotations, Plan } from '../plan/plan.js';
import type { Database } from './database.js';
import { lockName } from './lock-name.js';
import type { Tables } from './tables.js';

export interface PublishOptions {
  readonly plan: Plan;
  readonly annotations: Annotations;
  /** The revision the caller last saw (0: none yet); without it the plan is published whatever is there. */
  readonly expected?: number;
}

/**
 * - `published`: the plan is now the current one;
 * - `unchanged`: it was already;
 * - `conflict`: the revision is not the expected one, and nothing was changed.
 */
export interface Publication {
  readonly status: 'published' | 'unchanged' | 'conflict';
  /** After the call; 0 when there is none. */
  readonly revision: number;
  /** The current plan after the call. */
  readonly hash: Digest | null;
}

export interface StoredPlan {
  readonly hash: Digest;
  readonly plan: Plan;
  readonly annotations: Annotations;
}

export interface PublishedPipeline {
  readonly name: string;
  readonly hash: Digest;
  /** From 1; grows by one with each change of the current plan. */
  readonly revision: number;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

/** Published plans. A plan is never changed; a pipeline's pointer to its current plan moves. */
export interface PlanStore {
  /** Compares and sets. Publishing what is current already renews its annotations and changes nothing else. */
  publish(options: PublishOptions): Promise<Publication>;
  /** The plan that a new run of the pipeline gets; null when nothing has this name. */
  current(pipeline: string): Promise<StoredPlan | null>;
  plan(hash: Digest): Promise<StoredPlan | null>;
  /** The plans, at most two, whose hash begins with these hexadecimal digits. */
  beginningWith(digits: string): Promise<StoredPlan[]>;
  /** All names, sorted. */
  pipelineNames(): Promise<string[]>;
  /** All pipelines, sorted by name. */
  pipelines(): Promise<PublishedPipeline[]>;
}

/** The plan's identity: SHA-256 of its canonical JSON. */
export function planHash(plan: Plan): Digest {
  return digestOf(planText(plan));
}

/** Plans in Postgres. */
export function openPlanStore(db: Database): PlanStore {
  return {
    publish: (options) => publish(db, options),
    current: async (pipeline) => {
      const query = selectPlan(db).innerJoin('pipelines', 'pipelines.current_plan', 'plans.hash');
      return storedPlan(await query.where('pipelines.name', '=', pipeline).executeTakeFirst());
    },
    plan: async (hash) => storedPlan(await selectPlan(db).where('plans.hash', '=', hash).executeTakeFirst()),
    beginningWith: async (digits) => {
      if (!/^[0-9a-f]*$/.test(digits)) return [];
      const rows = await selectPlan(db)
        .where('plans.hash', 'like', `sha256:${digits}%` as Digest)
        .limit(2)
        .execute();
      return rows.flatMap((row) => storedPlan(row) ?? []);
    },
    pipelineNames: async () => (await listPipelines(db)).map(({ name }) => name),
    pipelines: () => listPipelines(db),
  };
}

async function publish(db: Database, { plan, annotations, expected }: PublishOptions): Promise<Publication> {
  const hash = planHash(plan);
  return db.kysely.transaction().execute(async (trx) => {
    await lockName(trx, db.schema, 'pipeline', plan.pipeline);
    const current = await currentRow(trx, plan.pipeline);
    const revision = current?.revision ?? 0;
    if (expected !== undefined && expected !== revision) {
      return { status: 'conflict', revision, hash: current?.current_plan ?? null };
    }
    await insertPlan(trx, hash, plan, annotations);
    if (current?.current_plan === hash) return { status: 'unchanged', revision, hash };
    await pointTo(trx, plan.pipeline, hash, revision + 1);
    return { status: 'published', revision: revision + 1, hash };
  });
}

function currentRow(trx: Transaction<Tables>, pipeline: string) {
  return trx
    .selectFrom('pipelines')
    .select(['current_plan', 'revision'])
    .where('name', '=', pipeline)
    .executeTakeFirst();
}

async function insertPlan(trx: Transaction<Tables>, hash: Digest, plan: Plan, annotations: Annotations): Promise<void> {
  const row = { hash, pipeline: plan.pipeline, code: plan.code, plan: planText(plan) };
  const text = JSON.stringify(annotations);
  await trx
    .insertInto('plans')
    .values({ ...row, annotations: text })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet({ annotations: text }))
    .execute();
}

async function pointTo(trx: Transaction<Tables>, name: string, hash: Digest, revision: number): Promise<void> {
  const moved = { current_plan: hash, revision, updated_at: sql<string>`now()` };
  await trx
    .insertInto('pipelines')
    .values({ name, ...moved })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(moved))
    .execute();
}

function selectPlan(db: Database) {
  return db.kysely.selectFrom('plans').select(['plans.hash', 'plans.plan', 'plans.annotations']);
}

function storedPlan(row: { hash: Digest; plan: Json; annotations: Json } | undefined): StoredPlan | null {
  if (row === undefined) return null;
  // The columns hold what `publish` wrote, whose types are these.
  const { plan, annotations } = row as unknown as { plan: Plan; annotations: Annotations };
  if (planHash(plan) !== row.hash) throw changedPlan(row.hash);
  return { hash: row.hash, plan, annotations };
}

async function listPipelines(db: Database): Promise<PublishedPipeline[]> {
  const rows = await db.kysely.selectFrom('pipelines').selectAll().orderBy('name').execute();
  return rows.map((row) => ({
    name: row.name,
    hash: row.current_plan,
    revision: row.revision,
    updatedAt: row.updated_at,
  }));
}

/** A plan is plain JSON; being an interface, it only lacks the index signature that `Json` has. */
function planText(plan: Plan): string {
  return canonicalJson(plan as unknown as Json);
}

function changedPlan(hash: Digest): PawlError {
  return new PawlError(FailureType.InvalidPlan, `the stored plan ${hash} does not match its hash`, {
    hint: 'The database was edited by hand or is damaged: publish the pipeline again.',
    retryable: false,
  });
}
