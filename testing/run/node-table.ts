import type { Quoted } from '../../plan/binding.js';
import type { Json } from '../../plan/json.js';
import type { PlanNode } from '../../plan/plan.js';
import type { Fault, NodeState } from '../../plan/protocol.js';
import { unquoteInline } from '../../workflows/inline-value.js';
import type { TestNode } from './result.js';

type Entry = { -readonly [Key in keyof TestNode]: TestNode[Key] };

/** What has become of each node, in the order in which the run came to it. */
export class NodeTable {
  private readonly entries = new Map<string, Entry>();

  begin(id: string, node: PlanNode, state: NodeState = 'running'): void {
    const known = this.entries.get(id);
    if (known) Object.assign(known, { state, fault: null });
    else this.entries.set(id, { node: id, kind: node.kind, state, fault: null });
  }

  note(id: string, facts: Partial<TestNode>): void {
    const entry = this.entries.get(id);
    if (entry) Object.assign(entry, facts);
  }

  called(id: string): void {
    const entry = this.entries.get(id);
    if (entry) entry.attempts = (entry.attempts ?? 0) + 1;
  }

  done(id: string, output?: Quoted): void {
    this.note(id, { state: 'done', fault: null, ...(output === undefined ? {} : { output: unquoteInline(output) }) });
  }

  skip(id: string, node: PlanNode): void {
    this.begin(id, node, 'skipped');
  }

  /** A fault of a node, or of the exit as a whole. */
  fault(fault: Fault, state: NodeState): void {
    this.note(fault.node, { state, fault });
  }

  /** Ends what is still open among the nodes whose ids begin so. What only waited has not failed. */
  closeUnder(prefix: string, ended: NodeState): void {
    for (const entry of this.entries.values()) {
      if (!entry.node.startsWith(prefix)) continue;
      if (entry.state === 'running') entry.state = ended;
      if (entry.state === 'waiting') entry.state = 'cancelled';
    }
  }

  some(state: NodeState): boolean {
    return [...this.entries.values()].some((entry) => entry.state === state);
  }

  faultsIn(state: NodeState): readonly Fault[] {
    return [...this.entries.values()].flatMap((entry) => (entry.state === state && entry.fault ? [entry.fault] : []));
  }

  list(): readonly TestNode[] {
    return [...this.entries.values()].map((entry) => ({ ...entry }));
  }

  outputs(): Readonly<Record<string, Json>> {
    const all = [...this.entries.values()];
    return Object.fromEntries(all.flatMap(({ node, output }) => (output === undefined ? [] : [[node, output]])));
  }
}
