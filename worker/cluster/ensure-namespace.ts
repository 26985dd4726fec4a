import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { poll } from '../embedded/delay.js';
import { stackError } from '../embedded/stack-error.js';

const DAY_MS = 86_400_000;
/** gRPC's code ALREADY_EXISTS. */
const ALREADY_EXISTS = 6;
const KNOWN_WITHIN_MS = 30_000;

/**
 * Makes a namespace if it is missing, and waits until the server knows it everywhere: its services ask for namespaces
 * only every few seconds.
 * @param retentionDays how long closed runs keep their history.
 */
export async function ensureNamespace(connection: Connection, namespace: string, retentionDays = 7): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(retentionDays * DAY_MS);
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }).catch((error) => {
    if (!isGrpcServiceError(error) || error.code !== ALREADY_EXISTS) throw error;
  });
  const isKnown = () =>
    connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 }).then(
      () => true,
      () => false,
    );
  if (!(await poll(isKnown, 50, KNOWN_WITHIN_MS))) throw stackError(`namespace "${namespace}" could not be made`);
}
