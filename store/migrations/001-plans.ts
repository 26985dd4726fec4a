/** Published plans, and which of them each pipeline runs now. */
export const plans = `
create table plans (
  hash text primary key,
  pipeline text not null,
  code text not null,
  plan json not null,
  annotations json not null,
  created_at timestamptz not null default now()
);

create table pipelines (
  name text primary key,
  current_plan text not null references plans (hash),
  revision integer not null check (revision > 0),
  updated_at timestamptz not null default now()
);
`;
