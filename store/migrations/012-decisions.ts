/** Who decided at the approvals of a run. It outlives Temporal's history, and names nothing that may be removed. */
export const decisions = `
create table decisions (
  run_id text not null,
  node text not null,
  nth integer not null check (nth >= 0),
  workflow_id text not null,
  approved boolean not null,
  decided_by text not null,
  role text,
  reason text not null,
  decided_at timestamptz not null,
  proof text not null check (proof in ('claimed', 'signed')),
  grant_key text,
  grant_id text,
  value_digest text not null,
  recorded_at timestamptz not null default now(),
  primary key (run_id, node, nth),
  check ((proof = 'signed') = (grant_key is not null and grant_id is not null))
);

create index decisions_by_run on decisions (workflow_id, decided_at);
`;
