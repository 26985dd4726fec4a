import { describe, expect, expectTypeOf, test } from 'vitest';
import { deploy, previous, register } from '../../../activities/deliver/index.js';
import { modelNameSchema } from '../../../activities/deliver/values.js';
import type { EvaluationReport, TrainedModel, Verdict } from '../../../activities/values.js';
import { map, when } from '../../../dsl/control/index.js';
import { z } from '../../../dsl/index.js';
import type { Ref } from '../../../dsl/ref.js';
import { step } from '../../../dsl/step.js';
import { trace } from '../../../dsl/trace.js';
import { testContext } from '../../../testing/index.js';

const rows = z.object({ rows: z.int(), months: z.array(z.string()) });
const load = step('load', { input: z.null(), output: rows }, () => ({ rows: 3, months: ['2001-01'] }));
const light = step('light', { input: z.null(), output: rows, light: true }, () => ({ rows: 3, months: [] }));

const stepNodes = (build: (params: Ref<unknown>) => unknown) => trace(build).block.nodes;
const previousStep = () => trace(() => previous(load(null))).steps.get('previous')!;

describe('in a pipeline', () => {
  test('it names the node and the path, and draws no edge', () => {
    const nodes = stepNodes(() => {
      const data = load(null, { id: 'load-all' });
      return [previous(data), previous(data.months, { id: 'months' })];
    });
    expect(nodes.slice(1)).toMatchObject([
      { id: 'previous', step: 'previous', input: { node: 'load-all', path: [] } },
      { id: 'months', step: 'previous', input: { node: 'load-all', path: ['months'] } },
    ]);
  });

  test('its type is that of the ref, or null', () => {
    trace(() => {
      const data = load(null);
      expectTypeOf(previous(data)).toEqualTypeOf<Ref<{ rows: number; months: string[] } | null>>();
      expectTypeOf(previous(data.rows, { id: 'rows' })).toEqualTypeOf<Ref<number | null>>();
      // @ts-expect-error a value has no earlier one
      expect(() => previous(3)).toThrow();
    });
  });

  test('it finds steps inside the ways of a when, from inside', () => {
    const build = (flag: Ref<boolean>) => when(flag, () => previous(load(null)));
    const [node] = stepNodes((params) => build((params as Ref<{ flag: boolean }>).flag));
    expect(node).toMatchObject({ then: { nodes: [{}, { input: { node: 'when.then/load' } }] } });
  });

  test.each<[string, (params: Ref<{ months: string[]; flag: boolean }>) => unknown, RegExp]>([
    ['a param', (params) => previous(params.months), /output of a step/],
    ['a light step', () => previous(light(null)), /light/],
    ['a control node', (params) => previous(when(params.flag, () => load(null))), /not a step/],
    ['a step in a map', (params) => map(params.months, () => previous(load(null))), /map/],
    [
      'a step in a when in a map',
      (params) => map(params.months, () => when(params.flag, () => previous(load(null)))),
      /map/,
    ],
  ])('%s has no earlier value to read', (_, build, message) => {
    expect(() => trace((params) => build(params as Ref<{ months: string[]; flag: boolean }>))).toThrow(message);
  });
});

describe('in a run', () => {
  const earlier = { load: { rows: 7, months: ['2000-12'] } };
  const run = async (node: string, path: (string | number)[]) => {
    const ctx = await testContext({ previous: earlier });
    try {
      const { fn, declaration } = previousStep();
      return await fn(declaration.input.parse({ node, path }), ctx);
    } finally {
      await ctx.cleanup();
    }
  };

  test('it gives the part of the earlier output, null where there is none', async () => {
    expect(await run('load', [])).toEqual(earlier.load);
    expect(await run('load', ['months', 0])).toBe('2000-12');
    expect(await run('load', ['absent', 'deeper'])).toBeNull();
    expect(await run('train', [])).toBeNull();
  });
});

test('a model of any rows, and any report, fit into deploy and register', () => {
  type Flight = { delay: number };
  const use = (model: Ref<TrainedModel<Flight>>, verdict: Ref<Verdict>, report: Ref<EvaluationReport>) => {
    deploy({ model, as: 'flights', verdict });
    register({ model, as: 'flights', report });
    // @ts-expect-error a report is no verdict
    deploy({ model, as: 'flights', verdict: report });
  };
  expectTypeOf(use).toBeFunction();
  expect(modelNameSchema.safeParse('flight-delays').success).toBe(true);
});
