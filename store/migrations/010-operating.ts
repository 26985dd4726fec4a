/**
 * Where a run comes from (`origin`), what people and time gave it (`answers`), so that a later run can take that over;
 * and whose turn the chores of the workers are.
 */
export const operating = `
alter table runs
  add column origin json,
  add column answers json;

create index runs_open on runs (started_at desc) where phase <> 'closed';

create table chores (
  name text primary key,
  worker text not null,
  began_at timestamptz not null
);
`;
