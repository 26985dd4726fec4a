/** What a committed node offers to later executions, and where a reused output came from. */
export const reuse = `
alter table journal
  add column cache_key text,
  add column cache_seed integer,
  add column cache json,
  add column cache_reason text,
  add column reused_from json,
  add check (cache_key is null or state = 'committed'),
  add check (reused_from is null or state = 'committed');

create index journal_by_cache_key on journal (cache_key, committed_at desc) where cache_key is not null;
`;
