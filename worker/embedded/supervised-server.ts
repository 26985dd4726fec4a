import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { poll } from './delay.js';
import { type GuardedProcess, type ServerCommand, startGuarded } from './guarded-process.js';
import { lastWords, readTail, withLogOpen } from './log-file.js';
import { hintFor, stackError } from './stack-error.js';

const ASK_EVERY_MS = 20;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** A server that has been up this long starts with a clean slate. */
const STABLE_MS = 2000;
/** With the pauses between, that is three seconds: enough for what a killed one left behind to go away. */
const FAILURES_IN_A_ROW = 6;

/** A server that is kept running. */
export interface ServerSpec {
  /** For people: `Postgres`. */
  readonly name: string;
  readonly command: ServerCommand;
  readonly logFile: string;
  readonly readyWithinMs: number;
  /** Runs before each start. */
  beforeStart?(): Promise<void>;
  /** Asked again and again after a start. Throws when the server will never be ready. */
  isReady(): Promise<boolean>;
  /** Runs each time the server has become ready. */
  afterReady?(): Promise<void>;
}

export interface ServerEvents {
  log(line: string): void;
  /** A process of the server has begun. */
  started(name: string, pid: number): void;
}

interface Life {
  readonly how: string;
  /** Time from ready to the end; 0 when it was never ready. */
  readonly readyMs: number;
  readonly output: string;
}

/** Keeps one server running: when it ends by itself it is started again, at the same place with the same data. */
export class SupervisedServer {
  /** Settles when the server is ready for the first time; never, when it is not. */
  readonly ready: Promise<void>;
  /** Resolves after {@link stop}; rejects with a PawlError when the server ends again and again. */
  readonly finished: Promise<void>;
  readonly #spec: ServerSpec;
  readonly #events: ServerEvents;
  readonly #stopping = new AbortController();
  #process: GuardedProcess | undefined;
  #markReady: () => void = () => {};

  constructor(spec: ServerSpec, events: ServerEvents) {
    this.#spec = spec;
    this.#events = events;
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.finished = this.#keepRunning();
    this.finished.catch(() => {}); // Whoever waits for it sees it; nobody may be waiting yet.
  }

  /** Ends the server; resolves when its process is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#process?.stop();
    await this.finished.catch(() => {});
  }

  async #keepRunning(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      const life = await this.#liveOnce();
      if (this.#stopping.signal.aborted) return;
      failures = life.readyMs >= STABLE_MS ? 1 : failures + 1;
      if (failures >= FAILURES_IN_A_ROW) throw this.#giveUp(life);
      await this.#pause(failures, life);
    }
  }

  async #liveOnce(): Promise<Life> {
    const { logFile, command, name } = this.#spec;
    await this.#spec.beforeStart?.();
    const from = await stat(logFile).then(
      (info) => info.size,
      () => 0,
    );
    const process = await withLogOpen(logFile, (fd) => startGuarded(command, fd));
    this.#process = process;
    if (this.#stopping.signal.aborted) process.stop();
    this.#events.started(name, process.pid);
    const readyAt = await this.#awaitReady(process);
    const how = await process.ended;
    return { how, readyMs: readyAt ? Date.now() - readyAt : 0, output: await readTail(logFile, from) };
  }

  /** When the server became ready; undefined when it ended before, or was ended for being too slow. */
  async #awaitReady(process: GuardedProcess): Promise<number | undefined> {
    const spec = this.#spec;
    let ended = false;
    void process.ended.then(() => {
      ended = true;
    });
    try {
      const answered = await poll(async () => ended || (await spec.isReady()), ASK_EVERY_MS, spec.readyWithinMs);
      if (!answered) process.stop();
      if (!answered || ended) return undefined;
      await spec.afterReady?.();
      this.#markReady();
      return Date.now();
    } catch (error) {
      process.stop();
      await process.ended;
      throw error;
    }
  }

  async #pause(failures: number, { how }: Life): Promise<void> {
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
    this.#events.log(`${this.#spec.name} ended by itself (${how}); starting it again in ${ms} ms`);
    await setTimeout(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  #giveUp({ how, output }: Life): Error {
    const { name, logFile } = this.#spec;
    const words = lastWords(output);
    return stackError(
      `${name} ended ${FAILURES_IN_A_ROW} times in a row (${how})${words ? `: ${words}` : ''}`,
      hintFor(output) ?? `Read ${logFile}, mend what it says, and start again.`,
    );
  }
}
