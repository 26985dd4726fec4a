import { randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import fc from 'fast-check';
import type pg from 'pg';
import { MediaType } from '../../../plan/artifact.js';
import { type Digest, digestOf } from '../../../plan/canonical.js';
import { objectPath } from '../../../store/artifacts/object-files.js';
import type { Store } from '../../../store/index.js';
import { samplePlan } from '../../support/samples.js';

export const DAY_MS = 86_400_000;
export const KEEP_DAYS = 30;
export const GRACE_MS = 3_600_000;
const OBJECTS = 14;

/** What is made of each object: it may mention those before it. Numbers are places in the lists. */
export interface World {
  readonly objects: readonly { readonly children: readonly number[]; readonly young: boolean }[];
  readonly plans: readonly { readonly code: number; readonly current: boolean; readonly daysOld: number }[];
  readonly runs: readonly WorldRun[];
  readonly models: readonly number[];
  /** Mentioned in the histories of open runs. */
  readonly mentioned: readonly number[];
}

export interface WorldRun {
  /** Null: it is open. */
  readonly closedDaysAgo: number | null;
  readonly plan: number;
  readonly nodes: readonly WorldNode[];
}

export interface WorldNode {
  readonly input: number;
  readonly output: number;
  /** Committed; else its step is at work since so many days. */
  readonly committed: boolean;
  readonly daysAgo: number;
  readonly offered: boolean;
  readonly checkpoint: number | null;
}

const object = fc.nat(OBJECTS - 1);
const node: fc.Arbitrary<WorldNode> = fc.record({
  input: object,
  output: object,
  committed: fc.boolean(),
  daysAgo: fc.constantFrom(0, 2, 50),
  offered: fc.boolean(),
  checkpoint: fc.option(object, { freq: 3 }),
});

export const worlds: fc.Arbitrary<World> = fc.record({
  objects: fc.array(fc.record({ children: fc.array(object, { maxLength: 3 }), young: fc.boolean() }), {
    minLength: OBJECTS,
    maxLength: OBJECTS,
  }),
  plans: fc.array(fc.record({ code: object, current: fc.boolean(), daysOld: fc.constantFrom(1, 60) }), {
    minLength: 1,
    maxLength: 3,
  }),
  runs: fc.array(
    fc.record({
      closedDaysAgo: fc.constantFrom(null, 2, 60),
      plan: fc.nat(10),
      nodes: fc.array(node, { maxLength: 3 }),
    }),
    { maxLength: 5 },
  ),
  models: fc.array(object, { maxLength: 1 }),
  mentioned: fc.array(object, { maxLength: 1 }),
});

export interface MadeWorld {
  readonly digests: readonly Digest[];
}

/** Makes a world: real rows and real files, some of them old. */
export async function makeWorld(world: World, store: Store, root: string, client: pg.Client): Promise<MadeWorld> {
  const digests: Digest[] = [];
  for (const [at, { children }] of world.objects.entries()) {
    digests.push(await makeObject(store, at, childrenOf(children, at), digests));
  }
  const value = (at: number) => ({ digest: digests[at]!, bytes: 1, mediaType: MediaType.json });
  for (const [at, plan] of world.plans.entries()) {
    const published = { ...samplePlan(`pipeline-${at}`), code: digests[plan.code]! };
    const { hash } = await store.plans.publish({ plan: published, annotations: {} as never });
    await client.query('update plans set created_at = $1 where hash = $2', [ago(plan.daysOld), hash]);
    if (!plan.current) await client.query('delete from pipelines where name = $1', [`pipeline-${at}`]);
  }
  const plans = await client.query('select hash, pipeline from plans order by pipeline');
  for (const [at, run] of world.runs.entries()) {
    const { hash, pipeline } = plans.rows[run.plan % world.plans.length];
    const ids = { runId: `run-${at}`, workflowId: `workflow-${at}`, pipeline, nominalTime: nominal(at) };
    await store.runs.start({ ...ids, planHash: hash, params: null, startedAt: ago(70) });
    for (const [n, made] of run.nodes.entries()) {
      const key = { ...ids, node: `node-${n}`, generation: 0 };
      const claim = await store.journal.claim({
        ...key,
        step: 'step',
        planHash: hash,
        fingerprint: digestOf('fingerprint'),
        input: value(made.input),
        attempt: 1,
        worker: 'worker',
      });
      if (claim.state !== 'claimed') throw new Error('it is new');
      const { token } = claim;
      if (made.checkpoint !== null)
        await store.checkpoints({ ...key, token }).save({ step: 1, artifact: value(made.checkpoint) });
      if (made.committed) await store.journal.commit({ key, token, output: value(made.output), cache: offer(made) });
      await client.query(
        `update journal set started_at = $1, committed_at = case when state = 'committed' then $1::timestamptz end
         where run_id = $2 and node = $3`,
        [ago(made.daysAgo), key.runId, key.node],
      );
    }
    if (run.closedDaysAgo !== null)
      await store.runs.close({ runId: ids.runId, outcome: 'succeeded', closedAt: ago(run.closedDaysAgo) });
  }
  for (const at of world.models)
    await store.registry.register({ name: 'model', model: value(at), report: null, key: randomUUID(), run: 'run' });
  for (const [at, { young }] of world.objects.entries()) if (!young) await makeOld(root, digests[at]!);
  return { digests };
}

/** As if nobody had touched it for longer than anything is kept. */
export async function makeOld(root: string, digest: Digest): Promise<void> {
  const old = new Date(Date.now() - 40 * DAY_MS);
  await utimes(objectPath(root, digest), old, old);
}

export const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

/** Later runs are for later times. */
export const nominal = (at: number): string => new Date(Date.UTC(2001, at)).toISOString();

/** An object mentions only those made before it: content decides the digest. */
export const childrenOf = (children: readonly number[], at: number): readonly number[] =>
  children.filter((child) => child < at);

async function makeObject(store: Store, at: number, children: readonly number[], digests: readonly Digest[]) {
  if (children.length === 0) return (await store.artifacts.putBytes(Buffer.from(`leaf ${at}`), 'text/plain')).digest;
  const files = children.map((child) => [`file-${child}`, { digest: digests[child]!, bytes: 1, mediaType: 'x' }]);
  const content =
    at % 2 === 0 ? { files: Object.fromEntries(files), at } : [{ $spill: digests[children[0]!]! }, files, at];
  return (await store.artifacts.putJson(content as never)).digest;
}

function offer({ offered, input }: WorldNode) {
  const facts = { input: {}, environment: null, linked: {}, bundle: null, packages: {}, reads: [], refused: null };
  return { key: offered ? digestOf(`key ${input}`) : null, seed: null, facts, reason: 'first', from: null };
}
