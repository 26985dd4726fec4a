/** What the models answered. */
export const predictions = `
create table predictions (
  id uuid primary key,
  model text not null,
  version integer not null,
  contract text not null,
  request_id text,
  row json not null,
  score double precision not null,
  at timestamptz not null
);

create index predictions_by_model on predictions (model, at desc);
`;
