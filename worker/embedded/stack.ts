import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { PawlError } from '../../plan/failure.js';
import { poll } from './delay.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';
import type { KeeperEvent } from './protocol.js';
import { stackError, toError } from './stack-error.js';
import type { Services } from './stack-file.js';
import type { StateFolder } from './state-folder.js';

const STOP_WITHIN_MS = 10_000;
const EXIT_WITHIN_MS = 1000;

/** A running stack that this process uses; it stays up at least until {@link Stack.release}, or the end of the process. */
export interface Stack extends Services {
  /** The state folder of the project. */
  readonly state: string;
  /** Folder of the content-addressed artifacts. */
  readonly artifacts: string;
  readonly logs: string;
  /** True when this call started the stack, false when it was running already. */
  readonly owner: boolean;
  /**
   * Gives the stack back. Resolves at once while others use it; for the last user when everything has stopped (at most
   * 10 s), or somebody else has come.
   */
  release(): Promise<void>;
  /** Gives the stack back, and does not wait for what becomes of it. */
  leave(): void;
  /** Calls back, once, when the stack is gone although it was not released: stopped by another command, or failed for good. */
  onLost(callback: (error: PawlError) => void): void;
}

/** The connection behind a {@link Stack}. */
export interface Hold {
  readonly socket: Socket;
  readonly keeper: ProcessIdentity;
  readonly services: Services;
  /** Takes over what the keeper says. */
  listen(take: (event: KeeperEvent) => void): void;
}

export class HeldStack implements Stack {
  readonly temporalAddress: string;
  readonly temporalUiUrl: string;
  readonly databaseUrl: string;
  readonly state: string;
  readonly artifacts: string;
  readonly logs: string;
  readonly owner: boolean;
  readonly #hold: Hold;
  readonly #closed: Promise<void>;
  readonly #lostCallbacks: ((error: PawlError) => void)[] = [];
  #lost: PawlError | undefined;
  #othersRemain = false;
  #released: Promise<void> | undefined;

  constructor(hold: Hold, state: StateFolder, owner: boolean, log: (line: string) => void) {
    this.temporalAddress = hold.services.temporalAddress;
    this.temporalUiUrl = hold.services.temporalUiUrl;
    this.databaseUrl = hold.services.databaseUrl;
    this.state = state.folder;
    this.artifacts = state.artifacts;
    this.logs = state.logs;
    this.owner = owner;
    this.#hold = hold;
    this.#closed = new Promise((resolve) => hold.socket.once('close', () => resolve()));
    void this.#closed.then(() => this.#lose(stackError('the embedded stack was stopped', 'Start the command again.')));
    hold.listen((event) => {
      if (event.event === 'log') log(event.line);
      if (event.event === 'failed') this.#lose(toError(event.problem));
      if (event.event === 'farewell') this.#othersRemain = true;
    });
    hold.socket.unref(); // Using a stack does not keep a process alive.
  }

  release(): Promise<void> {
    this.#released ??= this.#awaitEnd();
    return this.#released;
  }

  leave(): void {
    this.#released ??= Promise.resolve();
    this.#hold.socket.end();
  }

  onLost(callback: (error: PawlError) => void): void {
    if (this.#lost) callback(this.#lost);
    else this.#lostCallbacks.push(callback);
  }

  async #awaitEnd(): Promise<void> {
    const { socket, keeper } = this.#hold;
    socket.ref();
    socket.end();
    await Promise.race([this.#closed, setTimeout(STOP_WITHIN_MS, undefined, { ref: false })]);
    socket.destroy();
    if (!this.#othersRemain) await poll(async () => !(await isRunning(keeper)), 10, EXIT_WITHIN_MS);
  }

  #lose(error: PawlError): void {
    if (this.#lost || this.#released) return;
    this.#lost = error;
    for (const callback of this.#lostCallbacks) callback(error);
  }
}
