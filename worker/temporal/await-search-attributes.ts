import { randomUUID } from 'node:crypto';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { poll } from '../embedded/delay.js';

const { COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES } =
  proto.temporal.api.enums.v1.CommandType;

/** gRPC's code INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 3;
/** The services of a Temporal server ask for what is new in a namespace every ten seconds. */
const KNOWN_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 200;

/**
 * Waits until new search attributes can be used. The frontend may know them before the history service does, which only
 * says so where a workflow sets them: a workflow is started with them and sets them here for that. Until then the first tasks of
 * runs would fail, and their light steps run again. Where it takes too long, runs find out.
 */
export async function awaitSearchAttributes(connection: Connection, namespace: string, names: readonly string[]) {
  await poll(() => canBeSet(connection, namespace, names), ASK_EVERY_MS, KNOWN_WITHIN_MS);
}

async function canBeSet(connection: Connection, namespace: string, names: readonly string[]): Promise<boolean> {
  const { workflowService } = connection;
  const workflowId = `pawl.attributes-${randomUUID()}`;
  const taskQueue = { name: workflowId };
  const searchAttributes = valuesOf(names);
  const start = workflowService.startWorkflowExecution({
    ...{ namespace, workflowId, taskQueue, searchAttributes, requestId: workflowId },
    workflowType: { name: 'pawl.attributes' },
    workflowExecutionTimeout: msToTs(KNOWN_WITHIN_MS),
  });
  if (!(await isTaken(start))) return false;
  try {
    const poll = () => workflowService.pollWorkflowTaskQueue({ namespace, taskQueue });
    // A server refuses to be polled without an end.
    const { taskToken } = await connection.withDeadline(Date.now() + KNOWN_WITHIN_MS, poll);
    const commands = [
      {
        commandType: COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes },
      },
      { commandType: COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, completeWorkflowExecutionCommandAttributes: {} },
    ];
    return await isTaken(workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands }));
  } finally {
    // Nobody wants to read of it. Whoever may not delete runs leaves it to its timeout and the retention.
    const workflowExecution = { workflowId };
    await workflowService.deleteWorkflowExecution({ namespace, workflowExecution }).catch(() => undefined);
  }
}

/** False for what the server calls wrong. */
function isTaken(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => true,
    (error) => {
      if (isGrpcServiceError(error) && error.code === INVALID_ARGUMENT) return false;
      throw error;
    },
  );
}

function valuesOf(names: readonly string[]) {
  const pairs = names.map((name) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value: 'none' }));
  return { indexedFields: encodeUnifiedSearchAttributes(undefined, new TypedSearchAttributes(pairs)) };
}
