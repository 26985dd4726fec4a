/** Sends one thing at a time. What is to be sent meanwhile is sent once, when it has arrived: only the latest matters. */
export class News {
  private next: (() => Promise<void>) | null = null;
  private sending = false;

  send(what: () => Promise<void>): void {
    this.next = what;
    if (!this.sending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.sending = true;
    try {
      for (let what = this.take(); what; what = this.take()) await what();
    } finally {
      this.sending = false;
    }
  }

  private take(): (() => Promise<void>) | null {
    const { next } = this;
    this.next = null;
    return next;
  }
}
