import type { Quoted, Scope } from '../plan/binding.js';
import type { LightOutcome } from '../plan/protocol.js';

/**
 * What the ids of an item's nodes begin with. A key in which there is `]/` gets a space there, and one more where there
 * was one: else an item's node could have the id of another one's, and take over its output.
 */
export function itemId(map: string, key: string): string {
  return `${map}[${key.replaceAll(/\]( *)\//g, ']$1 /')}]`;
}

/**
 * The values one block sees: its own nodes' outputs, the item it runs for, and all of the frame around it.
 *
 * Waiting is done with callbacks, not promises: in Temporal's sandbox the SDK takes a stack trace for each promise that
 * is made, which for a wide plan costs more than everything else the interpreter does.
 */
export class Frame implements Scope {
  private readonly outputs = new Map<string, Quoted>();
  private readonly items = new Map<string, Quoted>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly ahead = new Map<string, LightOutcome>();

  constructor(
    readonly params: Quoted,
    private readonly outer?: Frame,
    /** Gives nodes that run in this frame their ids in the run: `map[ATL]/train` for `map/train`. */
    readonly rename: (id: string) => string = (id) => id,
  ) {}

  /** A frame for a block inside of this one. */
  inner(): Frame {
    return new Frame(this.params, this, this.rename);
  }

  /** A frame for a block in which a node gives an item to those inside of it. */
  withItem(node: string, item: Quoted): Frame {
    const frame = this.inner();
    frame.items.set(node, item);
    return frame;
  }

  /** A frame for one item of a map or reduce. */
  forItem(map: string, key: string, item: Quoted): Frame {
    const prefix = `${map}/`;
    const own = (id: string): string => (id.startsWith(prefix) ? `${itemId(map, key)}/${id.slice(prefix.length)}` : id);
    const frame = new Frame(this.params, this, (id) => this.rename(own(id)));
    frame.items.set(map, item);
    return frame;
  }

  /** Announces a node of this block, whose output will come. */
  expect(node: string): void {
    this.waiting.set(node, []);
  }

  /** Records a node's output and calls those who wait for it. */
  put(node: string, output: Quoted): void {
    this.outputs.set(node, output);
    const callbacks = this.waiting.get(node) ?? [];
    this.waiting.delete(node);
    for (const callback of callbacks) callback();
  }

  /** Keeps what became of a node of this block before its turn. */
  putAhead(node: string, outcome: LightOutcome): void {
    this.ahead.set(node, outcome);
  }

  seeAhead(node: string): LightOutcome | undefined {
    return this.ahead.get(node);
  }

  /** Gives it once. */
  takeAhead(node: string): LightOutcome | undefined {
    const outcome = this.ahead.get(node);
    this.ahead.delete(node);
    return outcome;
  }

  /** Calls back once a node of this or an outer block has its output. @returns false when it has it already. */
  waitFor(node: string, callback: () => void): boolean {
    const callbacks = this.waiting.get(node);
    if (callbacks === undefined) return !this.outputs.has(node) && (this.outer?.waitFor(node, callback) ?? false);
    callbacks.push(callback);
    return true;
  }

  output(node: string): Quoted | undefined {
    return this.outputs.has(node) ? this.outputs.get(node) : this.outer?.output(node);
  }

  item(map: string): Quoted | undefined {
    return this.items.has(map) ? this.items.get(map) : this.outer?.item(map);
  }
}
