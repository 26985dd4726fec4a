import { NativeConnection } from '@temporalio/worker';
import { unreachable } from '../../client/connect.js';
import type { TemporalTarget } from '../environment.js';

export { connectClient, type TemporalClient } from '../../client/connect.js';

/** Connects as a worker. @throws PawlError `StoreUnavailable` that names the address. */
export async function connectWorker(target: TemporalTarget): Promise<NativeConnection> {
  const { address, tls, apiKey } = target;
  return NativeConnection.connect({ address, tls, apiKey }).catch((cause) => {
    throw unreachable(address, cause);
  });
}
