/** What each node of each run did, the artifacts it read and wrote, and the progress of nodes at work. */
export const journal = `
create table journal (
  run_id text not null,
  node text not null,
  generation integer not null,
  workflow_id text not null,
  pipeline text not null,
  step text not null,
  plan_hash text not null,
  fingerprint text not null,
  nominal_time timestamptz not null,
  token uuid not null,
  state text not null default 'claimed' check (state in ('claimed', 'committed')),
  failures integer not null default 0,
  failed_token uuid,
  error json,
  input json not null,
  output json,
  note json,
  attempt integer not null,
  worker text not null,
  started_at timestamptz not null default now(),
  committed_at timestamptz,
  primary key (run_id, node, generation),
  check ((state = 'committed') = (output is not null)),
  check ((state = 'committed') = (committed_at is not null))
);

create index journal_by_time on journal (pipeline, node, nominal_time desc, committed_at desc)
  where state = 'committed';

create table artifacts (
  digest text primary key,
  bytes bigint not null check (bytes >= 0),
  media_type text not null,
  created_at timestamptz not null default now()
);

create table lineage (
  run_id text not null,
  node text not null,
  generation integer not null,
  direction text not null check (direction in ('in', 'out')),
  path text not null,
  digest text not null,
  primary key (run_id, node, generation, direction, path),
  foreign key (run_id, node, generation) references journal on delete cascade
);

create index lineage_by_digest on lineage (digest);

create table checkpoints (
  run_id text not null,
  node text not null,
  step bigint not null,
  digest text not null,
  bytes bigint not null,
  media_type text not null,
  saved_at timestamptz not null default now(),
  primary key (run_id, node)
);
`;
