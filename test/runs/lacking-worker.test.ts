import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAttempts } from '../../client/attempts.js';
import type { RunResult } from '../../plan/protocol.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
const folder = join(projectFolder, '.pawl', `test-lacking-${process.pid}`);
const children: ChildProcess[] = [];

beforeAll(async () => {
  stack = await startTestStack();
}, 60_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A project with its own packages: `tally` in this version, or not at all. */
async function project(name: string, version: string | null): Promise<string> {
  const root = join(folder, name);
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(join(root, 'package.json'), JSON.stringify({ name, type: 'module', private: true }));
  await symlink(projectFolder, join(root, 'node_modules', 'pawl'));
  if (version === null) return root;
  const tally = join(root, 'node_modules', 'tally');
  await mkdir(tally);
  const manifest = { name: 'tally', version, type: 'module', main: 'index.js', types: 'index.d.ts' };
  await writeFile(join(tally, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(tally, 'index.js'), `export const tally = () => '${version}';`);
  await writeFile(join(tally, 'index.d.ts'), 'export declare const tally: () => string;');
  return root;
}

function command(root: string, ...args: string[]): { readonly child: ChildProcess; said(): string } {
  const { databaseUrl, artifacts, temporalAddress } = stack.stack;
  const deployed = { DATABASE_URL: databaseUrl, PAWL_ARTIFACTS: artifacts, TEMPORAL_ADDRESS: temporalAddress };
  const env = { ...process.env, NO_COLOR: '1', ...deployed };
  const child = spawn(process.execPath, [join(projectFolder, 'bin/pawl.js'), ...args], { cwd: root, env });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return { child, said: () => output };
}

async function startWorker(root: string): Promise<ChildProcess> {
  const { child, said } = command(root, 'worker');
  await until(() => said().includes('worker ready'), 30_000);
  return child;
}

test('a worker without a package says so and leaves the step to one that has it', { timeout: 180_000 }, async () => {
  const able = await project('able', '1.2.0');
  const other = await project('other', '1.1.0');
  await writeFile(
    join(able, 'counting.ts'),
    `import { pipeline, step, z } from 'pawl';
import { tally } from 'tally';
const count = step('count', { input: z.object({ n: z.int() }), output: z.object({ by: z.string() }) }, () => ({ by: tally() }));
export default pipeline('counting', { params: z.object({}) }, () => {
  const nodes = Array.from({ length: 6 }, (_, n) => count({ n }, { id: 'count-' + n }));
  return { by: nodes.map(({ by }) => by) };
});
`,
  );
  const published = command(able, 'publish', 'counting.ts');
  await until(() => published.child.exitCode !== null, 30_000);
  expect(published.child.exitCode, published.said()).toBe(0);
  await startWorker(other);
  const start = (workflowId: string) =>
    stack.client.workflow.start('counting', { taskQueue: 'pawl', workflowId, args: [{}] });
  const first = await start('first');
  await until(async () => {
    const [attempt] = await openAttempts(first);
    return (attempt?.lastFailure?.message ?? '').includes('tally@1.2.0 is needed, 1.1.0 is installed');
  }, 30_000);
  expect((await openAttempts(first))[0]?.lastFailure?.message).toMatch(/^worker \S+:\d+ cannot load the run's code/);
  await startWorker(able);
  const by = Array.from({ length: 6 }, () => '1.2.0');
  expect(((await first.result()) as RunResult).value).toEqual({ by });
  const began = Date.now();
  const second = await start('second');
  expect(((await second.result()) as RunResult).value).toEqual({ by });
  // With the pauses of an outage, the seven that may each go wrong several times would take far longer.
  expect(Date.now() - began).toBeLessThan(20_000);
});
