import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DecisionToSign, signGrant } from '../../client/grants/sign-grant.js';
import { readSigningKey, type SigningKey } from '../../client/grants/signing-key.js';
import { digestOfJson } from '../../plan/canonical.js';
import type { ApproveRequest, NodeStatus } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
let key: SigningKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-grants-'));
  stack = await startTestStack();
  const made = await stack.pawl(
    'grants',
    'keygen',
    '--out',
    join(folder, 'key.json'),
    '--role',
    'owner',
    '--role',
    'reviewer',
  );
  expect(made).toMatchObject({ code: 0 });
  await writeFile(join(folder, 'keys.json'), made.stdout);
  process.env.PAWL_GRANT_KEYS = join(folder, 'keys.json');
  key = await readSigningKey(await readFile(join(folder, 'key.json'), 'utf8'));
  expect(await stack.pawl('publish', 'test/runs/pipelines/signed.ts')).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_GRANT_KEYS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (workflowId: string, params: object = { n: 1, names: [] }) =>
  stack.client.workflow.start('signed', { taskQueue: 'pawl', workflowId, args: [params] });

async function approve(handle: WorkflowHandle, request: object): Promise<string> {
  try {
    return await handle.executeUpdate<string, [object]>('approve', { args: [request] });
  } catch (error) {
    return `refused: ${((error as Error).cause as Error).message}`;
  }
}

const waits = (handle: WorkflowHandle, node: string) =>
  until(async () =>
    (await handle.query<NodeStatus[]>('nodes')).some((each) => each.node === node && each.state === 'waiting'),
  );

type Said = Omit<DecisionToSign, 'run' | 'runId'>;

const sign = (run: WorkflowHandle & { firstExecutionRunId: string }, said: Said): Promise<ApproveRequest> =>
  signGrant({ run: run.workflowId, runId: run.firstExecutionRunId, ...said }, { key });

describe('an approval that takes signed decisions only', () => {
  test('refuses all others with the reason, and is as it was; then two signed ones count', async () => {
    const handle = await start('signed');
    await waits(handle, 'release');
    const ann = { node: 'release', by: 'ann', role: 'owner', value: { level: 2 } };
    expect(await approve(handle, ann)).toMatch('refused: only signed decisions count at "release"');
    const signed = await sign(handle, ann);
    expect(await approve(handle, { ...signed, by: 'eve' })).toBe(
      'refused: the grant does not count: it is for by "ann", and the decision has "eve"',
    );
    expect(await approve(handle, { ...signed, value: { level: 3 } })).toMatch(
      'what is filled in is not what was signed',
    );
    expect(await approve(handle, { ...signed, reason: 'sure' })).toMatch('it is for reason ""');
    expect(await approve(handle, { ...signed, approved: false, value: null })).toMatch('it is for approved true');
    expect(await approve(handle, { ...signed, grant: 'nonsense' })).toMatch('it is no JSON Web Token');
    const other = await signGrant({ run: 'other', runId: 'other', ...ann }, { key });
    expect(await approve(handle, other)).toMatch('it is for run "other", and the decision has "signed"');
    const earlier = await signGrant({ run: 'signed', runId: 'earlier', ...ann }, { key });
    expect(await approve(handle, earlier)).toMatch('it is for another execution of this run');
    expect(await approve(handle, await sign(handle, { ...ann, node: 'each' }))).toMatch(
      'this run has no approval "each"',
    );
    expect(
      await approve(handle, { ...(await sign(handle, { ...ann, node: 'map[a]/take' })), node: 'release' }),
    ).toMatch('it is for node "map[a]/take", and the decision has "release"');
    expect(await approve(handle, await sign(handle, { ...ann, value: { level: 0 } }))).toMatch(/refused: .*level/s);

    expect(await approve(handle, signed)).toBe('release: 1 of 2 have approved (ann)');
    expect(await approve(handle, signed)).toMatch('has a decision of ann already');
    const shown = JSON.parse((await stack.pawl('show', 'signed', '--json')).stdout);
    expect(shown).toMatchObject({
      waiting: [{ waitsFor: { grant: 'required' } }],
      decisions: [{ node: 'release', by: 'ann', proof: 'signed', key: key.id }],
    });

    const file = join(folder, 'bob.json');
    const said = [
      '--node',
      'release',
      '--by',
      'bob',
      '--role',
      'reviewer',
      '--reason',
      'good',
      '--value',
      '{"level":4}',
    ];
    const printed = await stack.pawl('grants', 'sign', 'signed', ...said, '--key', join(folder, 'key.json'));
    expect(printed).toMatchObject({ code: 0 });
    await writeFile(file, printed.stdout);
    expect(await stack.pawl('approve', 'signed', '--grant', file, '--by', 'eve', '--detach')).toMatchObject({
      code: 1,
    });
    expect(await stack.pawl('approve', 'signed', '--grant', file)).toMatchObject({ code: 0 });
    expect(await handle.result()).toMatchObject({
      value: {
        release: {
          approved: true,
          decisions: [
            { by: 'ann', role: 'owner', proof: 'signed', key: key.id, grant: expect.any(String) },
            { by: 'bob', role: 'reviewer', reason: 'good', proof: 'signed', key: key.id },
          ],
          value: { level: 4, note: 'none' },
        },
      },
    });
    expect(await stack.pawl('replay', 'signed')).toMatchObject({ code: 0 });
  });

  test('keeps who decided in Postgres, also what the run did not come to', async () => {
    const handle = await start('kept', { n: 1, names: ['a', 'b'] });
    await waits(handle, 'map[a]/take');
    expect(await approve(handle, { node: 'map[a]/take', by: 'cy', reason: 'a \0 nul' })).toMatch('1 of 1');
    await until(async () => (await stack.store.decisions.ofRun(handle.firstExecutionRunId)).length === 1);
    await approve(handle, await sign(handle, { node: 'release', by: 'ann', role: 'owner', value: { level: 2 } }));
    await handle.cancel();
    await handle.result().catch(() => undefined);
    expect(await stack.store.decisions.ofRun(handle.firstExecutionRunId)).toMatchObject([
      {
        node: 'map[a]/take',
        nth: 0,
        by: 'cy',
        role: null,
        reason: 'a \uFFFD nul',
        proof: 'claimed',
        value: digestOfJson(null),
      },
      { node: 'release', nth: 0, by: 'ann', role: 'owner', proof: 'signed', value: digestOfJson({ level: 2 }) },
    ]);
    const { stdout } = await stack.pawl('show', 'kept');
    expect(stdout).toMatch(/map\[a\]\/take: approved by cy \(claimed\) at \S+Z: a/);
    expect(stdout).toContain(`release: approved by ann as owner (signed with key ${key.id}) at `);
    expect(await stack.pawl('replay', 'kept')).toMatchObject({ code: 0 });
  });

  test('takes a token alone on the command line, offline signed', async () => {
    const handle = await start('token');
    await waits(handle, 'release');
    const offline = ['--run-id', handle.firstExecutionRunId, '--key', join(folder, 'key.json'), '--expires', '10m'];
    const who = ['--node', 'release', '--by', 'ann', '--role', 'owner', '--refuse', '--reason', 'too slow'];
    const { grant } = JSON.parse((await stack.pawl('grants', 'sign', 'token', ...who, ...offline)).stdout);
    expect(await stack.pawl('approve', 'token', '--grant', grant)).toMatchObject({ code: 0 });
    expect(await handle.result()).toMatchObject({
      value: { release: { approved: false, decisions: [{ by: 'ann', reason: 'too slow', proof: 'signed' }] } },
    });
  });
});

describe('keys on the command line', () => {
  test('are written for their owner alone, and never over others', async () => {
    const file = join(folder, 'key.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await stack.pawl('grants', 'keygen', '--out', file);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('it is there already');
    const none = await stack.pawl('grants', 'sign', 'r', '--node', 'n', '--by', 'b');
    expect(none.stderr).toContain('there is no key to sign with');
  });
});
