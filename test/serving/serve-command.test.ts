import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { post, row, type ServingParts, startServingParts } from './serving-parts.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

let parts: ServingParts;
const children: ChildProcess[] = [];
beforeAll(async () => {
  parts = await startServingParts();
  await parts.deploy('delays');
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await parts.stop();
});

/** Runs `pawl serve` against the test's servers. */
function serve(...options: string[]) {
  const env = { ...process.env, DATABASE_URL: parts.server.url, PAWL_ARTIFACTS: parts.artifacts, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['bin/pawl.js', 'serve', ...options], { cwd: project, env });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return { child, output };
}

async function urlOf({ child, output }: ReturnType<typeof serve>): Promise<string> {
  while (!output.stdout.includes('\n')) await Promise.race([once(child.stdout!, 'data'), failed(child, output)]);
  return output.stdout.trim().replace('serving: ', '').replace('/v1/models', '');
}

async function failed(child: ChildProcess, output: { readonly stderr: string }): Promise<never> {
  await once(child, 'close');
  throw new Error(`pawl serve ended: ${output.stderr}`);
}

test('Ctrl-C ends the server, after every prediction that was given is written', async () => {
  const server = serve('--port', '0');
  const url = await urlOf(server);
  for (let request = 0; request < 30; request += 1) {
    expect((await post(`${url}/v1/models/delays:predict`, { instances: [row, row] })).status).toBe(200);
  }
  server.child.kill('SIGINT');
  expect(await once(server.child, 'close')).toEqual([130, null]);
  expect(await parts.store.predictions.count('delays')).toBe(60);
  expect(server.output.stderr).toMatch(/serving delays version 1/);
});

test('a port in use is one readable line with the next step', async () => {
  const { url } = await parts.serve();
  const { child, output } = serve('--port', new URL(url).port);
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(output.stderr).toMatch(/port \d+ of 127\.0\.0\.1 is in use\n.*choose another with --port/);
});

test('a port that is none is refused', async () => {
  const { child, output } = serve('--port', '70000');
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(output.stderr).toMatch(/A port is a whole number from 0 to 65535/);
});
