import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isJsonObject, type JsonObject } from '../../plan/json.js';
import { OUTCOMES, PHASES } from '../../plan/protocol.js';
import { suggestName } from '../../plan/suggest.js';
import type { RunFilter } from '../../store/index.js';
import { act } from './act.js';
import { authenticate } from './authenticate.js';
import { ACTIONS, type Action } from './operators.js';
import type { OperateParts } from './parts.js';
import { answerProblem, Problem } from './problem.js';
import { runTarget } from './run-target.js';
import { runLine, viewRun } from './run-view.js';

/** A run takes values of up to 250 kB. In bytes. */
const MOST_BYTES = 512 * 1024;
const FORM = `GET /runs, GET /runs/ID, POST /runs/ID/${ACTIONS.join('|')}, GET /healthz`;

/** The HTTP interface to runs, for people and services. */
export function operateRoutes(parts: OperateParts): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/runs', async (c) => {
    await authenticate(c, parts.operators);
    const { runs } = await parts.session.store();
    return c.json({ runs: (await runs.list(filterOf(new URL(c.req.url).searchParams))).map(runLine) });
  });
  app.get('/runs/*', async (c) => {
    const operator = await authenticate(c, parts.operators);
    return c.json(await viewRun(runTarget(c.req.url, []).run, operator, parts));
  });
  app.post('/runs/*', limitBody(), async (c) => {
    const operator = await authenticate(c, parts.operators);
    const { run, verb } = runTarget(c.req.url, ACTIONS);
    if (verb === null) throw new Problem(404, 'the path names nothing that is done to a run', `${FORM}.`);
    const idempotencyKey = keyOf(c);
    const body = await bodyOf(c);
    return c.json(await act({ id: run, action: verb as Action, body, operator, idempotencyKey }, parts));
  });
  app.notFound((c) =>
    c.json({ error: `there is no ${c.req.method} ${c.req.path.slice(0, 200)}`, hint: `${FORM}.` }, 404),
  );
  app.onError((error, c) => answerProblem(error, c, parts.log));
  return app;
}

function limitBody() {
  return bodyLimit({
    maxSize: MOST_BYTES,
    onError: () => {
      throw new Problem(
        413,
        `the body is larger than ${MOST_BYTES} bytes`,
        'Put what is large where a step can read it.',
      );
    },
  });
}

/** A page of another site cannot send JSON without being asked first, which is never answered. */
async function bodyOf(c: Context): Promise<JsonObject> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw new Problem(415, 'the body must be JSON', 'Send "content-type: application/json".');
  const body = await c.req.json().catch(() => undefined);
  if (isJsonObject(body)) return body;
  throw new Problem(400, 'the body is no JSON object', 'Send {} where nothing is to be said.');
}

function keyOf(c: Context): string | undefined {
  const key = c.req.header('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new Problem(400, 'the idempotency-key has over 200 characters, or strange ones', 'A UUID is a good one.');
}

const FILTERS = ['pipeline', 'outcome', 'phase', 'limit'];
const MOST_RUNS = 1000;

function filterOf(query: URLSearchParams): RunFilter {
  for (const name of query.keys())
    if (!FILTERS.includes(name))
      throw new Problem(400, `there is no filter "${name.slice(0, 100)}"`, suggestName(name, FILTERS));
  const pipeline = query.get('pipeline') ?? undefined;
  return {
    pipeline,
    outcome: oneOf('outcome', query.get('outcome'), OUTCOMES),
    phase: oneOf('phase', query.get('phase'), PHASES),
    limit: limitOf(query.get('limit')),
  };
}

function oneOf<T extends string>(name: string, given: string | null, known: readonly T[]): T | undefined {
  const found = known.find((each) => each === given);
  if (given === null || found !== undefined) return found;
  throw new Problem(400, `"${given.slice(0, 100)}" is no ${name}`, suggestName(given, known));
}

function limitOf(text: string | null): number {
  if (text === null) return 50;
  if (/^[1-9]\d*$/.test(text) && Number(text) <= MOST_RUNS) return Number(text);
  throw new Problem(400, `"${text.slice(0, 100)}" is no limit`, `Give a whole number from 1 to ${MOST_RUNS}.`);
}
