import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { writeProject } from './sandbox.js';

const run = promisify(execFile);
const checkout = resolve(import.meta.dirname, '../../..');
const base = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-determinism-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const FILES = {
  'pipelines/months.ts': `import { basename } from 'node:path';
import { pipeline, step, z } from 'pawl';
import data from '../data.json';
import { äußern } from '../lib/umlaut.js';
/** Über Monate. */
const load = step('load', { input: z.object({ month: z.string() }), output: z.object({ text: z.string() }) },
  ({ month }) => ({ text: äußern(basename(month)) + data.länge }));
export default pipeline('months', { params: z.object({ month: z.string().default('2001-01') }), schedule: { cron: '0 6 2 * *' } },
  ({ month }) => load({ month }));
`,
  'lib/umlaut.ts': "export const äußern = (text: string) => 'größer – ' + text;\r\n",
  'data.json': '{ "länge": 3 }',
};

/** Compiles in a process of its own and gives the bytes of plan and bundle. */
async function compileApart(folder: string, env: Record<string, string>): Promise<string> {
  const root = writeProject(join(base, folder), FILES);
  const script = join(base, `${folder.replaceAll('/', '-')}.mjs`);
  writeFileSync(
    script,
    `import { compilePipeline } from ${JSON.stringify(join(checkout, 'dist/dsl/compile/index.js'))};
     const { diagnostics, compiled } = await compilePipeline(${JSON.stringify(join(root, 'pipelines/months.ts'))});
     console.log(JSON.stringify([diagnostics, compiled.plan, compiled.planHash, compiled.annotations, compiled.bundle]));`,
  );
  const { stdout } = await run(process.execPath, [script], { env: { ...process.env, ...env }, cwd: base });
  return stdout;
}

test('the same sources give the same bytes in another folder, time zone and language', async () => {
  const here = await compileApart('a', { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' });
  const there = await compileApart('somewhere/else', { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  expect(there).toBe(here);
  expect(JSON.parse(here)[0]).toEqual([]);
  expect(here).not.toContain(base);
  expect(here).not.toContain(checkout);
  expect(JSON.parse(here)[4].code).not.toContain('\r');
});
