import { readFile } from 'node:fs/promises';
import {
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { CertificatePair, TestCertificates } from './certificates.js';

export interface CloudDoorOptions {
  /** `host:port` of the server behind it, which is not encrypted. */
  readonly target: string;
  readonly certificates: TestCertificates;
  /** Ask for a client certificate of the same authority. Default: false. */
  readonly wantsClient?: boolean;
  /** Says why a call is refused; null lets it through. */
  readonly refuses?: (path: string, headers: IncomingHttpHeaders) => string | null;
}

/** An encrypted door in front of a Temporal server, as Temporal Cloud has one. */
export interface CloudDoor {
  readonly address: string;
  /** Headers of the calls that came through, by the last part of their path. */
  readonly seen: Map<string, IncomingHttpHeaders>;
  close(): Promise<void>;
}

const PERMISSION_DENIED = 7;

export async function openCloudDoor(options: CloudDoorOptions): Promise<CloudDoor> {
  const { target, certificates, wantsClient = false, refuses = () => null } = options;
  const inner = connect(`http://${target}`);
  inner.on('error', () => {});
  const seen: CloudDoor['seen'] = new Map();
  const server = createSecureServer({
    ...(await readPair(certificates.server)),
    ca: await readFile(certificates.ca.cert),
    requestCert: wantsClient,
    rejectUnauthorized: wantsClient,
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session.on('error', () => {})));
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path']);
    const refusal = refuses(path, headers);
    if (refusal) return refuse(stream, refusal);
    seen.set(path.split('/').at(-1)!, headers);
    pass(stream, headers, inner);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      inner.destroy();
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readPair({ cert, key }: CertificatePair): Promise<SecureServerOptions> {
  return { cert: await readFile(cert), key: await readFile(key) };
}

/** A gRPC answer that is nothing but its status. */
function refuse(stream: ServerHttp2Stream, message: string): void {
  const status = { 'grpc-status': `${PERMISSION_DENIED}`, 'grpc-message': encodeURIComponent(message) };
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
}

function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, inner: ReturnType<typeof connect>): void {
  const { ':authority': _, ':scheme': __, ...kept } = headers;
  const call = inner.request(kept);
  const end = () => {
    stream.destroy();
    call.destroy();
  };
  stream.on('error', end).on('aborted', end).pipe(call);
  call.on('error', end);
  call.on('response', (answer, flags) => {
    // An error comes as headers alone.
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) return stream.respond(answer, { endStream: true });
    stream.respond(answer, { waitForTrailers: true });
    let trailers: IncomingHttpHeaders = {};
    call.on('trailers', (last) => {
      trailers = last;
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    call.pipe(stream);
  });
}
