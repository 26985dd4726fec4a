import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { FailureType, PawlError } from '../plan/failure.js';

const DRAIN_MS = 10_000;
const IDLE_CHECK_MS = 50;

/** An HTTP server that listens. */
export interface Listener {
  /** For example `http://127.0.0.1:8501`. */
  readonly url: string;
  /** Takes no more connections, and resolves when the requests under way are answered (after at most ten seconds). */
  close(): Promise<void>;
}

/**
 * Listens for HTTP.
 *
 * @param port 0: a free one.
 * @throws PawlError when the port is in use, or may not be used.
 */
export async function listen(app: Hono, port: number, host: string): Promise<Listener> {
  // The adaptor's type covers HTTP/2, which is only made when asked for.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unusable(error, port, host)));
    server.listen(port, host, resolve);
  });
  return { url: urlOf(server.address() as AddressInfo), close: () => drain(server) };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive becomes idle only after its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const expiry = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  server.closeIdleConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(expiry);
}

function unusable(error: NodeJS.ErrnoException, port: number, host: string): PawlError {
  const [what, hint] = reasonOf(error, port, host);
  return new PawlError(FailureType.InvalidValue, `the server cannot listen: ${what}`, { hint, cause: error });
}

function reasonOf(error: NodeJS.ErrnoException, port: number, host: string): readonly [string, string] {
  switch (error.code) {
    case 'EADDRINUSE':
      return [`port ${port} of ${host} is in use`, 'Stop the program that uses it, or choose another with --port.'];
    case 'EACCES':
      return [`port ${port} of ${host} is reserved`, 'Choose a port above 1023 with --port.'];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`this machine has no address ${host}`, 'Choose 127.0.0.1, 0.0.0.0 or an own address with --host.'];
    default:
      return [error.message, 'Choose another port with --port, or another address with --host.'];
  }
}
