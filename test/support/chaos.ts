import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from './random.js';
import { serverPids } from './server-pids.js';
import type { TestStack } from './stack.js';

export type Victim = 'worker' | 'temporal' | 'postgres';

export interface ChaosOptions {
  readonly stack: TestStack;
  readonly seed: number;
  /** Workers at the same time. */
  readonly workers: number;
  /** Longest time between two kills; they are half as far apart on average. */
  readonly gapMs: number;
}

/** A server is not killed again before it has been up a while: its keeper would take it for one that cannot run. */
const SERVER_REST_MS = 3500;
const SERVER_SHARE = 0.2;
/** The only worker that is ready is left alone for so long, or on a slow machine nothing would ever be done. */
const ALONE_MS = 2500;

/** Kills what runs pipelines, again and again, at moments that follow from a seed. */
export class Chaos {
  readonly kills: Record<Victim, number> = { worker: 0, temporal: 0, postgres: 0 };
  readonly #options: ChaosOptions;
  readonly #random: () => number;
  /** When each became ready. */
  readonly #ready = new Map<ChildProcess, number>();
  readonly #lastKill: Record<Victim, number> = { worker: 0, temporal: 0, postgres: 0 };
  readonly #keepers: Promise<void>[];
  #isOver = false;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#keepers = Array.from({ length: options.workers }, () => this.#keepWorker());
  }

  get total(): number {
    return this.kills.worker + this.kills.temporal + this.kills.postgres;
  }

  /** Kills until there have been so many. Workers go on being started. */
  async kill(count: number): Promise<void> {
    while (this.total < count) {
      await pause(this.#random() * this.#options.gapMs);
      const victim = this.#choose();
      if (victim === 'worker' ? this.#killWorker() : await this.#killServer(victim)) this.kills[victim] += 1;
      else await pause(20);
    }
  }

  /** Ends the workers too. */
  async stop(): Promise<void> {
    this.#isOver = true;
    for (const child of this.#ready.keys()) child.kill('SIGKILL');
    await Promise.all(this.#keepers);
  }

  #choose(): Victim {
    const draw = this.#random();
    const victim = draw < SERVER_SHARE ? 'temporal' : draw < 2 * SERVER_SHARE ? 'postgres' : 'worker';
    return victim !== 'worker' && Date.now() - this.#lastKill[victim] < SERVER_REST_MS ? 'worker' : victim;
  }

  #killWorker(): boolean {
    const alive = [...this.#ready];
    const [child, since] = alive[Math.floor(this.#random() * alive.length)] ?? [];
    if (!child || (alive.length === 1 && Date.now() - since! < ALONE_MS)) return false;
    this.#ready.delete(child);
    return child.kill('SIGKILL');
  }

  async #killServer(server: 'temporal' | 'postgres'): Promise<boolean> {
    const pids = await serverPids(this.#options.stack.stack, server);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    if (pids.length > 0) this.#lastKill[server] = Date.now();
    return pids.length > 0;
  }

  /** As whatever runs workers does: one that has ended is started again, also where a server was away when it began. */
  async #keepWorker(): Promise<void> {
    while (!this.#isOver) {
      const child = await this.#options.stack.startWorker().catch(() => null);
      if (!child) continue;
      if (this.#isOver) child.kill('SIGKILL');
      this.#ready.set(child, Date.now());
      if (child.exitCode === null && child.signalCode === null) {
        await new Promise((resolve) => child.once('exit', resolve));
      }
      this.#ready.delete(child);
    }
  }
}
