import type { Quoted, Scope } from '../plan/binding.js';

/**
 * The values one block sees: its own nodes' outputs, the map item it runs for, and all of the frame around it. Outputs
 * are promises first, so that a node waits for exactly the nodes it reads.
 */
export class Frame implements Scope {
  private readonly pending = new Map<string, Promise<Quoted>>();
  private readonly outputs = new Map<string, Quoted>();
  private readonly items = new Map<string, Quoted>();

  constructor(
    readonly params: Quoted,
    private readonly outer?: Frame,
    /** Put before the ids of the nodes that run in this frame: `map[ATL]/` instead of `map/`. */
    readonly rename: (id: string) => string = (id) => id,
  ) {}

  /** A frame for a block inside of this one. */
  inner(): Frame {
    return new Frame(this.params, this, this.rename);
  }

  /** A frame for one item of a map. */
  forItem(map: string, key: string, item: Quoted): Frame {
    const prefix = `${map}/`;
    const own = (id: string): string => (id.startsWith(prefix) ? `${map}[${key}]/${id.slice(prefix.length)}` : id);
    const frame = new Frame(this.params, this, (id) => this.rename(own(id)));
    frame.items.set(map, item);
    return frame;
  }

  /** Announces a node of this block, whose output will come. */
  expect(node: string, output: Promise<Quoted>): void {
    this.pending.set(
      node,
      output.then((value) => {
        this.outputs.set(node, value);
        return value;
      }),
    );
  }

  /** Waits until a node of this or an outer block is done. */
  async done(node: string): Promise<void> {
    if (this.pending.has(node)) await this.pending.get(node);
    else await this.outer?.done(node);
  }

  output(node: string): Quoted | undefined {
    return this.outputs.has(node) ? this.outputs.get(node) : this.outer?.output(node);
  }

  item(map: string): Quoted | undefined {
    return this.items.has(map) ? this.items.get(map) : this.outer?.item(map);
  }

  /** Every node announced here, settled: nothing of this block is at work any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.pending.values());
  }
}
