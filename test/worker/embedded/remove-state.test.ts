import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postgresFolder } from '../../../worker/embedded/data-folder.js';
import { acquireStack, removeState } from '../../../worker/embedded/index.js';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'pawl-embedded-'));
});
afterEach(() => rm(project, { recursive: true, force: true }));

/** For root, a project that others may enter has Postgres' data inside, and another has it elsewhere. */
test.each([0o755, 0o700])('a stopped stack is deleted with its data, a running one is not (mode %o)', async (mode) => {
  await chmod(project, mode);
  const stack = await acquireStack({ cwd: project, graceMs: 50 });
  const postgres = await postgresFolder(stack.state);
  await expect(removeState({ cwd: project })).rejects.toThrow('is running');
  expect(existsSync(postgres)).toBe(true);
  await stack.release();
  await removeState({ cwd: project });
  expect(existsSync(postgres)).toBe(false);
  expect(existsSync(stack.state)).toBe(false);
  await removeState({ cwd: project });
});
