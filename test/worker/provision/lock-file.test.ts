import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly optionalDependencies?: Record<string, string>;
}

test('the lock file names the optional packages of every platform; without them `npm ci` refuses it', async () => {
  const file = join(import.meta.dirname, '../../../package-lock.json');
  const { packages } = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, LockedPackage> };
  const paths = Object.keys(packages);
  const wanted = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}));
  const absent = wanted.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
  expect(absent, 'run `node scripts/complete-lock.mjs`').toEqual([]);
});
