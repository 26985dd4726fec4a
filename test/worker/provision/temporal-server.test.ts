import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findOnPath } from '../../../worker/provision/find-on-path.js';
import { findTemporalServer, provisionTemporalServer } from '../../../worker/provision/temporal-server.js';

let folder: string;
let bin: string;
let said: string[];
const log = (line: string) => void said.push(line);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-server-'));
  bin = join(folder, 'bin');
  said = [];
  await mkdir(bin);
  vi.stubEnv('PAWL_CACHE', join(folder, 'cache'));
  vi.stubEnv('PATH', bin);
  // No test may reach the world: what cannot be downloaded is built.
  vi.stubGlobal('fetch', () =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })),
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

async function putProgram(file: string, prints: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${prints}\n`);
  await chmod(file, 0o755);
}

const cached = (name: string) =>
  join(folder, 'cache', `temporal-server-1.32.0-${process.platform}-${process.arch}`, name);
const putPair = (place: (name: string) => string, version: string) =>
  Promise.all(
    ['temporal-server', 'temporal-sql-tool'].map((name) =>
      putProgram(place(name), `echo "${name} version ${version}"`),
    ),
  );
/** `go install` as it would be: the programs appear in GOBIN. */
const GO = 'if [ "$1" = env ]; then echo /nowhere; else echo x > "$GOBIN/server"; echo x > "$GOBIN/sql"; fi';

describe('looking for the Temporal server', () => {
  test('finds the version that is tested with on PATH, before the cache', async () => {
    await putPair((name) => join(bin, name), '1.32.0');
    await putPair(cached, '1.32.0');
    expect(await findTemporalServer()).toEqual({
      found: true,
      server: join(bin, 'temporal-server'),
      sqlTool: join(bin, 'temporal-sql-tool'),
      from: 'path',
    });
  });

  test('passes over another version, and a server without its tool', async () => {
    await putPair((name) => join(bin, name), '1.31.1');
    await putProgram(cached('temporal-server'), 'exit 0');
    expect(await findTemporalServer()).toMatchObject({
      found: false,
      reason: expect.stringContaining('no Temporal server 1.32.0 on PATH'),
      remedy: expect.stringMatching(/install Go.*--only server --retry/),
    });
    await putProgram(cached('temporal-sql-tool'), 'exit 0');
    expect(await findTemporalServer()).toMatchObject({ found: true, from: 'cache' });
  });
});

describe('getting the Temporal server', () => {
  test('unpacks the release where it can be downloaded', async () => {
    const release = join(folder, 'release');
    await putPair((name) => join(release, name), '1.32.0');
    vi.stubEnv('PATH', '/usr/bin:/bin');
    const { execFileSync } = await import('node:child_process');
    const archive = execFileSync('tar', ['-czf', '-', '-C', release, 'temporal-server', 'temporal-sql-tool']);
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response(new Uint8Array(archive));
    });
    expect(await provisionTemporalServer({ log })).toMatchObject({ found: true, from: 'cache' });
    expect(asked).toEqual([expect.stringMatching(/v1\.32\.0\/temporal_1\.32\.0_\w+_(amd64|arm64)\.tar\.gz$/)]);
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
    expect(await readdir(dirname(cached('x')))).toEqual(['temporal-server', 'temporal-sql-tool']);
  });

  test('builds it with Go otherwise, both programs at once', async () => {
    await putProgram(join(bin, 'go'), `${GO}; echo "$@" >> ${join(folder, 'asked')}; chmod +x "$GOBIN"/*`);
    for (const tool of ['chmod', 'sh']) await symlink((await toolPath(tool))!, join(bin, tool));
    expect(await provisionTemporalServer({ log })).toMatchObject({ found: true, server: cached('temporal-server') });
    expect(said.join('\n')).toMatch(
      /could not be downloaded: getaddrinfo ENOTFOUND[\s\S]*building the Temporal server/,
    );
  });

  test('says without Go how to get it, tries again the next time, and leaves nothing behind', async () => {
    for (const attempt of [1, 2]) {
      const answer = await provisionTemporalServer({ log });
      expect(answer).toMatchObject({ found: false, reason: expect.stringContaining('Go is not installed') });
      expect(said.filter((line) => line.startsWith('downloading'))).toHaveLength(attempt);
    }
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  test('remembers a build that failed until it is told to try again', async () => {
    await putProgram(
      join(bin, 'go'),
      'if [ "$1" = env ]; then echo /nowhere; else echo "no space left" >&2; exit 1; fi',
    );
    expect(await provisionTemporalServer({ log })).toMatchObject({ reason: expect.stringContaining('no space left') });
    said = [];
    expect(await provisionTemporalServer({ log })).toMatchObject({
      found: false,
      reason: expect.stringMatching(/no space left.*\(on 20/s),
    });
    expect(said).toEqual([]);
    await provisionTemporalServer({ log, retry: true });
    expect(said).not.toEqual([]);
    expect(await readdir(join(folder, 'cache'))).toEqual([expect.stringContaining('.failed.json')]);
  });
});

async function toolPath(name: string): Promise<string | undefined> {
  vi.stubEnv('PATH', '/usr/bin:/bin');
  const path = await findOnPath(name);
  vi.stubEnv('PATH', bin);
  return path;
}
