import { defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { type ChunkAsk, ChunkSignal } from '../plan/chunk.js';
import { type NodeStatus, RunMessage } from '../plan/protocol.js';
import { fitTable } from './fit-table.js';
import { registerOperatorHandlers } from './operator-handlers.js';
import { registerPeopleHandlers } from './people-handlers.js';
import type { RunState } from './run-state.js';

const askSignal = defineSignal<[ChunkAsk]>(ChunkSignal.ask);
const nodesQuery = defineQuery<readonly NodeStatus[]>(RunMessage.nodes);

/** Temporal refuses answers over 2 MB. */
const MAX_ANSWER_BYTES = 1_500_000;

/** Registers everything a run answers. Must happen before the first `await`, or early messages are refused. */
export function registerHandlers(state: RunState): void {
  registerTable(state);
  registerDesks(state);
  registerOperatorHandlers(state);
  registerPeopleHandlers(state);
}

/** Answers with the table of nodes. */
export function registerTable(state: RunState): void {
  setHandler(nodesQuery, () => fitTable(state.table(), MAX_ANSWER_BYTES).nodes, {
    description: 'The nodes of this run and their states',
  });
}

/** Takes the questions of the chunks of large maps. */
export function registerDesks(state: RunState): void {
  setHandler(askSignal, (request) => state.desks.get(request.map)?.ask(request), {
    description: 'Used by the parts of a large map',
  });
}
