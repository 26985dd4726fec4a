/** What people are to be told: once each, and until it was told or tried often enough. */
export const alerts = `
create table alerts (
  id text primary key,
  body json not null,
  made_at timestamptz not null default now(),
  sent_at timestamptz,
  attempts integer not null default 0,
  next_at timestamptz not null default now()
);

create index alerts_due on alerts (next_at) where sent_at is null;
`;
