import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPawl, type PawlConnection, pipelineClient } from '../../client/index.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let pawl: PawlConnection;

beforeAll(async () => {
  stack = await startTestStack();
  pawl = await connectPawl({ address: stack.stack.temporalAddress, namespace: 'default' });
  expect(await stack.pawl('publish', 'test/runs/pipelines/outcomes.ts')).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await pawl.close();
  await stack.stop();
});

interface StartOptions {
  readonly workflowExecutionTimeout?: string;
}

const start = (id: string, way: unknown, { workflowExecutionTimeout }: StartOptions = {}) =>
  stack.client.workflow.start('outcomes', {
    taskQueue: 'pawl',
    workflowId: id,
    args: [{ way }],
    ...(workflowExecutionTimeout && { workflowExecutionTimeout: workflowExecutionTimeout as '3s' }),
  });

const phaseOf = async (id: string) => (await stack.store.runs.latest(id))?.phase;
const isHeld = (id: string) => until(async () => (await phaseOf(id)) === 'held', 20_000);
const isAtWork = (id: string) =>
  until(async () => {
    const run = await stack.store.runs.latest(id);
    const nodes = run ? await stack.store.journal.nodesOfRun(run.runId) : [];
    return nodes.some(({ node }) => node === 'turn-out');
  }, 20_000);

interface Case {
  readonly name: string;
  /** Brings the run to its end, or to where it stays. */
  readonly make: (id: string) => Promise<WorkflowHandle>;
  readonly outcome: string;
  /** Temporal's own word for it. */
  readonly status: string;
  /** What the run could say itself: nothing where it was ended from outside. */
  readonly says: boolean;
  readonly value: unknown;
  /** Types of the faults. */
  readonly faults: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'succeeded',
    make: (id) => start(id, 'good'),
    outcome: 'succeeded',
    status: 'COMPLETED',
    says: true,
    value: { n: 3 },
    faults: [],
  },
  {
    name: 'rejected',
    make: (id) => start(id, 'rejected'),
    outcome: 'rejected',
    status: 'COMPLETED',
    says: true,
    value: { reason: 'not good enough', details: { score: 1 } },
    faults: [],
  },
  {
    name: 'failed, when nobody came while it was held',
    make: (id) => start(id, 'faulty'),
    outcome: 'failed',
    status: 'FAILED',
    says: true,
    value: null,
    faults: ['StepFailed'],
  },
  {
    name: 'failed, when it could not begin',
    make: (id) => start(id, 'no way'),
    outcome: 'failed',
    status: 'FAILED',
    says: true,
    value: null,
    faults: ['InvalidParams'],
  },
  {
    name: 'aborted',
    make: async (id) => {
      const handle = await start(id, 'faulty');
      await isHeld(id);
      await handle.executeUpdate('abort', { args: [{ reason: 'no use' }] });
      return handle;
    },
    outcome: 'aborted',
    status: 'FAILED',
    says: true,
    value: null,
    faults: ['StepFailed', 'Aborted'],
  },
  {
    name: 'cancelled',
    make: async (id) => {
      const handle = await start(id, 'endless');
      await isAtWork(id);
      await handle.cancel();
      return handle;
    },
    outcome: 'cancelled',
    status: 'CANCELLED',
    says: true,
    value: null,
    faults: [],
  },
  {
    name: 'aborted, when Temporal terminated it',
    make: async (id) => {
      const handle = await start(id, 'endless');
      await isAtWork(id);
      await handle.terminate('no patience');
      return handle;
    },
    outcome: 'aborted',
    status: 'TERMINATED',
    says: false,
    value: null,
    faults: ['Terminated'],
  },
  {
    name: "failed, when Temporal's own time limit ended it",
    make: async (id) => start(id, 'endless', { workflowExecutionTimeout: '3s' }),
    outcome: 'failed',
    status: 'TIMED_OUT',
    says: false,
    value: null,
    faults: ['Timeout'],
  },
];

interface Shown {
  readonly phase: string;
  readonly outcome: string | null;
  readonly result: unknown;
  readonly error: readonly { readonly type: string }[] | null;
}

describe.each(CASES)('$name', ({ make, outcome, status, says, value, faults, name }) => {
  const id = name.replace(/[^a-z]+/g, '-');
  let handle: WorkflowHandle;

  beforeAll(async () => {
    handle = await make(id);
    await handle.result().catch(() => undefined);
  }, 30_000);

  test("is Temporal's closing status, with search attributes and memo where the run could still say it", async () => {
    const found = await handle.describe();
    expect(found.status.name).toBe(status);
    const labels = Object.fromEntries(found.typedSearchAttributes.getAll().map((each) => [each.key.name, each.value]));
    expect([labels.PawlPhase, labels.PawlOutcome]).toEqual(says ? ['closed', outcome] : ['running', undefined]);
    expect(labels.PawlPipeline).toBe('outcomes');
    expect(found.memo?.outcome).toBe(says ? outcome : undefined);
  });

  test('is what `pawl runs` and `pawl show` say, at once', async () => {
    const listed = JSON.parse((await stack.pawl('runs', '--json')).stdout) as (Shown & { workflowId: string })[];
    const shown = JSON.parse((await stack.pawl('show', id, '--json')).stdout) as Shown;
    for (const run of [listed.find(({ workflowId }) => workflowId === id), shown]) {
      expect(run).toMatchObject({ phase: 'closed', outcome, result: value });
      expect((run?.error ?? []).map(({ type }) => type)).toEqual(faults);
    }
  });

  test('is what the projection in Postgres says', async () => {
    const run = await stack.store.runs.latest(id);
    expect(run).toMatchObject({ phase: 'closed', outcome, result: value });
    expect(((run?.error ?? []) as unknown as Shown['error'])?.map(({ type }) => type)).toEqual(faults);
  });

  test('is what a client gets', async () => {
    const client = pipelineClient<unknown, unknown>('outcomes', { plan: 'sha256:0', params: {} });
    const end = client.handleFor(pawl, id).result();
    if (faults.includes('InvalidParams')) return expect(end).rejects.toMatchObject({ type: 'InvalidParams' });
    const known = await end;
    expect(known.outcome).toBe(outcome);
    if (known.outcome === 'succeeded' || known.outcome === 'rejected') expect(known.value).toEqual(value);
    else expect(known.faults.map(({ type }) => type)).toEqual(faults);
  });
});

describe('a command that follows the run', () => {
  const follow = (id: string, way: string) => {
    const ran = stack.launch('run', 'outcomes', '--way', way, '--id', id, '--wait', '--json');
    return { ended: ran.ended, handle: stack.client.workflow.getHandle(id) };
  };

  test.each([
    { way: 'good', code: 0, outcome: 'succeeded', result: { n: 3 } },
    { way: 'rejected', code: 3, outcome: 'rejected', result: { reason: 'not good enough', details: { score: 1 } } },
  ])('ends with $code when the run has $outcome', async ({ way, code, ...told }) => {
    const ran = await follow(`followed-${way}`, way).ended;
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.stdout)).toMatchObject(told);
  });

  test('ends with 1 when the run fails', async () => {
    expect((await follow('followed-failed', 'faulty').ended).code).toBe(1);
  });

  test('ends with 5 when the run is cancelled', async () => {
    const { ended, handle } = follow('followed-cancelled', 'endless');
    await isAtWork('followed-cancelled');
    await handle.cancel();
    expect((await ended).code).toBe(5);
  });

  test('ends with 4 when the run is terminated, and says why', async () => {
    const { ended, handle } = follow('followed-terminated', 'endless');
    await isAtWork('followed-terminated');
    await handle.terminate('no patience');
    const { code, stdout } = await ended;
    expect(code).toBe(4);
    expect(stdout).toContain('no patience');
  });
});

describe('rejected', () => {
  test('leaves what was rejected to be looked at, however soon it was', async () => {
    await (await start('looked-at', 'rejected')).result();
    const shown = await stack.pawl('show', 'looked-at', '--node', 'turn-out', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ node: 'turn-out', input: { way: 'rejected' }, state: 'claimed' });
  });
});

describe('held', () => {
  test('is told everywhere while it lasts', async () => {
    expect(await stack.pawl('publish', 'test/runs/pipelines/faulty.ts')).toMatchObject({ code: 0 });
    const ran = await stack.pawl('run', 'faulty', '--file', '/nowhere/at-all', '--id', 'held', '--json');
    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'held', faults: [{ node: 'need-file' }] });
    const told = { phase: 'held', outcome: null, error: [{ type: 'StepFailed', node: 'need-file' }] };
    expect(await stack.store.runs.latest('held')).toMatchObject(told);
    expect(JSON.parse((await stack.pawl('show', 'held', '--json')).stdout)).toMatchObject(told);
    const found = await stack.client.workflow.getHandle('held').describe();
    const labels = Object.fromEntries(found.typedSearchAttributes.getAll().map((each) => [each.key.name, each.value]));
    expect([found.status.name, labels.PawlPhase]).toEqual(['RUNNING', 'held']);
  });
});

describe('pawl runs --outcome', () => {
  test('lists the runs of one outcome', async () => {
    await Promise.all(
      [start('listed-good', 'good'), start('listed-bad', 'rejected')].map(async (run) => (await run).result()),
    );
    const { stdout } = await stack.pawl('runs', '--outcome', 'rejected', '--json');
    const ids = (JSON.parse(stdout) as { workflowId: string }[]).map(({ workflowId }) => workflowId);
    expect(ids).toContain('listed-bad');
    expect(ids).not.toContain('listed-good');
  });

  test('refuses an outcome that there is not', async () => {
    const refused = await stack.pawl('runs', '--outcome', 'suceeded');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Did you mean "succeeded"?');
  });
});

describe('a run that was cancelled before a worker took it up', () => {
  test('is cancelled everywhere', async () => {
    const handle = await stack.client.workflow.start('outcomes', {
      taskQueue: 'pawl',
      workflowId: 'unbegun',
      args: [{ way: 'good' }],
      startDelay: '1s',
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect(await stack.store.runs.latest('unbegun')).toMatchObject({ phase: 'closed', outcome: 'cancelled' });
    expect((await handle.describe()).memo).toMatchObject({ outcome: 'cancelled' });
  });
});
