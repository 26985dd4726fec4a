/** The nodes of a closed run, for when Temporal has forgotten its history. */
export const runTables = `
create table run_tables (
  run_id text primary key references runs on delete cascade,
  nodes json not null,
  omitted integer not null default 0 check (omitted >= 0)
);
`;
