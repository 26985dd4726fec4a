import { CancellationScope } from '@temporalio/workflow';
import type { Ask, OpenPhase } from '../plan/protocol.js';
import { callRecordRun } from './calls.js';
import { fitFaults } from './fit-table.js';
import type { RunState } from './run-state.js';
import { labelRun } from './search-attributes.js';

/** Temporal refuses inputs over 2 MB, and ends the run for it. */
const MAX_FAULTS_BYTES = 500_000;

/** Says how an open run stands: by its search attribute, and in Postgres. Neither may hold up the run. */
export function announce(state: RunState): void {
  const phase = phaseOf(state);
  if (state.engine < 4 || phase !== state.phase) labelRun({ phase });
  state.phase = phase;
  // Earlier engines sent each change by itself, so that an early one could come after a late one.
  if (state.engine < 4) void record(state, state.answersToRecord());
  else state.news.send(() => recordLatest(state));
}

/** What the run asks of people has changed. Engines before the fourth did not say so. */
export function announceAsks(state: RunState): void {
  if (state.engine >= 4) announce(state);
}

/** A run whose end has been decided waits for nobody, although what runs on exit may take a while. */
export function announceEnd(state: RunState): void {
  if (state.phase !== 'running') announce(state);
}

function phaseOf(state: RunState): OpenPhase {
  if (state.faults().length > 0) return 'held';
  return state.asks.any ? 'waiting' : 'running';
}

/** What the run asks of people, as messages carry it. */
export function asksOf({ asks }: RunState): { readonly asks?: readonly Ask[] } {
  return asks.any ? { asks: asks.list() } : {};
}

async function recordLatest(state: RunState): Promise<void> {
  // A run that was reset has to have its place in Postgres first.
  if (state.reset) await state.reset;
  await record(state, state.newAnswers());
}

function record(state: RunState, answers: ReturnType<RunState['answersToRecord']>): Promise<void> {
  const { phase } = state;
  const faults = fitFaults(state.faults(), MAX_FAULTS_BYTES);
  return CancellationScope.nonCancellable(() =>
    callRecordRun({ phase, outcome: null, value: null, faults, ...asksOf(state), ...answers }, state.localTurn),
  );
}
