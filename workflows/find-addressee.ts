import { FailureType } from '../plan/failure.js';
import { type ApprovalNode, EXIT_ITEM, type Plan, type WaitNode } from '../plan/plan.js';
import { suggestName } from '../plan/suggest.js';
import { type Addressee, addresseesOf, kindOf } from './addressees.js';
import { refusal } from './request-shape.js';
import type { RunState } from './run-state.js';

/** What each kind is called, and how it is answered. */
const WORDS = {
  approval: { what: 'approval', one: 'an approval', update: 'approve' },
  wait: { what: 'waitFor', one: 'a waitFor', update: 'send' },
} as const;

type Kind = keyof typeof WORDS;
type NodeOf<K extends Kind> = K extends 'approval' ? ApprovalNode : WaitNode;

/** A node of a run that something was sent to. */
export interface Found<N> {
  /** Its id in the run. */
  readonly id: string;
  readonly node: N;
}

/**
 * The node of this kind that a request means. It need not have been reached yet.
 * @param id Absent: the one that waits, or the only one there is.
 * @throws ApplicationFailure `InvalidInput` that says which nodes there are; `Conflict` when it will not come any more.
 */
export function findAddressee<K extends Kind>(id: string | undefined, kind: K, state: RunState): Found<NodeOf<K>> {
  const found = id === undefined ? theOne(kind, state) : named(id, kind, state);
  if (state.ended && !found.id.startsWith(`${EXIT_ITEM}/`))
    throw refusal(`"${found.id}" will not be reached any more: the run is at its end`, FailureType.Conflict);
  const left = state.stateOf(found.id) ?? state.stateOf(found.node.id);
  if (left === 'skipped') throw refusal(`"${found.id}" was skipped: the run went another way`, FailureType.Conflict);
  return found;
}

function theOne<K extends Kind>(kind: K, state: RunState): Found<NodeOf<K>> {
  const { what } = WORDS[kind];
  const open = waitingNow(kind, state);
  if (open.length === 1) return named(open[0]!, kind, state);
  if (open.length > 1) throw refusal(`${open.length} nodes wait: say which with "node": ${listed(open)}`);
  const all = addressees(kind, state);
  if (all.length === 0) throw refusal(`this pipeline has no ${what}: there is nothing to decide`);
  const only = all[0]!;
  if (all.length > 1 || only.written !== only.node.id)
    throw refusal(
      `no ${what} waits now. To decide early, say which with "node": ${listed(all.map(({ written }) => written))}`,
    );
  return { id: only.node.id, node: only.node };
}

function named<K extends Kind>(id: string, kind: K, state: RunState): Found<NodeOf<K>> {
  const all = addressees(kind, state);
  const found = all.find(({ ids }) => ids.test(id));
  if (found) return { id, node: found.node };
  const whole = wholeId(id, kind, state);
  if (whole !== undefined) return named(whole, kind, state);
  throw refusal(whyNot(id, kind, all, state));
}

/** The id that ends with a name, where only one does: people know a node by its name, not by the ways around it. */
function wholeId(name: string, kind: Kind, state: RunState): string | undefined {
  const single = addressees(kind, state).filter(({ node, written }) => node.id === written);
  const ids = new Set([...waitingNow(kind, state), ...single.map(({ node }) => node.id)]);
  const ending = [...ids].filter((id) => id.endsWith(`/${name}`));
  return ending.length === 1 ? ending[0] : undefined;
}

function whyNot(id: string, kind: Kind, all: readonly Addressee[], state: RunState): string {
  const { what } = WORDS[kind];
  const actual = kindOf(id, planOf(state));
  const ownItem = all.find(({ node }) => node.id === id);
  if (ownItem) return `"${id}" is there once for each item: write ${ownItem.written}${now(kind, state)}`;
  if (actual === 'approval' || actual === 'wait')
    return `"${id}" is ${WORDS[actual].one}, not ${WORDS[kind].one}: answer it with the Update "${WORDS[actual].update}"`;
  if (actual) return `"${id}" is a ${actual} and waits for nobody${now(kind, state)}`;
  const known = [...new Set([...waitingNow(kind, state), ...all.map(({ written }) => written)])];
  return `this run has no ${what} "${id}". ${known.length === 0 ? `It has no ${what} at all.` : suggestName(id, known)}`;
}

function now(kind: Kind, state: RunState): string {
  const open = waitingNow(kind, state);
  return open.length === 0 ? '' : `. Waiting now: ${listed(open)}`;
}

function waitingNow(kind: Kind, state: RunState): readonly string[] {
  const wanted = kind === 'approval' ? 'approval' : 'event';
  return state.table().flatMap(({ node, waitsFor }) => (waitsFor?.kind === wanted ? [node] : []));
}

function addressees<K extends Kind>(kind: K, state: RunState): readonly Addressee<NodeOf<K>>[] {
  const isOfKind = (each: Addressee): each is Addressee<NodeOf<K>> => each.node.kind === kind;
  return addresseesOf(planOf(state)).filter(isOfKind);
}

function planOf({ pinned }: RunState): Plan {
  if (pinned) return pinned.plan;
  throw refusal('the run has not begun');
}

function listed(ids: readonly string[]): string {
  return `${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', …' : ''}`;
}
