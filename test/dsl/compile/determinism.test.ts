import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileApart, writeProject } from './sandbox.js';

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

async function bytesIn(folder: string, env: Record<string, string>): Promise<string> {
  const root = writeProject(join(base, folder), FILES);
  const { diagnostics, compiled } = await compileApart(join(root, 'pipelines/months.ts'), { env });
  return JSON.stringify([diagnostics, compiled?.plan, compiled?.planHash, compiled?.annotations, compiled?.bundle]);
}

test('the same sources give the same bytes in another folder, time zone and language', async () => {
  const here = await bytesIn('a', { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' });
  const there = await bytesIn('somewhere/else', { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  expect(there).toBe(here);
  expect(JSON.parse(here)[0]).toEqual([]);
  expect(here).not.toContain(base);
  expect(here).not.toContain(checkout);
  expect(JSON.parse(here)[4].code).not.toContain('\r');
});
