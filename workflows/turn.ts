import { condition, sleep } from '@temporalio/workflow';
import { describeTurn } from '../plan/describe-turn.js';
import type { StepWait, WaitsForTurn } from '../plan/protocol.js';
import { summaryOf } from './summary.js';

/** Of the nodes that wait for the same thing, so many ask for it at the most. */
const MOST_ASKING = 4;
/** A node that asked and has no answer after so many milliseconds is at work. */
const AT_WORK_MS = 500;

/**
 * The nodes of a workflow that wait for the same thing, in the order they came. The first of them ask again and again,
 * the others wait for their turn to ask: what waiting adds to a history does not grow with the number of those that wait.
 */
export class Turns {
  private readonly lines = new Map<string, Turn[]>();
  private came = 0;

  /** @param priority those of another one have lines of their own. */
  next(priority = 0): Turn {
    this.came += 1;
    return new Turn(this.came, (why) => this.line(`${priority} ${keyOf(why)}`));
  }

  private line(key: string): Turn[] {
    const line = this.lines.get(key) ?? [];
    this.lines.set(key, line);
    return line;
  }
}

/** How one step waits until it may begin. */
export class Turn {
  /** How long it has waited until now, in milliseconds. */
  waitedMs = 0;
  private line: Turn[] = [];
  /** How often it has asked; odd while there is no answer. */
  private asked = 0;

  constructor(
    private readonly nth: number,
    private readonly lineOf: (why: WaitsForTurn) => Turn[],
  ) {}

  /** Waits until the step may ask again. @param id of its node in the run. */
  async wait(id: string, { wait: { ms, why } }: StepWait): Promise<void> {
    this.asked += this.asked % 2;
    this.enter(this.lineOf(why));
    try {
      if (!this.mayAsk(askingFor(why))) await this.waitInLine(askingFor(why));
      await sleep(ms, { summary: summaryOf(`${id} ${describeTurn(why)}`) });
    } catch (error) {
      this.leave();
      throw error;
    }
    this.waitedMs += ms;
    this.asked += 1;
  }

  /** Call when the step has an answer that is no wait. */
  leave(): void {
    const at = this.line.indexOf(this);
    if (at >= 0) this.line.splice(at, 1);
    this.asked += this.asked % 2;
  }

  private enter(line: Turn[]): void {
    if (line !== this.line) this.leave();
    this.line = line;
    if (line.includes(this)) return;
    const at = line.findIndex(({ nth }) => nth > this.nth);
    line.splice(at < 0 ? line.length : at, 0, this);
  }

  private mayAsk(asking: number): boolean {
    return this.line.indexOf(this) < asking;
  }

  private async waitInLine(asking: number): Promise<void> {
    const began = Date.now();
    // The one that comes next looks after those before it.
    const isNext = (): boolean => this.line.indexOf(this) === asking;
    const silent = (): Turn | undefined => this.line.slice(0, asking).find(({ asked }) => asked % 2 === 1);
    while (!this.mayAsk(asking)) {
      await condition(() => this.mayAsk(asking) || (isNext() && silent() !== undefined));
      const first = isNext() ? silent() : undefined;
      if (first) await first.answerOrLeave();
    }
    this.waitedMs += Date.now() - began;
  }

  /** What is at work does not wait any more. */
  private async answerOrLeave(): Promise<void> {
    const { asked, line } = this;
    const answered = await condition(() => this.asked !== asked || !line.includes(this), AT_WORK_MS, {
      summary: 'lets the next one ask',
    });
    if (!answered && line.includes(this)) line.splice(line.indexOf(this), 1);
  }
}

function keyOf(why: WaitsForTurn): string {
  return why.kind === 'slot' ? `slot ${why.of}` : `work ${why.run} ${why.node}`;
}

/** With several places several may come at the same time. */
function askingFor(why: WaitsForTurn): number {
  return why.kind === 'slot' ? Math.min(why.slots, MOST_ASKING) : 1;
}
