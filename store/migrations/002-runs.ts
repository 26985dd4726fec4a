/** What a list of runs shows: a projection of the histories in Temporal. */
export const runs = `
create table runs (
  run_id text primary key,
  workflow_id text not null,
  pipeline text not null,
  plan_hash text,
  params json not null,
  nominal_time timestamptz not null,
  phase text not null default 'running' check (phase in ('running', 'held', 'closed')),
  outcome text check (outcome in ('succeeded', 'rejected', 'failed', 'aborted', 'cancelled')),
  result json,
  error json,
  started_at timestamptz not null,
  closed_at timestamptz,
  check ((phase = 'closed') = (outcome is not null)),
  check ((phase = 'closed') = (closed_at is not null))
);

create index runs_by_workflow on runs (workflow_id, started_at desc);
create index runs_by_start on runs (started_at desc);
create index runs_by_pipeline on runs (pipeline, started_at desc);
`;
