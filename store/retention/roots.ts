import { type RawBuilder, sql } from 'kysely';
import type { Digest } from '../../plan/canonical.js';
import type { Database } from '../database.js';
import { modelOrigins } from './model-origins.js';
import type { RetentionOptions } from './retention.js';

/** Digests that something needs, each with a phrase that says what. */
export type Roots = Map<Digest, string>;

/**
 * Everything that is needed by itself. Whatever is mentioned anywhere counts, in whatever form: a digest too many costs
 * space, one too few costs data.
 */
export async function findRoots(db: Database, options: RetentionOptions): Promise<Roots> {
  const roots: Roots = new Map();
  const add = (found: Iterable<readonly [Digest, string]>) => {
    for (const [digest, why] of found) if (!roots.has(digest)) roots.set(digest, why);
  };
  add(options.open.mentions);
  for (const source of [...(await unknownTables(db)), ...sourcesOf(db, options)]) add(await read(db, source));
  if (options.keepLineage) add(await modelOrigins(db));
  add(await plansOf(db, roots, options));
  return roots;
}

/** Rows, and a text that says for what they are needed. */
interface Source {
  readonly rows: RawBuilder<unknown>;
  readonly why: RawBuilder<string>;
}

async function read(db: Database, { rows, why }: Source): Promise<readonly (readonly [Digest, string])[]> {
  const found = await sql<{ digest: Digest; why: string }>`
    select found.match[1] as digest, min(${why}) as why
    from ${rows} as one, regexp_matches((one.*)::text, 'sha256:[0-9a-f]{64}', 'g') as found (match)
    group by 1`.execute(db.kysely);
  return found.rows.map((row) => [row.digest, row.why]);
}

function sourcesOf(db: Database, options: RetentionOptions): readonly Source[] {
  const table = (name: string) => sql.table(`${db.schema}.${name}`);
  const kept = keptRuns(db, options);
  const ofRun = sql<string>`'run ' || one.run_id`;
  return [
    { rows: sql`(select * from ${table('runs')} where run_id in ${kept})`, why: sql`'run ' || one.workflow_id` },
    { rows: sql`(select * from ${table('journal')} where run_id in ${kept})`, why: sql`'run ' || one.workflow_id` },
    { rows: sql`(select * from ${table('lineage')} where run_id in ${kept})`, why: ofRun },
    { rows: sql`(select * from ${table('checkpoints')} where ${neededCheckpoint(db, options)})`, why: ofRun },
    { rows: lastOutputs(db), why: sql`'the last output of ' || one.node || ' in ' || one.pipeline` },
    { rows: table('model_versions'), why: sql`'model ' || one.name || ' version ' || one.version` },
  ];
}

/**
 * Runs that are open or closed lately. One that only the journal knows is new, or was begun by a reset: it counts by
 * what it did last.
 */
export function keptRuns(db: Database, { keptSince, open }: RetentionOptions): RawBuilder<unknown> {
  const table = (name: string) => sql.table(`${db.schema}.${name}`);
  const isOpen = sql`run_id = any (${[...open.runIds]}::text[]) or workflow_id = any (${[...open.workflowIds]}::text[])`;
  return sql`(
    select run_id from ${table('runs')} where phase <> 'closed' or closed_at >= ${keptSince}::timestamptz or ${isOpen}
    union
    select run_id from ${table('journal')} as known
    where (greatest(started_at, committed_at) >= ${keptSince}::timestamptz or ${isOpen})
      and not exists (select from ${table('runs')} as run where run.run_id = known.run_id)
  )`;
}

/** Of kept runs, unless its node has committed: then nothing goes on from it. */
export function neededCheckpoint(db: Database, options: RetentionOptions): RawBuilder<boolean> {
  const journal = sql.table(`${db.schema}.journal`);
  const checkpoints = sql.table(`${db.schema}.checkpoints`);
  return sql<boolean>`(
    run_id in ${keptRuns(db, options)} and not exists (
      select from ${journal} as entry where entry.run_id = ${checkpoints}.run_id and entry.node = ${checkpoints}.node
      having bool_and(entry.state = 'committed')
        and max(entry.committed_at) < now() - ${options.graceMs}::double precision * interval '1 millisecond'
    ))`;
}

/** What a later run may ask for as the output before its own, however long ago that was. */
function lastOutputs(db: Database): RawBuilder<unknown> {
  return sql`(
    select distinct on (pipeline, node) pipeline, node, output from ${sql.table(`${db.schema}.journal`)}
    where state = 'committed' order by pipeline, node, nominal_time desc, committed_at desc
  )`;
}

/** Plans that runs may still be interpreted by, or begin with; what else was published lately may become current again. */
async function plansOf(db: Database, roots: Roots, { keptSince }: RetentionOptions): Promise<Roots> {
  const { rows } = await sql<{ hash: Digest; code: Digest; pipeline: string; text: string }>`
    select plan.hash, plan.code, plan.pipeline, (plan.*)::text as text
    from ${sql.table(`${db.schema}.plans`)} as plan
    left join ${sql.table(`${db.schema}.pipelines`)} as current on current.current_plan = plan.hash
    where current.name is not null or plan.created_at >= ${keptSince}::timestamptz
      or plan.hash = any (${[...roots.keys()]}::text[])`.execute(db.kysely);
  return new Map(
    rows.flatMap(({ hash, pipeline, text }) => {
      const why = `plan ${hash.slice('sha256:'.length, 'sha256:'.length + 12)} of ${pipeline}`;
      return [...text.matchAll(/sha256:[0-9a-f]{64}/g)].map(([digest]) => [digest as Digest, why] as const);
    }),
  );
}

/** Read by {@link sourcesOf} and {@link plansOf}, or of no say: what is known of artifacts needs none of them. */
const KNOWN = [
  ...['runs', 'journal', 'lineage', 'checkpoints', 'model_versions', 'plans', 'pipelines'],
  ...['artifacts', 'predictions', 'run_tables', 'schema_version'],
];

/** What later versions keep in tables of their own is needed, whatever it is. */
async function unknownTables(db: Database): Promise<readonly Source[]> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_catalog.pg_tables
    where schemaname = ${db.schema} and not tablename = any (${KNOWN}::text[])`.execute(db.kysely);
  return rows.map(({ name }) => ({
    rows: sql.table(`${db.schema}.${name}`),
    why: sql<string>`${`table ${name}`}::text`,
  }));
}
