import { type Binding, type Quoted, refsOf, resolveBinding } from '../plan/binding.js';
import type { Block, PlanNode } from '../plan/plan.js';
import { bindingsOf } from '../plan/visit.js';
import type { Frame } from './frame.js';
import type { Stop } from './stop.js';

export interface BlockRunOptions {
  readonly block: Block;
  readonly frame: Frame;
  readonly stop: Stop;
  /** The output of a node that has been computed before its turn. */
  readonly take: (node: PlanNode) => { readonly output: Quoted } | undefined;
  /** Starts a node whose inputs are all there. */
  readonly start: (node: PlanNode) => Promise<Quoted>;
  readonly resolve: (result: Quoted) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * One block at work: starts each node as soon as the nodes it reads are done. When the run stops, for whatever reason,
 * nothing more is started, and the block ends after what is at work has ended.
 */
export class BlockRun {
  private atWork = 0;
  private unfinished: number;
  private readonly forget: () => void;

  constructor(private readonly options: BlockRunOptions) {
    const { block, frame, stop } = options;
    this.unfinished = block.nodes.length;
    this.forget = stop.onStop(() => this.endIfIdle());
    for (const node of block.nodes) frame.expect(node.id);
    for (const node of block.nodes) this.whenReady(bindingsOf(node), () => this.begin(node));
    // A map may come to its next item after the run has been stopped.
    if (stop.stopped) this.endIfIdle();
    else if (this.unfinished === 0) this.finish();
  }

  private whenReady(bindings: readonly Binding[], go: () => void): void {
    const refs = new Set(bindings.flatMap((binding) => refsOf(binding)));
    let missing = 0;
    const arrived = (): void => {
      missing -= 1;
      if (missing === 0) go();
    };
    for (const ref of refs) if (this.options.frame.waitFor(ref, arrived)) missing += 1;
    if (missing === 0) go();
  }

  private begin(node: PlanNode): void {
    if (this.options.stop.stopped) return;
    this.atWork += 1;
    // Without a promise, see `Frame`: a chain of light steps is done as fast as its outputs can be put in place.
    const taken = this.options.take(node);
    if (taken) this.nodeDone(node, taken.output);
    else this.startLater(node);
  }

  private startLater(node: PlanNode): void {
    this.options.stop
      .inScope(() => this.options.start(node))
      .then(
        (output) => this.nodeDone(node, output),
        (error) => this.nodeFailed(error),
      );
  }

  private nodeDone(node: PlanNode, output: Quoted): void {
    this.atWork -= 1;
    this.unfinished -= 1;
    this.options.frame.put(node.id, output);
    if (this.options.stop.stopped) this.endIfIdle();
    else if (this.unfinished === 0) this.finish();
  }

  private nodeFailed(error: unknown): void {
    this.atWork -= 1;
    if (this.options.stop.stopped) this.endIfIdle();
    else this.options.stop.because(error);
  }

  private finish(): void {
    const { block, frame, resolve } = this.options;
    this.whenReady([block.result], () => {
      this.forget();
      resolve(resolveBinding(block.result, frame));
    });
  }

  private endIfIdle(): void {
    if (this.atWork > 0) return;
    this.forget();
    this.options.reject(this.options.stop.causeOr(undefined));
  }
}
