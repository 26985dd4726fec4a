import type { Deployment } from '../store/index.js';
import type { ServedVersion } from './served-version.js';

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

export interface ModelSlotOptions {
  readonly load: (deployment: Deployment) => Promise<ServedVersion>;
  /** One line for each change that an operator wants to know of. */
  readonly log: (line: string) => void;
}

/** A version that could not be loaded, and why. */
export interface LoadFailure {
  readonly version: number;
  readonly error: string;
}

/** What is served under one name. A new version takes over when it is ready; until then the old one answers. */
export class ModelSlot {
  private served: ServedVersion | null = null;
  private wanted: Deployment | null = null;
  /** The version whose turn it was last; null when it must be tried (again). */
  private tried: number | null = null;
  private failed: LoadFailure | null = null;
  private retries = 0;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> | undefined;
  private closed = false;

  constructor(
    readonly name: string,
    private readonly options: ModelSlotOptions,
  ) {}

  /** The version that answers now. */
  get current(): ServedVersion | null {
    return this.served;
  }

  /** The version being loaded, or about to be; null when there is none. */
  get loading(): number | null {
    return this.work && this.wanted && this.wanted.version !== this.served?.version ? this.wanted.version : null;
  }

  get failure(): LoadFailure | null {
    return this.failed;
  }

  /** Says what to serve from now on. */
  want(deployment: Deployment): void {
    if (deployment.version !== this.wanted?.version) this.retries = 0;
    this.wanted = deployment;
    this.start();
  }

  /** Resolves when no version is being loaded. */
  async settled(): Promise<void> {
    while (this.work) await this.work;
  }

  /** Takes no more versions, and gives up the one it has once its requests are done. */
  async close(): Promise<void> {
    this.closed = true;
    await this.settled();
    clearTimeout(this.timer);
    this.replace(null);
  }

  private start(): void {
    if (this.closed) return;
    this.work ??= this.loadWanted().finally(() => {
      this.work = undefined;
      if (this.pending) this.start();
    });
  }

  private get pending(): boolean {
    return !this.closed && this.wanted !== null && this.wanted.version !== this.tried;
  }

  private async loadWanted(): Promise<void> {
    while (this.pending) {
      clearTimeout(this.timer);
      const target = this.wanted!;
      this.tried = target.version;
      await this.bring(target);
    }
  }

  /** Never rejects. */
  private async bring(target: Deployment): Promise<void> {
    try {
      if (target.version !== this.served?.version) this.replace(await this.options.load(target));
      this.failed = null;
      this.retries = 0;
      this.options.log(`serving ${this.name} version ${target.version}`);
    } catch (error) {
      this.fail(target, error);
    }
  }

  /** In one step: a request sees the old version or the new one, never none. */
  private replace(next: ServedVersion | null): void {
    const previous = this.served;
    this.served = next;
    previous?.retire();
  }

  private fail({ version }: Deployment, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.failed = { version, error: reason };
    const instead = this.served
      ? `version ${this.served.version} goes on serving`
      : 'nothing is served under this name';
    this.options.log(`${this.name} version ${version} cannot be loaded: ${reason}; ${instead}`);
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.retries, LONGEST_RETRY_MS);
    this.retries += 1;
    this.timer = setTimeout(() => this.retry(version), delayMs);
  }

  private retry(version: number): void {
    if (this.wanted?.version !== version) return;
    this.tried = null;
    this.start();
  }
}
