import type { Client } from '@temporalio/client';
import { FailureType, PawlError } from '../../plan/failure.js';

/** How long Temporal keeps the histories of closed runs, in milliseconds. @throws PawlError `StoreUnavailable`. */
export async function retentionOf(client: Client): Promise<number> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const seconds = config?.workflowExecutionRetentionTtl?.seconds;
  if (seconds !== undefined && seconds !== null) return Number(seconds) * 1000;
  throw new PawlError(FailureType.StoreUnavailable, `Temporal does not say how long "${namespace}" keeps histories`, {
    hint: 'Nothing was removed. Ask with: temporal operator namespace describe',
  });
}
