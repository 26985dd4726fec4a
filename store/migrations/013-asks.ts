/** What open runs ask of people, and that they wait for it. */
export const asks = `
alter table runs
  add column asks json,
  drop constraint runs_phase_check,
  add constraint runs_phase_check check (phase in ('running', 'waiting', 'held', 'closed'));
`;
