import type { PreparedStatement } from './database.js';

/** The statements on the path of every remote step: one round trip each. */
export interface JournalStatements {
  /** No row comes back when the node has an entry already. */
  readonly claimFirst: PreparedStatement;
  /** Takes the node over. */
  readonly claim: PreparedStatement;
  /** Takes the node over from an attempt that began before; no row comes back where it is that of a later one. */
  readonly claimLate: PreparedStatement;
  /** Makes the node's entry as one that is done. No row comes back when it has one already. */
  readonly commitFirst: PreparedStatement;
  readonly commit: PreparedStatement;
  readonly commitWithLineage: PreparedStatement;
  /** As `commitWithLineage`, and says what the node offers to later executions. */
  readonly commitWithCache: PreparedStatement;
  readonly stillOwner: PreparedStatement;
  readonly noteWait: PreparedStatement;
}

/** @param schema a name that needs no quotes. */
export function journalStatements(schema: string): JournalStatements {
  return {
    claimFirst: { name: `${schema}_claim_first`, text: claimFirstText(schema) },
    claim: { name: `${schema}_claim`, text: claimText(schema, 'now()') },
    claimLate: {
      name: `${schema}_claim_late`,
      text: claimText(schema, BEGAN, 'and known.started_at < excluded.started_at'),
    },
    commitFirst: { name: `${schema}_commit_first`, text: commitFirstText(schema) },
    commit: { name: `${schema}_commit`, text: `${commitText(schema)} returning 1` },
    commitWithLineage: {
      name: `${schema}_commit_with_lineage`,
      text: withLineageText(schema, commitText(schema)),
    },
    commitWithCache: {
      name: `${schema}_commit_with_cache`,
      text: withLineageText(schema, commitText(schema, CACHE_COLUMNS)),
    },
    stillOwner: { name: `${schema}_still_owner`, text: stillOwnerText(schema) },
    noteWait: { name: `${schema}_note_wait`, text: noteWaitText(schema) },
  };
}

const CLAIM_COLUMNS = `
  run_id, node, generation, workflow_id, pipeline, step, plan_hash, fingerprint, nominal_time, token, input, attempt, worker`;
const CLAIM_VALUES =
  '$1, $2, $3::integer, $4, $5, $6, $7, $8, $9::timestamptz, $10::uuid, $11::json, $12::integer, $13';

/** When the attempt began, by the database's clock, which tells what came first whoever's attempts they are. */
const BEGAN = `now() - $14::float8 * interval '1 millisecond'`;

/**
 * Does not wait for the disk, which is most of what a claim costs. A crash of Postgres within a second may forget it;
 * whoever commits then makes it again, unless somebody else has the node by then.
 */
const claimFirstText = (schema: string) => `
insert into ${schema}.journal (${CLAIM_COLUMNS}, started_at)
select ${CLAIM_VALUES}, ${BEGAN} where set_config('synchronous_commit', 'off', true) = 'off'
on conflict (run_id, node, generation) do nothing
returning failures`;

/**
 * A claim that takes a node over is on disk before the work begins: were it lost in a crash of Postgres, the entry would
 * be that of the attempt before, and hours of work could not be committed. A committed row is not touched, and no row
 * comes back.
 */
const claimText = (schema: string, began: string, condition = '') => `
insert into ${schema}.journal as known (${CLAIM_COLUMNS}, started_at)
values (${CLAIM_VALUES}, ${began})
on conflict (run_id, node, generation) do update set
  token = excluded.token,
  plan_hash = excluded.plan_hash,
  fingerprint = excluded.fingerprint,
  input = excluded.input,
  attempt = excluded.attempt,
  worker = excluded.worker,
  started_at = excluded.started_at,
  cache_reason = null
where known.state = 'claimed' ${condition}
returning known.failures`;

const commitFirstText = (schema: string) => `
insert into ${schema}.journal (${CLAIM_COLUMNS}, started_at, state, output, note, committed_at)
values (${CLAIM_VALUES}, ${BEGAN}, 'committed', $15::json, $16::json, now())
on conflict (run_id, node, generation) do nothing
returning 1`;

/** Parameters that follow those of the lineage. */
const CACHE_COLUMNS = `,
  cache_key = $13, cache_seed = $14::integer, cache = $15::json, cache_reason = $16, reused_from = $17::json`;

const commitText = (schema: string, more = '') => `
update ${schema}.journal set state = 'committed', output = $5::json, note = $6::json, committed_at = now()${more}
where run_id = $1 and node = $2 and generation = $3::integer and token = $4::uuid and state = 'claimed'`;

/** Digests come sorted, so that two commits with the same artifacts cannot wait for each other. */
const withLineageText = (schema: string, commit: string) => `
with done as (${commit} returning run_id, node, generation),
artifact as (
  insert into ${schema}.artifacts (digest, bytes, media_type)
  select a.* from done, unnest($7::text[], $8::bigint[], $9::text[]) as a on conflict (digest) do nothing
),
edge as (
  insert into ${schema}.lineage (run_id, node, generation, direction, path, digest)
  select done.*, e.* from done, unnest($10::text[], $11::text[], $12::text[]) as e
)
select 1 from done`;

const stillOwnerText = (schema: string) => `
select 1 from ${schema}.journal
where run_id = $1 and node = $2 and generation = $3::integer and token = $4::uuid and state = 'claimed'`;

const noteWaitText = (schema: string) => `
update ${schema}.journal set cache_reason = $5
where run_id = $1 and node = $2 and generation = $3::integer and token = $4::uuid and state = 'claimed'`;
