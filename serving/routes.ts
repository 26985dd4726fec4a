import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { FailureType, isPawlError } from '../plan/failure.js';
import { suggestName } from '../plan/suggest.js';
import { healthOf, modelList, modelMetadata, modelStatus } from './describe-models.js';
import { predict } from './predict.js';
import { RequestError } from './request-error.js';
import type { ServerParts } from './server-parts.js';

/** Largest body of a request, in bytes. */
export const MOST_BYTES = 16 * 1024 * 1024;

const FORM = 'The routes are POST /v1/models/NAME:predict, GET /v1/models/NAME, GET /v1/models and GET /healthz.';
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** The HTTP interface: TensorFlow Serving's REST form for predictions, status and metadata, and `/healthz`. */
export function createRoutes(parts: ServerParts): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json(healthOf(parts), parts.models.read ? 200 : 503));
  app.get('/v1/models', (c) => c.json(modelList(parts)));
  app.get('/v1/models/:name', (c) => c.json(modelStatus(parts.models.slot(c.req.param('name')))));
  app.get('/v1/models/:name/versions/:version', (c) => {
    const slot = parts.models.slot(c.req.param('name'));
    parts.models.require(slot.name, versionOf(c.req.param('version')));
    return c.json(modelStatus(slot));
  });
  app.get('/v1/models/:name/metadata', (c) => c.json(modelMetadata(parts.models.require(c.req.param('name'), null))));
  app.get('/v1/models/:name/versions/:version/metadata', (c) =>
    c.json(modelMetadata(parts.models.require(c.req.param('name'), versionOf(c.req.param('version'))))),
  );
  app.use('/v1/models/*', limitBody());
  app.post('/v1/models/:target', (c) => answer(c, parts, splitVerb(c.req.param('target')), null));
  app.post('/v1/models/:name/versions/:target', (c) => {
    const version = splitVerb(c.req.param('target'));
    return answer(c, parts, c.req.param('name'), versionOf(version));
  });
  app.notFound((c) => c.json({ error: `there is no ${c.req.method} ${c.req.path}. ${FORM}` }, 404));
  app.onError((error, c) => refuse(error, c));
  return app;
}

async function answer(c: Context, parts: ServerParts, name: string, version: number | null): Promise<Response> {
  const requestId = requestIdOf(c.req.header('x-request-id'));
  c.header('x-request-id', requestId);
  const body = await c.req.text();
  return c.json(await predict({ name, version, requestId, body }, parts));
}

/** The caller's id where it can stand in a header and a log; else a new one. */
function requestIdOf(given: string | undefined): string {
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}

/** `NAME:predict` → `NAME`. */
function splitVerb(target: string): string {
  const colon = target.lastIndexOf(':');
  const verb = colon < 0 ? '' : target.slice(colon + 1);
  if (verb === 'predict') return target.slice(0, colon);
  const hint = verb ? suggestName(verb, ['predict']) : 'POST to NAME:predict.';
  throw new RequestError(404, `there is no method "${verb}". ${hint}`);
}

function versionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new RequestError(404, `"${text}" is not a version: versions are whole numbers from 1`);
}

/** A length that is announced is compared before the body is read; one without is counted while it is read. */
function limitBody() {
  const tooLarge = () =>
    new RequestError(413, `the body is larger than ${MOST_BYTES} bytes: send fewer rows at a time`);
  const count = bodyLimit({
    maxSize: MOST_BYTES,
    onError: () => {
      throw tooLarge();
    },
  });
  return async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const length = c.req.header('content-length');
    if (length === undefined || c.req.header('transfer-encoding')) return (await count(c, next)) ?? undefined;
    if (Number(length) > MOST_BYTES) throw tooLarge();
    await next();
    return undefined;
  };
}

function refuse(error: Error, c: Context): Response {
  if (error instanceof RequestError) {
    if (error.status === 503) c.header('retry-after', '1');
    // The rest of a body that is too large is not read to its end, so the connection cannot be used again.
    if (error.status === 413) c.header('connection', 'close');
    const { message, problems, status } = error;
    return c.json(problems.length > 0 ? { error: message, problems } : { error: message }, status);
  }
  if (!isPawlError(error)) return c.json({ error: `the server failed: ${error.message}` }, 500);
  return c.json({ error: error.message }, error.type === FailureType.InvalidValue ? 400 : 500);
}
