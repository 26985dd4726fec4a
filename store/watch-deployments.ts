import type pg from 'pg';
import type { Database } from './database.js';
import type { Deployment, OnDeployments } from './deployment.js';
import { DEPLOYMENTS_CHANNEL } from './promote.js';

const POLL_MS = 3000;

export interface WatchOptions {
  /** How often to ask, in milliseconds, also when no notification comes. Default: 3000. */
  readonly pollMs?: number;
  /** Told of each outage once, and called with `null` when it is over. Default: nothing. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface DeploymentWatch {
  /** Ends the watch and its connection; after it no call comes any more. May be called twice. */
  close(): Promise<void>;
}

/** Watches by notification and by asking every few seconds. */
export function watchDeployments(
  db: Database,
  current: () => Promise<Deployment[]>,
  onChange: OnDeployments,
  options: WatchOptions = {},
): DeploymentWatch {
  const watcher = new Watcher(db, current, onChange, options);
  watcher.start();
  return watcher;
}

class Watcher implements DeploymentWatch {
  private closed = false;
  private listener: pg.Client | undefined;
  private troubled = false;
  private told: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(
    private readonly db: Database,
    private readonly current: () => Promise<Deployment[]>,
    private readonly onChange: OnDeployments,
    private readonly options: WatchOptions,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), this.options.pollMs ?? POLL_MS);
    this.look();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.round;
    await this.stopListening();
  }

  /** One round at a time; calls that come meanwhile are answered by one more. */
  private look(): void {
    if (this.closed || this.waiting) return;
    this.waiting = true;
    this.round = this.round.then(() => {
      this.waiting = false;
      return this.closed ? undefined : this.lookOnce();
    });
  }

  private async lookOnce(): Promise<void> {
    try {
      await this.listen();
      this.tell(await this.current());
      if (this.troubled) this.options.onTrouble?.(null);
      this.troubled = false;
    } catch (error) {
      if (!this.troubled && !this.closed) this.options.onTrouble?.(error);
      this.troubled = true;
    }
  }

  /** Listening comes before asking, so that no change falls between. */
  private async listen(): Promise<void> {
    if (this.listener) return;
    const client = await this.db.connect();
    this.listener = client;
    client.once('end', () => {
      if (this.listener === client) this.listener = undefined;
    });
    client.on('notification', () => this.look());
    await client.query(`listen ${DEPLOYMENTS_CHANNEL}`).catch(async (error: unknown) => {
      await this.stopListening();
      throw error;
    });
  }

  private async stopListening(): Promise<void> {
    const client = this.listener;
    this.listener = undefined;
    await client?.end().catch(() => {});
  }

  private tell(deployments: readonly Deployment[]): void {
    const facts = JSON.stringify(deployments.map(({ name, version, since }) => [name, version, since]));
    if (this.closed || facts === this.told) return;
    this.onChange(deployments);
    this.told = facts;
  }
}
