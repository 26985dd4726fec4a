import type { PreviousOutput } from '../../dsl/context.js';
import type { Quoted } from '../../plan/binding.js';
import { digestOfJson } from '../../plan/canonical.js';
import { FailureType, isPawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import {
  type CacheFacts,
  edgesOf,
  type LineageEdge,
  type Offer,
  type ReuseOrigin,
  type Store,
} from '../../store/index.js';
import { decodeValue } from '../steps/values.js';
import { cacheKey, type KeyParts } from './cache-key.js';
import { explainMiss, type Miss } from './explain-miss.js';

/** A node that may take over an earlier output. */
export interface ReuseQuery extends KeyParts {
  readonly pipeline: string;
  readonly node: string;
  readonly seed: number;
  /** Versions of the packages of the code, for telling what has changed. */
  readonly packages: CacheFacts['packages'];
  /** As it is in the history, for telling what has changed. */
  readonly recorded: Quoted;
  /** What `ctx.previous` would answer. */
  readonly previous: (node: string) => Promise<PreviousOutput | null>;
}

/** An earlier output that stands for the node's own. */
export interface Reusable {
  readonly offer: Offer;
  /** The artifacts in it, all of them at hand. */
  readonly lineage: readonly LineageEdge[];
}

/** `reason` is a phrase for people, as `input changed since run X: epochs 4 → 6`. */
export type Lookup = { readonly found: Reusable; readonly reason: string } | ({ readonly found: null } & Miss);

/** Looks for an earlier execution of the same work whose output is whole, and says why there is one or none. */
export async function findReusable(query: ReuseQuery, store: Store): Promise<Lookup> {
  const offered = await findOffered(query, store);
  return offered.found ? offered : { found: null, ...(await whyMissed(offered, query, store)) };
}

/** What was found among the offers; `problem`: why the first of those that are there cannot be taken. */
export type Offered =
  | { readonly found: Reusable; readonly reason: string }
  | { readonly found: null; readonly problem?: string };

/** The same, without asking for what has changed where nothing is found. */
export async function findOffered(query: ReuseQuery, store: Store): Promise<Offered> {
  const offers = await store.journal.offers({ key: cacheKey(query), seed: query.seed });
  let problem: string | undefined;
  for (const offer of offers) {
    const checked = await checkOffer(offer, query, store);
    if (typeof checked !== 'string') return { found: checked, reason: `reused from ${nameOf(offer.origin, query)}` };
    problem ??= checked;
  }
  return { found: null, ...(problem !== undefined && { problem }) };
}

/** Why nothing was found. */
export async function whyMissed(
  { problem }: { readonly problem?: string },
  query: ReuseQuery,
  store: Store,
): Promise<Miss> {
  return problem === undefined ? explainMiss(query, store) : { reason: problem, isPersonal: false };
}

function nameOf({ run, node }: ReuseOrigin, query: ReuseQuery): string {
  return node === query.node ? `run ${run}` : `run ${run}, node ${node}`;
}

/** @returns why it cannot be taken, or what is taken. */
async function checkOffer(offer: Offer, query: ReuseQuery, store: Store): Promise<Reusable | string> {
  for (const { node, digest } of offer.facts.reads) {
    if (digestOfJson((await query.previous(node ?? query.node)) as Json) !== digest) {
      return `what it reads of an earlier run is not what run ${offer.origin.run} read`;
    }
  }
  const lineage = await intactEdges(offer, store);
  return lineage ? { offer, lineage } : `an artifact of run ${offer.origin.run} is gone`;
}

/** The artifacts in an output; null when one of them is gone. */
export async function intactEdges(
  { output }: Pick<Offer, 'output'>,
  { artifacts }: Pick<Store, 'artifacts'>,
): Promise<readonly LineageEdge[] | null> {
  try {
    const edges = edgesOf('out', (await decodeValue(output, { artifacts, definitions: new Map() })) as Json);
    for (const { artifact } of edges) if (!(await artifacts.holds(artifact))) return null;
    return edges;
  } catch (error) {
    if (isPawlError(error) && error.type === FailureType.ArtifactCorrupt) return null;
    throw error;
  }
}
