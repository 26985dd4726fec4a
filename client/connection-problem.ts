import { isGrpcServiceError } from '@temporalio/client';
import { FailureType, PawlError } from '../plan/failure.js';
import type { TemporalAddress } from './temporal-config.js';

/** gRPC's codes for who may not and who is nobody. */
const REFUSALS: readonly unknown[] = [7, 16];

/** Says in the reader's words why there is no connection to a Temporal server. */
export function connectionProblem({ address, namespace, tls }: TemporalAddress, cause: unknown): PawlError {
  const text = textOf(cause);
  if (REFUSALS.includes(grpcCode(cause)) || /unauthenticated|permission.?denied|unauthorized/i.test(text)) {
    return new PawlError(FailureType.Forbidden, `Temporal at ${address} does not let this client in: ${text}`, {
      hint: `Check TEMPORAL_API_KEY, or the client certificate, and that it may use the namespace "${namespace}".`,
      retryable: false,
      cause,
    });
  }
  if (/certificate|handshake|\bssl\b|\btls\b|alert|altname|self.signed|wrong version/i.test(text)) {
    return unavailable(`the encrypted connection to Temporal at ${address} failed: ${text}`, TLS_HINT, cause);
  }
  return unavailable(
    `Temporal does not answer at ${address}`,
    tls ? `Check TEMPORAL_ADDRESS and that the server runs. ${TLS_HINT}` : PLAIN_HINT,
    cause,
  );
}

const PLAIN_HINT =
  'Check TEMPORAL_ADDRESS and that the server runs, and TEMPORAL_TLS if it wants encryption; `pawl dev` starts an embedded one.';
const TLS_HINT =
  'Check TEMPORAL_TLS_SERVER_CA_CERT_PATH (who signed the server), TEMPORAL_TLS_SERVER_NAME (its name) and the client certificate.';

function unavailable(message: string, hint: string, cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, message, { hint, cause });
}

function grpcCode(error: unknown): unknown {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : undefined;
}

/** The messages of an error and of what caused it, each once. */
function textOf(error: unknown): string {
  const messages: string[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const text = isGrpcServiceError(each) ? each.details : each.message;
    if (text && !messages.some((known) => known.includes(text))) messages.push(text);
  }
  return messages.join(': ');
}
