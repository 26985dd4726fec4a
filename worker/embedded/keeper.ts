/**
 * The keeper: the process behind the embedded stack of one project. Run with the state folder as its only argument. It
 * starts Temporal and Postgres, keeps them running while commands are connected to it, and stops them after the last.
 */
import { rm } from 'node:fs/promises';
import { Door } from './door.js';
import { takeLock } from './keeper-lock.js';
import { endLeftovers } from './leftovers.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import { Servers } from './servers.js';
import { type Problem, toProblem } from './stack-error.js';
import { readStackFile, type ServerRecord, type Services, writeStackFile } from './stack-file.js';
import { locateState, type StateFolder } from './state-folder.js';

/** Another keeper serves the folder. */
const EXIT_LOCKED = 3;

class Keeper {
  readonly #state: StateFolder;
  readonly #me: ProcessIdentity;
  readonly #door = new Door();
  readonly #servers: Servers;
  readonly #processes = new Map<string, ServerRecord>();
  #port = 0;
  #services: Services | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(state: StateFolder, me: ProcessIdentity) {
    this.#state = state;
    this.#me = me;
    this.#servers = new Servers(state, {
      log: (line) => this.#log(line),
      started: (name, pid) => void this.#recordProcess(name, pid),
    });
  }

  /** Serves until it is over; returns what went wrong, if something did. */
  async serve(): Promise<Problem | null> {
    const previous = await readStackFile(this.#state.stackFile);
    for (const server of previous?.servers ?? []) this.#processes.set(server.name, server);
    this.#port = await this.#door.open();
    await this.#save(null);
    const cleared = endLeftovers(previous?.servers ?? [], (line) => this.#log(line));
    const problem = await Promise.race([this.#untilClosing(), this.#run(cleared)]);
    this.#door.shut();
    await cleared;
    await this.#servers.stop();
    await this.#finish(problem);
    return problem;
  }

  async #untilClosing(): Promise<null> {
    const signals = new Promise<string>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => resolve(`it got ${signal}`));
    });
    const reason = await Promise.race([this.#door.closing, signals]);
    this.#log(`stopping: ${reason}`);
    return null;
  }

  async #run(cleared: Promise<void>): Promise<Problem> {
    try {
      await cleared;
      this.#services = await this.#servers.start();
      await this.#save(null);
      this.#door.tell({ event: 'ready', services: this.#services });
      this.#log('ready');
      return await this.#servers.failed();
    } catch (error) {
      return toProblem(error);
    }
  }

  async #finish(problem: Problem | null): Promise<void> {
    this.#services = null;
    this.#processes.clear();
    if (!problem) {
      await this.#writing.catch(() => {});
      await rm(this.#state.stackFile, { force: true });
      this.#log('stopped');
      return;
    }
    this.#log(`failed: ${problem.message}`);
    await this.#save(problem).catch((error) => this.#log(`${error}`));
    this.#door.tell({ event: 'failed', problem });
  }

  async #recordProcess(name: string, pid: number): Promise<void> {
    const identity = await identify(pid);
    if (identity) this.#processes.set(name, { name, ...identity });
    await this.#save(null).catch((error) => this.#log(`${error}`));
  }

  /** One write after the other, each with what is true when its turn has come. */
  #save(problem: Problem | null): Promise<void> {
    const write = () =>
      writeStackFile(this.#state.stackFile, {
        status: problem ? 'failed' : this.#services ? 'ready' : 'starting',
        keeper: this.#me,
        port: this.#port,
        token: this.#door.token,
        services: this.#services,
        servers: [...this.#processes.values()],
        problem,
      });
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  #log(line: string): void {
    console.log(`${new Date().toISOString()} ${line}`);
    this.#door.tell({ event: 'log', line });
  }
}

async function main(): Promise<number> {
  const state = locateState({ state: process.argv[2] });
  if (!(await takeLock(state.folder))) return EXIT_LOCKED;
  const me = await identify(process.pid);
  return (await new Keeper(state, me!).serve()) ? 1 : 0;
}

// Closing a socket at once would throw away what was just said through it.
const LAST_WORDS_MS = 50;

process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});
const code = await main();
setTimeout(() => process.exit(code), code === 1 ? LAST_WORDS_MS : 0);
