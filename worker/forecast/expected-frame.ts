import type { Quoted } from '../../plan/binding.js';
import { itemId } from '../../workflows/frame.js';
import { certain, type Expected, unknown } from './expected.js';

/** What the nodes of one block see, as far as it is known: as the interpreter's frame, for values that may be missing. */
export class ExpectedFrame {
  private readonly outputs = new Map<string, Expected>();
  private readonly items = new Map<string, Expected>();

  private constructor(
    readonly params: Expected,
    readonly conditions: readonly string[],
    readonly rename: (id: string) => string,
    private readonly outer?: ExpectedFrame,
  ) {}

  static of(params: Quoted): ExpectedFrame {
    return new ExpectedFrame(certain(params), [], (id) => id);
  }

  /** A frame for a block inside of this one, which the run comes to under a condition. */
  inner(condition?: string): ExpectedFrame {
    const conditions = condition === undefined ? this.conditions : [...this.conditions, condition];
    return new ExpectedFrame(this.params, conditions, this.rename, this);
  }

  /** A frame for a block in which a node gives an item to those inside of it. */
  withItem(node: string, item: Expected, condition?: string): ExpectedFrame {
    const frame = this.inner(condition);
    frame.items.set(node, item);
    return frame;
  }

  /** A frame for one item of a list. */
  forItem(list: string, key: string, item: Expected, condition?: string): ExpectedFrame {
    const prefix = `${list}/`;
    const own = (id: string): string =>
      id.startsWith(prefix) ? `${itemId(list, key)}/${id.slice(prefix.length)}` : id;
    const { conditions } = this.inner(condition);
    const frame = new ExpectedFrame(this.params, conditions, (id) => this.rename(own(id)), this);
    frame.items.set(list, item);
    return frame;
  }

  put(node: string, output: Expected): void {
    this.outputs.set(node, output);
  }

  output(node: string): Expected {
    return this.outputs.get(node) ?? this.outer?.output(node) ?? unknown([node]);
  }

  item(node: string): Expected {
    return this.items.get(node) ?? this.outer?.item(node) ?? unknown([node]);
  }
}
