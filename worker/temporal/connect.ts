import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { TemporalTarget } from '../environment.js';

/** A client, and the connection to close when it is no longer used. */
export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
}

/** Connects as a client. @throws PawlError `StoreUnavailable` that names the address. */
export async function connectClient(target: TemporalTarget): Promise<TemporalClient> {
  const { address, tls, apiKey, namespace } = target;
  const connection = await Connection.connect({ address, tls, apiKey, connectTimeout: 5000 }).catch((cause) => {
    throw unreachable(address, cause);
  });
  return { client: new Client({ connection, namespace }), connection };
}

/** Connects as a worker. @throws PawlError `StoreUnavailable` that names the address. */
export async function connectWorker(target: TemporalTarget): Promise<NativeConnection> {
  const { address, tls, apiKey } = target;
  return NativeConnection.connect({ address, tls, apiKey }).catch((cause) => {
    throw unreachable(address, cause);
  });
}

function unreachable(address: string, cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, `Temporal does not answer at ${address}`, {
    hint: 'Check TEMPORAL_ADDRESS and that the server runs; `pawl dev` starts an embedded one.',
    cause,
  });
}
