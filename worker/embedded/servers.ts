import { join } from 'node:path';
import { rotateLog } from './log-file.js';
import { choosePorts, HOST, type Ports, rememberPorts, STACK_PORTS } from './ports.js';
import { describePostgres } from './postgres-server.js';
import { stackError } from './stack-error.js';
import type { Services } from './stack-file.js';
import type { StateFolder } from './state-folder.js';
import { type ServerEvents, SupervisedServer } from './supervised-server.js';
import { describeTemporal } from './temporal-server.js';

/** Temporal and Postgres of one project, side by side. */
export class Servers {
  readonly #state: StateFolder;
  readonly #events: ServerEvents;
  readonly #running: SupervisedServer[] = [];
  #launched: Promise<unknown> = Promise.resolve();
  #isStopping = false;

  constructor(state: StateFolder, events: ServerEvents) {
    this.#state = state;
    this.#events = events;
  }

  /**
   * Starts both; resolves when both are ready.
   * @throws PawlError when one cannot be started.
   */
  async start(): Promise<Services> {
    if (this.#isStopping) throw stackError('the embedded stack is stopping');
    const launch = this.#launch();
    this.#launched = Promise.allSettled([launch]);
    const services = await launch;
    await Promise.race([Promise.all(this.#running.map((server) => server.ready)), this.failed()]);
    return services;
  }

  /** Rejects when a server that was started cannot be kept running; never resolves. */
  async failed(): Promise<never> {
    await Promise.all(this.#running.map((server) => server.finished));
    return new Promise(() => {});
  }

  /** Ends both; resolves when their processes are gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#launched;
    await Promise.all(this.#running.map((server) => server.stop()));
  }

  async #launch(): Promise<Services> {
    await rotateLog(join(this.#state.logs, 'postgres.log'));
    await rotateLog(join(this.#state.logs, 'temporal.log'));
    const ports = await choosePorts(this.#state.folder, STACK_PORTS, this.#events.log);
    await rememberPorts(this.#state.folder, ports);
    const [postgres, temporal] = await Promise.allSettled([this.#startPostgres(ports), this.#startTemporal(ports)]);
    if (postgres.status === 'rejected') throw postgres.reason;
    if (temporal.status === 'rejected') throw temporal.reason;
    return {
      temporalAddress: `${HOST}:${ports.temporal}`,
      temporalUiUrl: `http://${HOST}:${ports.temporalUi}`,
      databaseUrl: postgres.value,
    };
  }

  async #startPostgres(ports: Ports): Promise<string> {
    const { spec, databaseUrl } = await describePostgres(this.#state, ports, this.#events.log);
    this.#add(new SupervisedServer(spec, this.#events));
    return databaseUrl;
  }

  async #startTemporal(ports: Ports): Promise<void> {
    this.#add(new SupervisedServer(await describeTemporal(this.#state, ports), this.#events));
  }

  #add(server: SupervisedServer): void {
    this.#running.push(server);
    if (this.#isStopping) void server.stop();
  }
}
