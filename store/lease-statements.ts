import type { PreparedStatement } from './database.js';

/** The statements of leases: one round trip each. All times are the database's, so that no worker's clock counts. */
export interface LeaseStatements {
  readonly take: PreparedStatement;
  /** As `take`, heeding who was first in line. */
  readonly takeInLine: PreparedStatement;
  readonly line: PreparedStatement;
  readonly holders: PreparedStatement;
  readonly renew: PreparedStatement;
  readonly rename: PreparedStatement;
  readonly release: PreparedStatement;
}

/** @param schema a name that needs no quotes. */
export function leaseStatements(schema: string): LeaseStatements {
  return {
    take: { name: `${schema}_take_lease`, text: `${takeText(schema)} returning slot, fence` },
    takeInLine: { name: `${schema}_take_lease_in_line`, text: takeInLineText(schema) },
    line: { name: `${schema}_line_up`, text: lineText(schema) },
    holders: { name: `${schema}_lease_holders`, text: holdersText(schema) },
    renew: { name: `${schema}_renew_leases`, text: renewText(schema) },
    rename: { name: `${schema}_rename_lease`, text: renameText(schema) },
    release: { name: `${schema}_release_leases`, text: releaseText(schema) },
  };
}

/**
 * Several that see the same place free all try to write it, and the primary key lets one of them: the others find it
 * taken when they come to it, and no row comes back. What a node of a run holds it may take again: its earlier attempt
 * has been fenced by the journal.
 */
const takeText = (schema: string, ahead = '0') => `
with other as (
  select name, slot from ${schema}.leases
  where (name = $1 or name = any($2::text[])) and expires_at > clock_timestamp() and not (run_id = $5 and node = $7)
),
place as (
  select slot from generate_series(0, $3::integer - 1) as places(slot)
  where (select count(*) from other where name = $1) + ${ahead} < $3::integer
    and not exists (select 1 from other where other.name <> $1 or other.slot = places.slot)
  order by exists (
    select 1 from ${schema}.leases as own
    where own.name = $1 and own.slot = places.slot and own.run_id = $5 and own.node = $7
  ) desc, slot
  limit 1
)
insert into ${schema}.leases as held (
  name, slot, holder, run_id, workflow_id, node, generation, worker, fence, taken_at, expires_at
)
select $1, slot, $4::uuid, $5, $6, $7, $8::integer, $9, nextval('${schema}.lease_fence'), clock_timestamp(),
  clock_timestamp() + $10::integer * interval '1 millisecond'
from place
on conflict (name, slot) do update set
  holder = excluded.holder,
  run_id = excluded.run_id,
  workflow_id = excluded.workflow_id,
  node = excluded.node,
  generation = excluded.generation,
  worker = excluded.worker,
  fence = excluded.fence,
  taken_at = excluded.taken_at,
  expires_at = excluded.expires_at
where held.expires_at <= clock_timestamp() or (held.run_id = excluded.run_id and held.node = excluded.node)`;

/** A place is kept for each of those that were in line before, as long as they come back in time. */
const AHEAD = '(select count(*) from ahead)';

const takeInLineText = (schema: string) => `
with mine as (
  select $11::integer as priority, coalesce(
    (select since from ${schema}.lease_queue where name = $1 and run_id = $5 and node = $7), clock_timestamp()
  ) as since
),
ahead as (
  select 1 from ${schema}.lease_queue as line, mine
  where line.name = $1 and line.expires_at > clock_timestamp() and not (line.run_id = $5 and line.node = $7)
    and (line.priority, line.since) < (mine.priority, mine.since)
),
done as (
${takeText(schema, AHEAD)}
returning slot, fence
),
gone as (
  delete from ${schema}.lease_queue using done where name = $1 and run_id = $5 and node = $7
)
select slot, fence from done`;

const lineText = (schema: string) => `
insert into ${schema}.lease_queue as line (name, run_id, node, priority, since, expires_at)
values ($1, $2, $3, $4::integer, clock_timestamp(), clock_timestamp() + $5::integer * interval '1 millisecond')
on conflict (name, run_id, node) do update set priority = excluded.priority, expires_at = excluded.expires_at`;

/** The one that has worked longest first. */
const holdersText = (schema: string) => `
select name, slot, workflow_id, run_id, node, worker, taken_at,
  (extract(epoch from expires_at - clock_timestamp()) * 1000)::integer as left_ms
from ${schema}.leases where name = any($1::text[]) and expires_at > clock_timestamp() order by taken_at`;

const matching = `
where held.name = kept.name and held.slot = kept.slot and held.fence = kept.fence`;

const renewText = (schema: string) => `
update ${schema}.leases as held set expires_at = clock_timestamp() + kept.ms * interval '1 millisecond'
from unnest($1::text[], $2::integer[], $3::bigint[], $4::integer[]) as kept(name, slot, fence, ms)${matching}
returning held.fence`;

const renameText = (schema: string) => `
update ${schema}.leases set name = $4
where name = $1 and slot = $2::integer and fence = $3::bigint
  and not exists (select 1 from ${schema}.leases where name = $4 and slot = $2::integer)
returning 1`;

const releaseText = (schema: string) => `
delete from ${schema}.leases as held
using unnest($1::text[], $2::integer[], $3::bigint[]) as kept(name, slot, fence)${matching}`;
