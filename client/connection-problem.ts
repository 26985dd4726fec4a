import { connect } from 'node:tls';
import { isGrpcServiceError } from '@temporalio/client';
import { FailureType, PawlError } from '../plan/failure.js';
import type { TemporalAddress } from './temporal-config.js';

/** gRPC's codes for who may not and who is nobody. */
const REFUSALS: readonly unknown[] = [7, 16];
const HANDSHAKE_MS = 3000;

/** Says in the reader's words why there is no connection to a Temporal server. */
export async function connectionProblem(target: TemporalAddress, cause: unknown): Promise<PawlError> {
  const { address, namespace, tls } = target;
  if (REFUSALS.includes(grpcCode(cause))) {
    return new PawlError(
      FailureType.Forbidden,
      `Temporal at ${address} does not let this client in: ${detail(cause)}`,
      {
        hint: `Check TEMPORAL_API_KEY, or the client certificate, and that it may use the namespace "${namespace}".`,
        retryable: false,
        cause,
      },
    );
  }
  const refusal = tls ? await handshakeProblem(target) : undefined;
  if (refusal !== undefined) {
    return unavailable(`the encrypted connection to Temporal at ${address} fails: ${refusal}`, ENCRYPTED, cause);
  }
  return unavailable(`Temporal does not answer at ${address}`, tls ? `${RUNS}. ${ENCRYPTED}` : PLAIN, cause);
}

const RUNS = 'Check TEMPORAL_ADDRESS and that the server runs';
const PLAIN = `${RUNS}, and TEMPORAL_TLS if it wants encryption; \`pawl dev\` starts an embedded one.`;
const ENCRYPTED =
  'Check TEMPORAL_TLS_SERVER_CA_CERT_PATH (who signed the server), TEMPORAL_TLS_SERVER_NAME (its name) and the client certificate.';

function unavailable(message: string, hint: string, cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, message, { hint, cause });
}

/** gRPC only says that the time is over; a handshake of our own says why. Undefined when nothing listens, or it works. */
async function handshakeProblem({ address, tls }: TemporalAddress): Promise<string | undefined> {
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = typeof tls === 'object' && tls ? tls : {};
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({
    ...{ host: hostname, port: Number(port), ALPNProtocols: ['h2'], timeout: HANDSHAKE_MS },
    servername: serverNameOverride ?? hostname,
    ca: serverRootCACertificate && Buffer.from(serverRootCACertificate),
    cert: clientCertPair && Buffer.from(clientCertPair.crt),
    key: clientCertPair && Buffer.from(clientCertPair.key),
  });
  const answer = new Promise<string | undefined>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.syscall ? undefined : error.message));
    // With TLS 1.3 a server refuses a client's certificate only after the handshake.
    socket.once('data', () => resolve(undefined)).once('timeout', () => resolve(undefined));
  });
  return answer.finally(() => socket.destroy());
}

function grpcCode(error: unknown): unknown {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : undefined;
}

function detail(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details;
  return error instanceof Error && error.cause !== undefined ? detail(error.cause) : String(error);
}
