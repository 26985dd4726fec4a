/** What changes at the same moment does so a few microtasks after each other. */
const HOPS = 4;

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
    while (this.next) {
      for (let hop = 0; hop < HOPS; hop += 1) await undefined;
      const what = this.next;
      this.next = null;
      await what();
    }
    this.sending = false;
  }
}
