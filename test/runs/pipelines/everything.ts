import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  approval,
  collect,
  map,
  match,
  onExit,
  orElse,
  pipeline,
  present,
  type Ref,
  reduce,
  reject,
  sleep,
  step,
  waitFor,
  when,
  z,
} from 'pawl';
import { addLight } from './steps.js';

const WORK_MS = 60;

/** Something in the world, done once for each key: a file that is there or not. */
function takeEffect(folder: string, key: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, encodeURIComponent(key)), '');
}

/** Has an effect and takes a moment, before it and after it. */
const act = step(
  'act',
  {
    input: z.object({ folder: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    heartbeat: '2s',
  },
  async ({ folder, n }, ctx) => {
    await pause(WORK_MS, undefined, { signal: ctx.signal });
    takeEffect(folder, ctx.key);
    await pause(WORK_MS, undefined, { signal: ctx.signal });
    return { n: n + 1 };
  },
);

/** Fails the first time in each run. */
const stumble = step(
  'stumble',
  {
    input: z.object({ folder: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    heartbeat: '2s',
    retry: { attempts: 3, backoffMs: 100 },
  },
  ({ folder, n }, ctx) => {
    const mark = `${folder}.stumbled`;
    if (!existsSync(mark)) {
      writeFileSync(mark, '');
      throw new Error('the first time goes wrong');
    }
    takeEffect(folder, ctx.key);
    return { n: n + 1 };
  },
);

/** The same work for all runs with the same `batch`: one does it, the others wait for it or take it over. */
const dear = step(
  'dear',
  {
    input: z.object({ batch: z.string() }),
    output: z.object({ n: z.number() }),
    cache: 'reuse',
    heartbeat: '2s',
  },
  async ({ batch }, ctx) => {
    await pause(5 * WORK_MS, undefined, { signal: ctx.signal });
    return { n: batch.length };
  },
);

const Item = z.object({ id: z.string(), n: z.number() });
const Found = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('odd'), n: z.number() }),
  z.object({ kind: z.literal('even'), n: z.number() }),
]);

/** What the others decide by. */
const look = step(
  'look',
  {
    input: z.object({ n: z.number() }),
    output: z.object({
      few: z.array(Item),
      many: z.array(Item),
      found: Found,
      large: z.boolean(),
      best: z.number().nullable(),
      note: z.string().optional(),
    }),
    heartbeat: '2s',
  },
  ({ n }) => {
    const items = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `item-${i}`, n: i }));
    const found = { kind: n % 2 === 0 ? ('even' as const) : ('odd' as const), n };
    return { few: items(3), many: items(25), found, large: n > 1000, best: n };
  },
);

const inner = pipeline(
  'everything-inner',
  { params: z.object({ folder: z.string(), n: z.number() }) },
  ({ folder, n }) => act({ folder, n: addLight({ n }).n }, { id: 'inner-act' }),
);

const params = z.object({ folder: z.string(), batch: z.string(), n: z.number() });

/** Every kind of node in one run. */
export default pipeline('everything', { params }, ({ folder, batch, n }) => {
  onExit(() => act({ folder, n: 0 }, { id: 'on-exit' }), { timeout: '2m' });
  const found = look({ n: stumble({ folder, n }).n });
  const shared = dear({ batch });
  const few = map(found.few, (item) => act({ folder, n: item.n }).n, { key: (item) => item.id });
  const many = map(found.many, (item) => addLight({ n: item.n }).n, { key: (item) => item.id, id: 'many' });
  const folded = reduce(
    found.few,
    { n: 0 },
    (value) => act({ folder, n: addLight({ n: value.n }).n }, { id: 'fold' }),
    {
      key: (item) => item.id,
    },
  );
  const chosen = match(found.found, 'kind', {
    odd: (one: Ref<{ kind: 'odd'; n: number }>) => addLight({ n: one.n }, { id: 'odd' }),
    even: (one: Ref<{ kind: 'even'; n: number }>) => act({ folder, n: one.n }, { id: 'even' }),
  });
  const refused = when(found.large, () => reject(found.found));
  const there = present(
    found.best,
    (best) => addLight({ n: best }, { id: 'best' }),
    () => addLight({ n: -1 }, { id: 'none' }),
  );
  const nap = sleep('500ms', { id: 'nap', after: refused });
  const labels = waitFor('labels', z.object({ rows: z.int() }), { after: nap });
  const signed = approval({ ask: 'Go on?', quorum: 2, after: labels });
  const called = inner({ folder, n: labels.rows });
  const last = act({ folder, n: called.n }, { id: 'last', after: signed });
  return {
    ...{ shared: shared.n, few, many, folded: folded.n, chosen: chosen.n, there: there.n },
    ...{ note: orElse(found.note, 'none'), approved: signed.approved, both: collect([called, last]) },
  };
});
