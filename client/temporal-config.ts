import { existsSync } from 'node:fs';
import {
  type ClientConfigProfile,
  type ClientConnectConfig,
  loadClientConfigProfile,
  toClientOptions,
} from '@temporalio/envconfig';
import { FailureType, isPawlError, PawlError } from '../plan/failure.js';

/** Where a Temporal server is, and how to get in. */
export interface TemporalAddress {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** The server's and the client's certificates; `true` for TLS with what the machine trusts, `false` for none. */
  readonly tls?: ClientConnectConfig['connectionOptions']['tls'];
  readonly apiKey?: string;
  /** Headers of every call, as a proxy in front of the server may want them. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const META = 'TEMPORAL_GRPC_META_';
type Variables = Record<string, string>;

/**
 * The Temporal server that the environment names, as Temporal's own tools read it: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`, `TEMPORAL_GRPC_META_…`, and the profile `TEMPORAL_PROFILE` of `TEMPORAL_CONFIG_FILE`
 * (default: `temporalio/temporal.toml` in the user's configuration folder). A variable wins over the file; an empty one
 * counts as not set.
 *
 * @param profile Default: `TEMPORAL_PROFILE`, else `default`.
 * @throws PawlError `InvalidInput` for what cannot be read or would not be heeded, before anything is connected.
 */
export function configuredTemporal(profile?: string): TemporalAddress {
  const variables = setVariables();
  refuseUnheeded(variables);
  const { connectionOptions, namespace } = readConfig(variables, profile);
  const { address, tls, apiKey, metadata } = connectionOptions;
  return {
    address: address || 'localhost:7233',
    namespace: namespace || 'default',
    tls,
    apiKey,
    metadata: headers(metadata),
  };
}

/** A container passes on variables that its host does not have as empty ones; an empty key would switch TLS on. */
function setVariables(): Variables {
  const entries = Object.entries(process.env).filter(([name, value]) => value || name.startsWith(META));
  return Object.fromEntries(entries) as Variables;
}

/** The library takes these in and does nothing with them, or sees no fault where a user would look for hours. */
function refuseUnheeded(variables: Variables): void {
  const { TEMPORAL_CONFIG_FILE: file, TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: unverified } = variables;
  if (file && !existsSync(file)) {
    throw unreadable(`TEMPORAL_CONFIG_FILE names ${file}, which is not there`, 'Correct the path, or unset it.');
  }
  if (unverified && !['0', 'false'].includes(unverified)) {
    throw unreadable(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is set: a server whose certificate is not checked could be anybody',
      "Set TEMPORAL_TLS_SERVER_NAME to the name in the server's certificate instead.",
    );
  }
}

function readConfig(overrideEnvVars: Variables, profile: string | undefined): ClientConnectConfig {
  try {
    const config = loadClientConfigProfile({ profile, overrideEnvVars });
    refuseHalfPair(config);
    return toClientOptions(config);
  } catch (cause) {
    if (isPawlError(cause)) throw cause;
    throw unreadable(
      `the configuration of Temporal cannot be read: ${(cause as Error).message.trim()}`,
      'Check TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE, and the files that TEMPORAL_TLS_…_PATH name.',
      cause,
    );
  }
}

function refuseHalfPair({ tls }: ClientConfigProfile): void {
  if (!tls || Boolean(tls.clientCert) === Boolean(tls.clientKey)) return;
  throw unreadable(
    `there is a client ${tls.clientCert ? 'certificate without its key' : 'key without its certificate'}`,
    'Set both TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, or both …_DATA.',
  );
}

/** The library puts a dash in the place of the first underscore only; Temporal's other tools in that of each. */
function headers(metadata: ClientConnectConfig['connectionOptions']['metadata']): TemporalAddress['metadata'] {
  if (!metadata) return undefined;
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.replaceAll('_', '-'), `${value}`]));
}

function unreadable(message: string, hint: string, cause?: unknown): PawlError {
  return new PawlError(FailureType.InvalidInput, message, { hint, cause, retryable: false });
}
