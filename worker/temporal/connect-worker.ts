import { NativeConnection } from '@temporalio/worker';
import { connectionProblem } from '../../client/connection-problem.js';
import type { TemporalAddress } from '../environment.js';

/** Connects as a worker. @throws PawlError as `connectClient` does. */
export async function connectWorker(target: TemporalAddress): Promise<NativeConnection> {
  const { address, tls, apiKey, metadata } = target;
  return NativeConnection.connect({ address, tls, apiKey, metadata: { ...metadata } }).catch(async (cause) => {
    throw await connectionProblem(target, cause);
  });
}
