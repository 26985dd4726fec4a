import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../plan/protocol.js';
import { type RunningCommand, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
let server: string;
let open: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-operate-'));
  stack = await startTestStack();
  const key = await stack.pawl('grants', 'keygen', '--out', join(folder, 'key.json'));
  process.env.PAWL_GRANT_KEYS = key.stdout;
  for (const name of ['signed', 'release', 'waiting', 'faulty'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  await stack.startWorker();
  await writeFile(join(folder, 'operators.json'), JSON.stringify({ operators: await makeOperators() }));
  process.env.PAWL_GRANT_SIGNING_KEY = join(folder, 'key.json');
  server = await listening(stack.launch('operate', '--port', '0', '--operators', join(folder, 'operators.json')));
  delete process.env.PAWL_GRANT_SIGNING_KEY;
  open = await listening(stack.launch('operate', '--port', '0'));
}, 120_000);

afterAll(async () => {
  delete process.env.PAWL_GRANT_KEYS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function makeOperators(): Promise<object[]> {
  const operators: Record<string, readonly string[]> = {
    ann: ['--role', 'owner'],
    bob: ['--role', 'reviewer', '--role', 'guest'],
    eve: ['--role', 'guest'],
    labels: ['--may', 'send'],
  };
  return Promise.all(
    Object.entries(operators).map(async ([name, options]) => {
      const { stdout } = await stack.pawl('operators', 'token', name, ...options, '--json');
      const { token, operator } = JSON.parse(stdout);
      tokens.set(name, token);
      return operator;
    }),
  );
}

async function listening(command: RunningCommand): Promise<string> {
  let said = '';
  command.child.stdout!.on('data', (text: string) => {
    said += text;
  });
  await until(() => said.includes('/runs\n'), 30_000);
  return /operating: (\S+)\/runs/.exec(said)![1]!;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function get(path: string, who?: string, at = server): Promise<Answer> {
  const headers = who === undefined ? undefined : { authorization: `Bearer ${tokens.get(who) ?? who}` };
  const response = await fetch(at + path, { headers });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function post(path: string, body: unknown, who?: string, more: Record<string, string> = {}, at = server) {
  const authorization: Record<string, string> =
    who === undefined ? {} : { authorization: `Bearer ${tokens.get(who) ?? who}` };
  const headers = { 'content-type': 'application/json', ...authorization, ...more };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(at + path, { method: 'POST', headers, body: text });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function start(pipeline: string, workflowId: string, params: object) {
  const run = await stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId, args: [params] });
  return run;
}

async function waits(workflowId: string, node: string): Promise<void> {
  const handle = stack.client.workflow.getHandle(workflowId);
  await until(async () =>
    (await handle.query<NodeStatus[]>('nodes')).some((each) => each.node === node && each.state === 'waiting'),
  );
}

describe('who asks', () => {
  test('is known by token: none, a wrong one, another’s', async () => {
    expect(await get('/runs')).toMatchObject({ status: 401, body: { error: 'the request has no token' } });
    const wrong = `${tokens.get('ann')!.slice(0, -1)}_`;
    const refused = await get('/runs', wrong);
    expect(refused).toMatchObject({ status: 401, body: { error: 'the token is nobody’s' } });
    expect(JSON.stringify(refused)).not.toContain(wrong);
    expect(await get('/runs', 'ann')).toMatchObject({ status: 200, body: { runs: expect.any(Array) } });
    expect(await post('/runs/any/approve', {})).toMatchObject({ status: 401 });
    expect(await get('/healthz')).toEqual({ status: 200, body: { ok: true } });
  });

  test('without a list is only this machine, and never a page of another site', async () => {
    expect(await get('/runs', undefined, open)).toMatchObject({ status: 200 });
    const { port } = new URL(open);
    const status = await new Promise((resolve) => {
      httpRequest({ port, path: '/runs', headers: { host: 'evil.example' } }, (response) =>
        resolve(response.statusCode),
      ).end();
    });
    expect(status).toBe(403);
    expect(await post('/runs/x/cancel', '{}', undefined, { 'content-type': 'text/plain' }, open)).toMatchObject({
      status: 415,
    });
    const exposed = await stack.pawl('operate', '--port', '0', '--host', '0.0.0.0');
    expect(exposed).toMatchObject({ code: 1 });
    expect(exposed.stderr).toContain('without operators, nobody but this machine is let in');
  });
});

describe('a run', () => {
  test('is approved by those who may, in their own names, signed by the server', async () => {
    const run = await start('signed', 'http:signed', { n: 1, names: [] });
    await waits('http:signed', 'release');
    await until(async () => (await stack.store.runs.latest('http:signed'))?.phase === 'waiting');
    expect(await get('/runs?phase=waiting', 'ann')).toMatchObject({
      body: { runs: [{ run: 'http:signed', asks: [{ node: 'release', roles: ['owner', 'reviewer'] }] }] },
    });
    const path = '/runs/http%3Asigned';
    expect(await get('/runs/http:signed', 'ann')).toMatchObject({
      status: 200,
      body: {
        run: 'http:signed',
        runId: run.firstExecutionRunId,
        phase: 'waiting',
        waiting: [
          {
            node: 'release',
            roles: ['owner', 'reviewer'],
            grant: 'required',
            form: { type: 'object' },
            answer: '/runs/http%3Asigned/approve',
            mayAnswer: true,
          },
        ],
      },
    });
    expect(await get(path, 'eve')).toMatchObject({ body: { waiting: [{ mayAnswer: false }] } });
    const level = { value: { level: 2 } };
    expect(await post(`${path}/approve`, level, 'eve')).toMatchObject({
      status: 403,
      body: { error: 'only owner, reviewer may decide there', hint: 'You have: guest.' },
    });
    expect(await post(`${path}/approve`, { ...level, role: 'owner' }, 'bob')).toMatchObject({ status: 403 });
    expect(await post(`${path}/approve`, { ...level, by: 'ann' }, 'bob')).toMatchObject({
      status: 403,
      body: { error: 'you are bob, and cannot act as another' },
    });
    expect(await post(`${path}/approve`, level, 'labels')).toMatchObject({
      status: 403,
      body: { error: 'labels may not approve' },
    });
    const wrong = await post(`${path}/approve`, { value: { level: 0 } }, 'ann');
    expect(wrong).toMatchObject({
      status: 400,
      body: { type: 'InvalidValue', error: expect.stringContaining('level') },
    });
    expect(await post(`${path}/approve`, { ...level, aproved: false }, 'ann')).toMatchObject({ status: 400 });
    const key = { 'idempotency-key': 'one' };
    const said = { run: 'http:signed', answer: 'release: 1 of 2 have approved (ann)' };
    expect(await post(`${path}/approve`, level, 'ann', key)).toEqual({ status: 200, body: said });
    expect(await post(`${path}/approve`, level, 'ann', key)).toEqual({ status: 200, body: said });
    expect(await post(`${path}/approve`, level, 'ann')).toMatchObject({ status: 409, body: { type: 'Conflict' } });
    expect(await post(`${path}/approve`, { node: 'release', ...level, reason: 'good' }, 'bob')).toMatchObject({
      status: 200,
    });
    expect(await run.result()).toMatchObject({
      value: {
        release: {
          decisions: [
            { by: 'ann', role: 'owner', proof: 'signed' },
            { by: 'bob', role: 'reviewer', reason: 'good', proof: 'signed' },
          ],
        },
      },
    });
    expect(await get(path, 'ann')).toMatchObject({
      body: {
        phase: 'closed',
        outcome: 'succeeded',
        waiting: [],
        decisions: [{ by: 'ann', proof: 'signed' }, { by: 'bob' }],
      },
    });
    expect(await post(`${path}/approve`, level, 'ann')).toMatchObject({ status: 409 });
  });

  test('gets its event from a service that may do nothing else, early too', async () => {
    const run = await start('waiting', 'http-waiting', { file: join(folder, 'http'), waitMs: 0 });
    await waits('http-waiting', 'labels-ready');
    const path = '/runs/http-waiting';
    expect(await post(`${path}/cancel`, {}, 'labels')).toMatchObject({ status: 403 });
    expect(await post(`${path}/send`, { node: 'labels-ready', value: { file: 'x' } }, 'labels')).toMatchObject({
      status: 400,
    });
    expect(await post(`${path}/send`, { node: 'labels-ready', value: { file: 'l.csv' } }, 'labels')).toMatchObject({
      status: 200,
      body: { answer: 'labels-ready: the event is there' },
    });
    expect(await post(`${path}/approve`, { reason: 'fine' }, 'eve')).toMatchObject({ status: 200 });
    expect(await run.result()).toMatchObject({ value: { release: { decisions: [{ by: 'eve', role: 'guest' }] } } });
  });

  test('that is held is decided about; one that is not is a conflict', async () => {
    const run = await start('faulty', 'http-held', { file: join(folder, 'later') });
    await until(async () => (await stack.store.runs.latest('http-held'))?.phase === 'held', 30_000);
    expect(await get('/runs?phase=held', 'ann')).toMatchObject({
      body: { runs: [{ run: 'http-held', href: '/runs/http-held' }] },
    });
    expect(await post('/runs/http-held/retry', { node: 'nothing' }, 'ann')).toMatchObject({ status: 409 });
    expect(await post('/runs/http-held/abort', { reason: 'gone' }, 'bob')).toMatchObject({ status: 200 });
    await expect(run.result()).rejects.toThrow();
    await until(async () => (await stack.store.runs.latest('http-held'))?.phase === 'closed');
    expect(await stack.store.runs.latest('http-held')).toMatchObject({ outcome: 'aborted' });
    const cancelled = await start('release', 'http-cancelled', { n: 1 });
    await waits('http-cancelled', 'release');
    expect(await post('/runs/http-cancelled/retry', {}, 'ann')).toMatchObject({ status: 409 });
    expect(await post('/runs/http-cancelled/cancel', {}, 'ann')).toMatchObject({ status: 200 });
    await expect(cancelled.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });
});

describe('what is wrong with a request', () => {
  test('is said with its status and a hint', async () => {
    expect(await get('/runs/http%3Asigne', 'ann')).toMatchObject({
      status: 404,
      body: { type: 'UnknownRun', hint: expect.stringContaining('Did you mean') },
    });
    expect(await get('/runs/staging/none', 'ann')).toMatchObject({ status: 400 });
    expect(await get('/runs/%E0%A4%A', 'ann')).toMatchObject({ status: 400 });
    expect(await get('/runs?phse=held', 'ann')).toMatchObject({ status: 400, body: { hint: 'Did you mean "phase"?' } });
    expect(await get('/runs?outcome=good', 'ann')).toMatchObject({ status: 400 });
    expect(await get('/runs?limit=0', 'ann')).toMatchObject({ status: 400 });
    expect(await post('/runs/x/aprove', {}, 'ann')).toMatchObject({ status: 404 });
    expect(await post('/runs/http%3Asigned/approve', '{', 'ann')).toMatchObject({ status: 400 });
    expect(await post('/runs/http%3Asigned/approve', '[]', 'ann')).toMatchObject({ status: 400 });
    expect(await post('/runs/http%3Asigned/approve', { value: 'x'.repeat(600_000) }, 'ann')).toMatchObject({
      status: 413,
    });
    expect(await get('/elsewhere', 'ann')).toMatchObject({
      status: 404,
      body: { hint: expect.stringContaining('GET /runs') },
    });
  });

  test('a broken list of operators lets nobody in', async () => {
    const file = join(folder, 'operators.json');
    await writeFile(file, '{"operators": [');
    expect(await get('/runs', 'ann')).toMatchObject({ status: 503 });
    await writeFile(
      file,
      JSON.stringify({ operators: [{ name: 'ann', roles: [], token: `sha256:${'0'.repeat(64)}` }] }),
    );
    expect(await get('/runs', 'ann')).toMatchObject({ status: 401 });
  });
});
