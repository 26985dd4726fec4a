import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type UserIds, unprivilegedUser } from '../provision/unprivileged-user.js';
import { postgresFolder } from './data-folder.js';
import { startGuarded } from './guarded-process.js';
import { lastWords, readTail, withLogOpen } from './log-file.js';
import { serverEnvironment } from './server-environment.js';
import { hintFor, stackError } from './stack-error.js';
import type { StateFolder } from './state-folder.js';
import { writeAtomically } from './write-atomically.js';

export const POSTGRES_USER = 'pawl';

/** The data of a Postgres, ready to be served. */
export interface PostgresCluster {
  readonly data: string;
  readonly password: string;
  /** Whom Postgres must run as. Default: the user of this process. */
  readonly user: UserIds | undefined;
}

/**
 * Finds the Postgres data of a project, and makes it the first time (about a second). An interrupted making leaves
 * nothing that counts: the folder gets its name when it is complete.
 */
export async function openCluster(
  state: StateFolder,
  binDir: string,
  log: (line: string) => void,
): Promise<PostgresCluster> {
  const data = await postgresFolder(state.folder);
  const passwordFile = join(state.folder, 'postgres.password');
  if (!existsSync(data)) {
    log('creating the Postgres database');
    await writeAtomically(passwordFile, randomBytes(24).toString('base64url'));
    await makeCluster(state, binDir, data, await readFile(passwordFile, 'utf8'));
  }
  return { data, password: await readPassword(passwordFile, data), user: await ownerOf(data) };
}

/** As root, Postgres runs as whoever owns the data, whether root or that user made it. */
async function ownerOf(data: string): Promise<UserIds | undefined> {
  const { uid, gid } = await stat(data);
  return unprivilegedUser() && { uid, gid };
}

async function readPassword(file: string, data: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    const hint = `Put ${file} back, or delete ${data} to start with an empty database.`;
    throw stackError(`the password of the Postgres data in ${data} cannot be read: ${cause.message}`, hint, cause);
  });
}

async function makeCluster(state: StateFolder, binDir: string, data: string, password: string): Promise<void> {
  await removeAbandoned(data);
  const draft = `${data}.new-${process.pid}`;
  const passwordCopy = `${draft}.password`;
  const user = unprivilegedUser();
  try {
    await writeFile(passwordCopy, password, { mode: 0o600 });
    if (user) await chown(passwordCopy, user.uid, user.gid);
    await makeOwnFolder(draft, user);
    await runInitdb(state, join(binDir, 'initdb'), [...initdbArguments(draft), `--pwfile=${passwordCopy}`], user);
    await rename(draft, data);
  } finally {
    await rm(passwordCopy, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

function initdbArguments(folder: string): string[] {
  const storage = ['--encoding=UTF8', '--locale=C', '--data-checksums'];
  return [`--pgdata=${folder}`, `--username=${POSTGRES_USER}`, '--auth=scram-sha-256', ...storage, '--no-instructions'];
}

async function makeOwnFolder(folder: string, user: UserIds | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
}

async function runInitdb(
  state: StateFolder,
  program: string,
  args: readonly string[],
  user: UserIds | undefined,
): Promise<void> {
  const logFile = join(state.logs, 'initdb.log');
  await rm(logFile, { force: true });
  const command = { program, args, cwd: '/', env: serverEnvironment(), user, stopSteps: [['KILL', 10]] as const };
  const how = await withLogOpen(logFile, async (fd) => (await startGuarded(command, fd)).ended);
  if (how === 'exit code 0') return;
  const output = await readTail(logFile);
  const hint = hintFor(output) ?? `Read ${logFile}, mend what it says, and start again.`;
  throw stackError(`the Postgres database could not be created (${how}): ${lastWords(output)}`, hint);
}

/** What a killed keeper left of its making; the lock of the state folder says that it is not at work any more. */
async function removeAbandoned(data: string): Promise<void> {
  const parent = dirname(data);
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${basename(data)}.new-`)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
