import type { Client } from '@temporalio/client';

const DAY_MS = 86_400_000;

/** How long a namespace keeps the histories of closed runs, in milliseconds. */
export async function retentionOf(client: Client): Promise<number> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  return seconds > 0 ? seconds * 1000 : DAY_MS;
}
