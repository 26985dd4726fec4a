import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { HOST } from './ports.js';
import { type KeeperEvent, type Request, receiveMessages, sendMessage } from './protocol.js';

const FIRST_USER_WITHIN_MS = 15_000;
const INTRODUCTION_WITHIN_MS = 2000;
const LONGEST_MESSAGE = 4096;
export const DEFAULT_GRACE_MS = 1000;

/** Where commands come in: counts those that use the stack, and tells them what happens. */
export class Door {
  readonly token = randomBytes(24).toString('base64url');
  /** Settles, with the reason, when the stack is to be stopped: nobody uses it any more, or somebody asked for it. */
  readonly closing: Promise<string>;
  readonly #server: Server;
  readonly #users = new Set<Socket>();
  /** Those that left last and now wait for the end. */
  readonly #waiting = new Set<Socket>();
  #ready: KeeperEvent | undefined;
  #isClosing = false;
  #grace: NodeJS.Timeout | undefined;
  #close: (reason: string) => void = () => {};

  constructor() {
    this.closing = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#receive(socket));
  }

  /** Starts to listen; returns the port. */
  async open(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, HOST, resolve);
    });
    this.#closeAfter(FIRST_USER_WITHIN_MS);
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tells every user, and for `ready` those that come later too. */
  tell(event: KeeperEvent): void {
    if (event.event === 'ready') this.#ready = event;
    for (const socket of [...this.#users, ...this.#waiting]) sendMessage(socket, event);
  }

  /** Turns newcomers away from now on. Connections stay until this process ends, which tells the others that it is over. */
  shut(): void {
    this.#isClosing = true;
    clearTimeout(this.#grace);
    this.#server.close();
  }

  #receive(socket: Socket): void {
    socket.on('error', () => {}); // A reset is followed by `close`.
    const stranger = setTimeout(() => socket.destroy(), INTRODUCTION_WITHIN_MS);
    socket.once('close', () => clearTimeout(stranger));
    receiveMessages<Request>(socket, LONGEST_MESSAGE, (request) => {
      clearTimeout(stranger);
      if (this.#isClosing || !this.#isAllowed(request)) socket.destroy();
      else this.#serve(socket, request);
    });
  }

  #isAllowed({ token }: Request): boolean {
    const [given, wanted] = [Buffer.from(String(token)), Buffer.from(this.token)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  #serve(socket: Socket, { wants, graceMs = DEFAULT_GRACE_MS }: Request): void {
    sendMessage(socket, { event: 'welcome' });
    if (wants === 'look') socket.end();
    if (wants === 'stop') this.#close('a command asked for it');
    if (wants === 'hold') this.#admit(socket, graceMs);
  }

  #admit(socket: Socket, graceMs: number): void {
    clearTimeout(this.#grace);
    for (const former of this.#waiting) dismiss(former);
    this.#waiting.clear();
    this.#users.add(socket);
    if (this.#ready) sendMessage(socket, this.#ready);
    socket.once('end', () => this.#leave(socket, graceMs)).once('close', () => this.#leave(socket, graceMs));
  }

  #leave(socket: Socket, graceMs: number): void {
    if (!this.#users.delete(socket)) return;
    if (this.#users.size > 0) {
      dismiss(socket);
      return;
    }
    this.#waiting.add(socket);
    if (!this.#isClosing) this.#closeAfter(graceMs);
  }

  #closeAfter(ms: number): void {
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.#close('nobody uses it any more'), ms);
  }
}

function dismiss(socket: Socket): void {
  sendMessage(socket, { event: 'farewell' });
  socket.end();
}
