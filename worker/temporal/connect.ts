import { NativeConnection } from '@temporalio/worker';
import { connectionProblem } from '../../client/connection-problem.js';
import type { TemporalAddress } from '../environment.js';

export { connectClient, type TemporalClient } from '../../client/connect.js';

/** Connects as a worker. @throws PawlError as {@link connectClient}. */
export async function connectWorker(target: TemporalAddress): Promise<NativeConnection> {
  const { address, tls, apiKey, metadata } = target;
  return NativeConnection.connect({ address, tls, apiKey, metadata: { ...metadata } }).catch(async (cause) => {
    throw await connectionProblem(target, cause);
  });
}
