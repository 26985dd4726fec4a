/** What holds for the database as a whole: whose environment it is. */
export const settings = `
create table settings (
  name text primary key,
  value text not null,
  set_at timestamptz not null default now()
);
`;
