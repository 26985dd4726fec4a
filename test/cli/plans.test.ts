import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProject } from '../dsl/compile/sandbox.js';
import { type CommandResult, projectFolder, startTestStack, type TestStack } from '../support/stack.js';

const FILE = 'test/runs/pipelines/control.ts';
let stack: TestStack;
let folder: string;
let hash: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-plans-'));
  const published = await stack.pawl('publish', FILE, '--json');
  hash = (JSON.parse(published.stdout) as { planHash: string }).planHash;
  expect(await stack.pawl('compile', FILE, '--out', folder)).toMatchObject({ code: 0 });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `pawl` on files alone: no servers are needed, and none are started. */
function pawl(...args: readonly string[]): Promise<CommandResult> {
  const env = { ...process.env, NO_COLOR: '1', PAWL_STATE: join(folder, 'no-state') };
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/pawl.js', ...args], { cwd: projectFolder, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe('pawl graph', () => {
  test('draws files, compiled plans and published pipelines alike', async () => {
    const drawn = await pawl('graph', FILE);
    expect(drawn.stdout).toMatch(/^flowchart TD\n {2}accTitle: Pipeline control\n/);
    expect(await pawl('graph', join(folder, 'control.plan.json'))).toEqual(drawn);
    expect((await stack.pawl('graph', 'control')).stdout).toBe(drawn.stdout);
  });

  test('writes pictures to standard output or to a file', async () => {
    const [shown, written] = [await pawl('graph', FILE, '--svg'), join(folder, 'graph.svg')];
    expect(shown.stdout).toMatch(/^<svg role="img"/);
    expect(await pawl('graph', FILE, '--svg', written)).toMatchObject({ code: 0, stdout: `${written}\n` });
    expect(await readFile(written, 'utf8')).toBe(shown.stdout);
  });
});

describe('pawl diff', () => {
  test('finds no difference between the file, its compiled plan, its name and its hash', async () => {
    expect(await pawl('diff', FILE, join(folder, 'control.plan.json'))).toMatchObject({ code: 0, stdout: '' });
    expect(await stack.pawl('diff', 'control', hash)).toMatchObject({ code: 0, stdout: '' });
    expect(await stack.pawl('diff', hash.slice(0, 16), FILE)).toMatchObject({ code: 0, stdout: '' });
    expect(await stack.pawl('diff', hash.slice(7, 15), FILE)).toMatchObject({ code: 0, stdout: '' });
  });

  test('says which files and packages are behind other code, and ends with 1', async () => {
    const files = {
      'p.ts': `import { pipeline, step, z } from 'pawl';
import { label } from './label.js';
const one = step('one', { input: z.string(), output: z.string() }, (text) => label(text));
export default pipeline('p', { params: z.object({ a: z.string() }) }, ({ a }) => one(a));
`,
      'label.ts': "export const label = (text: string): string => 'a '.concat(text);\n",
    };
    const before = makeProject(files);
    const after = makeProject({ ...files, 'label.ts': files['label.ts'].replace("'a ", "'the ") });
    const found = await pawl('diff', join(before, 'p.ts'), join(after, 'p.ts'));
    expect(found).toMatchObject({ code: 1, stdout: '~ node one\n    code: label.ts\n' });
    const told = await pawl('diff', join(before, 'p.ts'), join(after, 'p.ts'), '--json');
    expect(JSON.parse(told.stdout)).toMatchObject({
      equal: false,
      nodes: { changed: [{ node: 'one', step: 'one', details: [{ at: 'code', why: 'label.ts' }] }] },
    });
  });

  test('says what it cannot find, and ends with 2', async () => {
    const unknown = await stack.pawl('diff', 'contrl', FILE);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('no published pipeline and no plan is called "contrl"');
    expect(unknown.stderr).toContain('Did you mean "control"?');
    expect((await pawl('diff', join(folder, 'none.plan.json'), FILE)).stderr).toContain(
      'none.plan.json cannot be read',
    );
  });
});
