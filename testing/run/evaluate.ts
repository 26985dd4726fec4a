import { type Quoted, refsOf, resolveBinding } from '../../plan/binding.js';
import { FailureType, isPawlError } from '../../plan/failure.js';
import type { KeyedItem } from '../../plan/items.js';
import type { Block, MapNode, MatchNode, PipelineNode, PlanNode, ReduceNode, SleepNode } from '../../plan/plan.js';
import type { Fault } from '../../plan/protocol.js';
import { bindingsOf, blocksOf, nodesOf, visitNode } from '../../plan/visit.js';
import { type Frame, itemId } from '../../workflows/frame.js';
import { checkBy, runApproval, runWait } from './answers.js';
import { type FaultPolicy, PartFailed, rejected } from './endings.js';
import { partFaults } from './fault-policies.js';
import { keyedItems } from './item-keys.js';
import type { RunParts } from './run-parts.js';
import { runStep } from './run-step.js';
import { sleepTime } from './sleep-time.js';

/**
 * What a plan means, in the order in which it is written: one node after the other, one item after the other. A node
 * that stays held or waits has no value; what needs it is not reached, and the rest goes on.
 */
export class Evaluation {
  constructor(private readonly parts: RunParts) {}

  /** The block's result; undefined when something in it has no value. @throws RunStopped, or what `faults` throw. */
  async block(block: Block, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    const has = (id: string): boolean => frame.output(id) !== undefined;
    let complete = true;
    for (const node of block.nodes) {
      const ready = bindingsOf(node).flatMap(refsOf).every(has);
      const value = ready ? await this.node(node, frame, faults) : undefined;
      if (value === undefined) complete = false;
      else frame.put(node.id, value);
    }
    return complete && refsOf(block.result).every(has) ? resolveBinding(block.result, frame) : undefined;
  }

  node(node: PlanNode, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    return visitNode<Promise<Quoted | undefined>>(node, {
      step: (n) => runStep(n, frame, this.parts, faults),
      when: (n) => this.way(n, resolveBinding(n.if, frame) === true ? n.then : n.else, frame, faults),
      match: (n) => this.match(n, frame, faults),
      present: (n) => this.way(n, resolveBinding(n.value, frame) === null ? n.else : n.then, frame, faults),
      map: (n) => this.map(n, frame, faults),
      reduce: (n) => this.reduce(n, frame, faults),
      pipeline: (n) => this.pipeline(n, frame, faults),
      approval: (n) => runApproval(n, frame, this.parts),
      wait: (n) => runWait(n, frame, this.parts),
      sleep: (n) => this.sleep(n, frame, faults),
      reject: async (n) => {
        const value = resolveBinding(n.with, frame);
        this.begin(n, frame);
        this.parts.table.done(frame.rename(n.id));
        throw rejected(value);
      },
    });
  }

  /** Goes one way of a node that has several. The nodes on the others are skipped. */
  private async way(node: PlanNode, way: Block, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    const { table } = this.parts;
    const id = this.begin(node, frame);
    table.done(id);
    const others = blocksOf(node).filter((block) => block !== way);
    for (const other of others.flatMap(nodesOf)) table.skip(frame.rename(other.id), other);
    const value = await this.block(way, frame.inner(), faults);
    if (value !== undefined) table.done(id, value);
    return value;
  }

  private async match(node: MatchNode, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    const tag = resolveBinding(node.on, frame);
    const isTag = ['string', 'number', 'boolean'].includes(typeof tag);
    const way = isTag ? node.cases.find(({ is }) => String(is) === String(tag))?.block : undefined;
    const taken = way ?? node.otherwise;
    if (taken) return this.way(node, taken, frame, faults);
    const id = this.begin(node, frame);
    const known = node.cases.map(({ is }) => JSON.stringify(String(is))).join(', ') || 'none';
    const message = `match "${id}" has no case for ${JSON.stringify(tag).slice(0, 100)}; its cases are: ${known}`;
    const hint = 'Add a case, or `otherwise` for every other tag, and publish the pipeline again.';
    throw faults.refuse(invalid(id, message, hint));
  }

  private async map(node: MapNode, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    const id = this.begin(node, frame);
    const items = this.items(node, id, frame, faults);
    let allowed = this.mayFail(node, id, items.length, faults);
    const results: (Quoted | undefined)[] = [];
    for (const each of items) {
      const part = node.minSuccess ? partFaults(each, faults, this.parts.table, () => allowed-- > 0) : faults;
      results.push(await this.item(node, id, each, frame, part));
    }
    if (!results.every((result) => result !== undefined)) return undefined;
    this.parts.table.done(id, results);
    return results;
  }

  private async item(
    node: MapNode,
    id: string,
    each: KeyedItem,
    frame: Frame,
    faults: FaultPolicy,
  ): Promise<Quoted | undefined> {
    try {
      return await this.block(node.body, frame.forItem(node.id, each.key, each.item), faults);
    } catch (error) {
      if (!(error instanceof PartFailed && error.part === each)) throw error;
      this.parts.table.closeUnder(`${itemId(id, each.key)}/`, 'failed');
      return null;
    }
  }

  /** How many items may fail. */
  private mayFail({ minSuccess }: MapNode, id: string, count: number, faults: FaultPolicy): number {
    if (!minSuccess) return 0;
    // Shares are decimals, whose product may be a little more than the whole number it stands for.
    const required = 'items' in minSuccess ? minSuccess.items : Math.ceil(minSuccess.share * count - 1e-9);
    if (required <= count) return count - required;
    const message = `map "${id}" has ${count} items, of which ${required} must succeed`;
    const hint = 'Lower minSuccess, give a share as "90%", or check the list it runs over.';
    throw faults.refuse(invalid(id, message, hint));
  }

  private async reduce(node: ReduceNode, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    const id = this.begin(node, frame);
    let value: Quoted | undefined = resolveBinding(node.initial, frame);
    for (const { key, item } of this.items(node, id, frame, faults)) {
      if (value === undefined) return undefined;
      value = await this.block(node.body, frame.forItem(node.id, key, { value, item }), faults);
    }
    if (value !== undefined) this.parts.table.done(id, value);
    return value;
  }

  private items(node: MapNode | ReduceNode, id: string, frame: Frame, faults: FaultPolicy): readonly KeyedItem[] {
    const items = keyedItems(node, id, resolveBinding(node.over, frame));
    if ('problem' in items) throw faults.refuse(invalid(id, items.problem, items.hint));
    return items;
  }

  private async pipeline(node: PipelineNode, frame: Frame, faults: FaultPolicy): Promise<Quoted | undefined> {
    const id = this.begin(node, frame);
    const given = resolveBinding(node.params, frame);
    const params = await this.params(node, given, id, faults);
    if (params === undefined) return undefined;
    const value = await this.block(node.body, frame.withItem(node.id, params), faults);
    if (value !== undefined) this.parts.table.done(id, value);
    return value;
  }

  private async params(
    node: PipelineNode,
    given: Quoted,
    id: string,
    faults: FaultPolicy,
  ): Promise<Quoted | undefined> {
    for (;;) {
      try {
        return await checkBy(`pipeline/${node.pipeline}`, given, this.parts);
      } catch (error) {
        if (!isPawlError(error)) throw error;
        const { type, message, hint = null } = error;
        if (faults.hold({ node: id, type, message, hint }) !== 'retry') return undefined;
        this.parts.table.begin(id, node);
      }
    }
  }

  private async sleep(node: SleepNode, frame: Frame, faults: FaultPolicy): Promise<Quoted> {
    const id = this.begin(node, frame);
    const { clock, table } = this.parts;
    const until = resolveBinding(node.until, frame);
    const time = sleepTime(until, clock.ms);
    if (typeof time !== 'number') {
      const message = `sleep "${id}" is given ${JSON.stringify(until).slice(0, 100)}, which ${time.problem}`;
      throw faults.refuse(invalid(id, message, 'Give an ISO 8601 time that ends with Z or an offset.'));
    }
    clock.wait(time);
    table.done(id, null);
    return null;
  }

  private begin(node: PlanNode, frame: Frame): string {
    const id = frame.rename(node.id);
    this.parts.table.begin(id, node);
    return id;
  }
}

function invalid(node: string, message: string, hint: string): Fault {
  return { node, type: FailureType.InvalidValue, message, hint };
}
