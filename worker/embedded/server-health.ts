import { get } from 'node:http';
import { connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { HOST } from './ports.js';

const TIMEOUT_MS = 2000;
const FRONTEND = 'temporal.api.workflowservice.v1.WorkflowService';
/** `HealthCheckResponse { status: SERVING }` behind the five bytes of a gRPC frame: not compressed, two bytes long. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]);

/** Asks the standard gRPC health service of a Temporal server. False while it does not serve, for whatever reason. */
export async function isTemporalServing(port: number): Promise<boolean> {
  const session = connect(`http://${HOST}:${port}`);
  const answer = new Promise<boolean>((resolve) => {
    session.once('error', () => resolve(false)).setTimeout(TIMEOUT_MS, () => resolve(false));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', () => resolve(false)).once('end', () => resolve(SERVING.equals(Buffer.concat(chunks))));
    stream.end(healthRequest(FRONTEND));
  });
  return answer.finally(() => session.destroy());
}

/** `HealthCheckRequest { service: name }`: field 1, a string shorter than 128 bytes. */
function healthRequest(name: string): Buffer {
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
}

/** True when a page is served at `/` of a loopback port. */
export async function isPageServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: HOST, port, path: '/', timeout: TIMEOUT_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy()).once('error', () => resolve(false));
  });
}

/** True when something takes connections at a loopback port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connectSocket({ host: HOST, port, timeout: TIMEOUT_MS });
  const answer = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false)).once('timeout', () => resolve(false));
  });
  return answer.finally(() => socket.destroy());
}
