import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere, root } from './checkout.mjs';

const folder = join(root, '.pawl', 'setup.lock');
const ownerFile = join(folder, 'owner');
const me = `${process.pid} ${hostname()}`;
const POLL_MS = 200;
/** How long a lock may have no owner's name: the time between making the folder and writing the name. */
const NAMELESS_MS = 5000;

/** Runs `work` while no other set-up of this checkout runs; waits for one that does, and takes over from a dead one. */
export async function withSetupLock(log, work) {
  mkdirSync(join(root, '.pawl'), { recursive: true });
  for (let waited = false; !acquire(); waited = true) {
    if (!waited) log(`waiting for another set-up of this checkout (process ${readIfThere(ownerFile) ?? 'starting'})`);
    await sleep(POLL_MS);
    removeIfDead();
  }
  process.on('exit', release);
  try {
    return await work();
  } finally {
    release();
  }
}

function acquire() {
  try {
    mkdirSync(folder);
    writeFileSync(ownerFile, me);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function release() {
  if (readIfThere(ownerFile) === me) rmSync(folder, { recursive: true, force: true });
}

/** Renaming lets only one of several waiting processes remove a dead lock. */
function removeIfDead() {
  const owner = readIfThere(ownerFile);
  if (owner === undefined ? !isNamelessForLong() : isAlive(owner)) return;
  const aside = `${folder}.dead-${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (readIfThere(join(aside, 'owner')) === owner) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, folder);
}

function isNamelessForLong() {
  const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  return Date.now() - mtimeMs > NAMELESS_MS;
}

function isAlive(owner) {
  const [pid, host] = owner.split(' ');
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
