/** Model versions, which of them is champion, and every change of that. */
export const registry = `
create table model_versions (
  name text not null,
  version integer not null check (version > 0),
  model json not null,
  report json not null,
  run text not null,
  key text not null,
  created_at timestamptz not null default now(),
  primary key (name, version),
  unique (name, key)
);

create table champions (
  name text primary key,
  version integer not null,
  run text not null,
  since timestamptz not null default now(),
  foreign key (name, version) references model_versions (name, version)
);

create table champion_log (
  id bigint generated always as identity primary key,
  name text not null,
  version integer not null,
  previous integer,
  champion integer,
  moved boolean not null,
  run text not null,
  key text not null,
  at timestamptz not null default now(),
  unique (name, key),
  foreign key (name, version) references model_versions (name, version)
);
`;
