import { FailureType, PawlError } from '../plan/failure.js';

interface Trouble {
  readonly what: string;
  readonly hint: string;
}

const unreachable: Trouble = {
  what: 'cannot be reached',
  hint: 'Check that Postgres is running and that DATABASE_URL names its host, port and database.',
};
const refused: Trouble = {
  what: 'refused the login',
  hint: 'Check the user, password and TLS settings in DATABASE_URL.',
};
const lacking: Trouble = {
  what: 'has run out of something it needs',
  hint: 'Free disk space or raise the limit that the message names; the work goes on by itself after that.',
};
const interrupted: Trouble = {
  what: 'broke off the work',
  hint: 'Nothing was changed; try again.',
};
const readOnly: Trouble = {
  what: 'cannot be written',
  hint: 'Point DATABASE_URL at the primary server; a standby only reads.',
};
const unprepared: Trouble = {
  what: 'lacks the tables of Pawl',
  hint: 'Start a Pawl worker or run `pawl dev` once against this database: both create them.',
};

/** By SQLSTATE, or by its class (the first two characters). */
const troubles: Readonly<Record<string, Trouble>> = {
  '08': unreachable,
  '57P01': unreachable,
  '57P02': unreachable,
  '57P03': unreachable,
  '57P05': unreachable,
  '3D000': unreachable,
  '28': refused,
  '42501': refused,
  '53': lacking,
  '58': lacking,
  '40': interrupted,
  '55P03': interrupted,
  '57014': interrupted,
  '25006': readOnly,
  '42P01': unprepared,
  '3F000': unprepared,
};

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EACCES',
]);

/** The client reports these without any code. */
const connectionMessages =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|client was closed|server does not support SSL|client password must be/i;

/**
 * Turns what the Postgres client throws into a PawlError `StoreUnavailable` when the database, not the query, is the
 * reason. Anything else comes back as it is: it is a bug, and its own message says most.
 *
 * @param place the server and database, without the password.
 */
export function translateDatabaseError(error: unknown, place: string): unknown {
  const trouble = troubleOf(error);
  if (trouble === undefined) return error;
  return new PawlError(FailureType.StoreUnavailable, `Postgres at ${place} ${trouble.what}: ${messageOf(error)}`, {
    hint: trouble.hint,
    cause: error,
  });
}

function troubleOf(error: unknown): Trouble | undefined {
  const code = codeOf(error);
  if (connectionCodes.has(code) || connectionMessages.test(messageOf(error))) return unreachable;
  return troubles[code] ?? troubles[code.slice(0, 2)];
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Connecting to a host with several addresses fails with an AggregateError, whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
