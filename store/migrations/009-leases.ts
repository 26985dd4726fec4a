/**
 * What attempts hold for a while: work that only one may do, and places of which there are so many; who waits for such a
 * place, the first first; and how many there are.
 */
export const leases = `
create sequence lease_fence;

create table leases (
  name text not null,
  slot integer not null check (slot >= 0),
  holder uuid not null,
  run_id text not null,
  workflow_id text not null,
  node text not null,
  generation integer not null,
  worker text not null,
  fence bigint not null,
  taken_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (name, slot)
);

create table lease_queue (
  name text not null,
  run_id text not null,
  node text not null,
  priority integer not null,
  since timestamptz not null,
  expires_at timestamptz not null,
  primary key (name, run_id, node)
);

create table limits (
  kind text not null check (kind in ('queue', 'step')),
  name text not null,
  slots integer not null check (slots >= 1),
  set_at timestamptz not null default now(),
  primary key (kind, name)
);
`;
