import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compilePipeline, diffPlans, formatDiff } from '../../../../dsl/compile/index.js';
import { makePlan } from '../../../../dsl/compile/make-plan.js';
import { renameNode } from '../../../../dsl/compile/output/diff/rename-node.js';
import { map, onExit, type PipelineOptions, pipeline, type Ref, step, when } from '../../../../dsl/index.js';
import { digestOf } from '../../../../plan/canonical.js';
import type { Plan, PlanNode } from '../../../../plan/plan.js';
import { planNodesOf } from '../../../../plan/visit.js';

const load = step(
  'load',
  { input: z.json(), output: z.object({ ok: z.boolean(), rows: z.array(z.string()) }) },
  () => ({
    ok: true,
    rows: [],
  }),
);
const train = step('train', { input: z.json(), output: z.object({ loss: z.number() }) }, () => ({ loss: 0 }));

const params = z.object({ month: z.string(), epochs: z.int().default(4) });
type Params = Ref<z.output<typeof params>>;

function planFor(build: (params: Params) => unknown, options: Partial<PipelineOptions<typeof params>> = {}): Plan {
  const made = pipeline('p', { params, ...options }, build);
  return makePlan(made, digestOf('code'), made.trace());
}

const simple = ({ month, epochs }: Params) => {
  const rows = load({ month });
  return train({ rows: rows.rows, epochs });
};

const changes = (before: Plan, after: Plan): string => formatDiff(diffPlans(before, after));

describe('a diff says', () => {
  test('nothing about code bundles, plan formats, and orders that do not matter', () => {
    const plan = planFor(simple);
    const reordered = { ...planFor(simple), pawl: 1 as const, code: digestOf('other') };
    expect(diffPlans(plan, reordered)).toMatchObject({ equal: true });
    expect(changes(plan, reordered)).toBe('');
    const both = (first: string, second: string) => () => {
      const [one, other] = [load(first, { id: first }), load(second, { id: second })];
      return train('x', { after: [one, other] });
    };
    expect(changes(planFor(both('a', 'b')), planFor(both('b', 'a')))).toBe('');
  });

  test('which params were added, removed or changed', () => {
    const other = z.object({ month: z.string().optional(), epochs: z.int().default(5), region: z.string() });
    const without = z.object({ month: z.string() });
    const draw = (schema: z.ZodObject) => {
      const made = pipeline('p', { params: schema }, () => load('x'));
      return makePlan(made, digestOf('code'), made.trace());
    };
    expect(changes(draw(params), draw(other))).toBe(
      [
        '~ param epochs',
        '    default: 4 → 5',
        '~ param month',
        '    required: true → false',
        '+ param region',
        '    required: none → true',
        '    type: none → "string"',
      ].join('\n'),
    );
    expect(changes(draw(params), draw(without))).toMatch(/^- param epochs\n {4}default: 4 → none/);
  });

  test('schedule, hold, name, result and what runs on exit', () => {
    const before = planFor(simple, { schedule: { cron: '0 6 * * *' } });
    const after = planFor(
      (all) => {
        onExit(() => load('bye', { id: 'tell' }));
        return { model: simple(all) };
      },
      { schedule: { cron: '0 7 * * *' }, hold: '2h' },
    );
    expect(changes(before, after)).toBe(
      [
        '~ schedule.cron: "0 6 * * *" → "0 7 * * *"',
        '~ holdMs: 12h → 2h',
        '~ onExit: none → { timeoutMs: 300000 }',
        '~ result: train → { model: train }',
        '+ node on-exit/tell (step load)',
      ].join('\n'),
    );
    expect(changes(before, { ...before, schedule: null, pipeline: 'q' })).toBe(
      '~ name: "p" → "q"\n~ schedule: { cron: "0 6 * * *", timeZone: "UTC" } → none',
    );
  });

  test('which nodes were added and removed', () => {
    const more = (all: Params) => {
      const model = simple(all);
      return when(load(all.month, { id: 'check' }).ok, () => train(model, { id: 'again' }));
    };
    expect(changes(planFor(simple), planFor(more))).toBe(
      '~ result: train → when\n+ node check (step load)\n+ node when',
    );
    expect(changes(planFor(more), planFor(simple))).toBe(
      '~ result: when → train\n- node check (step load)\n- node when',
    );
  });

  test('that a node has another name, and not that its readers changed', () => {
    const renamed = ({ month, epochs }: Params) => {
      const rows = load({ month }, { id: 'ingest' });
      return train({ rows: rows.rows, epochs });
    };
    expect(changes(planFor(simple), planFor(renamed))).toBe('~ node load is called ingest');
  });

  test('what a node reads now, and its options', () => {
    const after = ({ month, epochs }: Params) => {
      const rows = load({ month });
      return train({ rows, epochs, fixed: [1] }, { retry: { attempts: 5 }, queue: 'gpu', timeout: '2h' });
    };
    expect(changes(planFor(simple), planFor(after))).toBe(
      [
        '~ node train',
        '    input.fixed: none → [1]',
        '    input.rows: load.rows → load',
        '    options.queue: "default" → "gpu"',
        '    options.retry.attempts: 3 → 5',
        '    options.timeoutMs: 1h → 2h',
      ].join('\n'),
    );
  });

  test('that a step has other code', () => {
    const plan = planFor(simple);
    const nodes = plan.block.nodes.map((node) =>
      node.id === 'train' ? ({ ...node, fingerprint: digestOf('new code') } as PlanNode) : node,
    );
    expect(changes(plan, { ...plan, block: { ...plan.block, nodes } })).toBe('~ node train\n    code: other code');
  });

  test('what control nodes do otherwise, and what is inside of them', () => {
    const each = (concurrency: number, extra: boolean) => (all: Params) => {
      const rows = load(all.month);
      return map(
        rows.rows,
        (row) => {
          const model = train(row);
          return extra ? train(model, { id: 'more' }) : model;
        },
        { concurrency },
      );
    };
    expect(changes(planFor(each(4, false)), planFor(each(8, true)))).toBe(
      '+ node map/more (step train)\n~ node map\n    concurrency: 4 → 8\n    result: map/train → map/more',
    );
  });
});

describe('a plan with every kind of node', () => {
  let plan: Plan;

  beforeAll(async () => {
    const { compiled } = await compilePipeline(join(import.meta.dirname, 'pipelines/every-kind.ts'));
    plan = compiled!.plan;
  });

  test('does not differ from itself', () => {
    expect(diffPlans(plan, structuredClone(plan))).toMatchObject({ equal: true });
  });

  test('with one node renamed differs by exactly that', () => {
    const ids = planNodesOf(plan).map(({ id }) => id);
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.stringMatching(/^[a-z]{8}$/), (id, word) => {
        const fresh = `${id.slice(0, id.lastIndexOf('/') + 1)}renamed-${word}`;
        const rename = (other: string): string => {
          const isInside = other.startsWith(`${id}/`) || other.startsWith(`${id}.`);
          return other === id || isInside ? fresh + other.slice(id.length) : other;
        };
        const diff = diffPlans(plan, renamePlan(plan, rename));
        expect(diff).toEqual({
          equal: false,
          pipeline: [],
          params: [],
          nodes: { added: [], removed: [], renamed: [{ from: id, to: fresh }], changed: [] },
        });
      }),
    );
  });
});

/** Renames through a node around the plan's own, whose id nobody has. */
function renamePlan(plan: Plan, rename: (id: string) => string): Plan {
  const inBlock = (block: Plan['block']): Plan['block'] => {
    const around: PlanNode = { kind: 'when', id: ' around', if: null, then: block, else: { nodes: [], result: null } };
    const renamed = renameNode(around, rename);
    return renamed.kind === 'when' ? renamed.then : block;
  };
  const { block, onExit } = plan;
  return { ...plan, block: inBlock(block), ...(onExit ? { onExit: { ...onExit, block: inBlock(onExit.block) } } : {}) };
}
