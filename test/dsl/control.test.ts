import { describe, expect, test } from 'vitest';
import {
  approval,
  collect,
  type EscalateOptions,
  map,
  match,
  onExit,
  orElse,
  pipeline,
  present,
  type Ref,
  reduce,
  secret,
  secretText,
  sleep,
  step,
  waitFor,
  z,
} from '../../dsl/index.js';
import type { Trace } from '../../dsl/trace.js';

const load = step(
  'load',
  {
    input: z.object({ month: z.string() }),
    output: z.object({
      rows: z.number(),
      parts: z.array(z.string()),
      best: z.number().nullable(),
      pair: z.tuple([z.string(), z.number()]),
      state: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('good'), rows: z.number() }),
        z.object({ kind: z.literal('bad'), reason: z.string() }),
      ]),
    }),
  },
  () => ({
    rows: 1,
    parts: [],
    best: null,
    pair: ['a', 1] as [string, number],
    state: { kind: 'good' as const, rows: 1 },
  }),
);
const use = step('use', { input: z.json(), output: z.object({ n: z.number() }) }, () => ({ n: 1 }));

function draw(build: (params: { readonly month: Ref<string> }) => unknown): Trace {
  return pipeline('p', { params: z.object({ month: z.string() }) }, build).trace();
}

const ref = (id: string, ...path: (string | number)[]) => ({ $ref: id, path });

describe('choices', () => {
  test('match has a block for each tag, in which the value is of that variant', () => {
    const { block } = draw(({ month }) => {
      const { state } = load({ month });
      return match(state, 'kind', {
        good: (good: Ref<{ kind: 'good'; rows: number }>) => use(good.rows),
        bad: (bad: Ref<{ kind: 'bad'; reason: string }>) => use(bad.reason),
      });
    });
    expect(block.nodes[1]).toMatchObject({
      kind: 'match',
      on: ref('load', 'state', 'kind'),
      cases: [
        { is: 'good', block: { nodes: [{ id: 'match.good/use', input: ref('load', 'state', 'rows') }] } },
        { is: 'bad', block: { nodes: [{ id: 'match.bad/use', input: ref('load', 'state', 'reason') }] } },
      ],
    });
  });

  test('present passes the value on; orElse is a binding, and so are its parts', () => {
    const { block } = draw(({ month }) => {
      const { best, pair } = load({ month });
      const way = present(best, (there) => use({ there }));
      const either = orElse(
        present(best, () => collect({ pair: collect([1, 2]) }), undefined, { id: 'other' }),
        {
          pair: pair as unknown as Ref<number[]>,
        },
      );
      return { way, pair: either.pair };
    });
    expect(block.nodes[1]).toMatchObject({
      kind: 'present',
      value: ref('load', 'best'),
      then: { nodes: [{ id: 'present.then/use', input: { there: ref('load', 'best') } }] },
      else: { nodes: [], result: null },
    });
    expect(block.result).toMatchObject({
      pair: { $orElse: [ref('other'), { pair: ref('load', 'pair') }], path: ['pair'] },
    });
  });
});

describe('match by the value itself', () => {
  test('the value decides, and there is nothing to narrow', () => {
    const { block } = draw(({ month }) => match(load({ month }).state.kind, { good: () => month, bad: () => 'none' }));
    expect(block.nodes[1]).toMatchObject({
      kind: 'match',
      on: ref('load', 'state', 'kind'),
      cases: [
        { is: 'good', block: { result: { $param: ['month'] } } },
        { is: 'bad', block: { result: 'none' } },
      ],
    });
    const withOptions = draw(({ month }) =>
      match(load({ month }).state.kind, { good: () => month }, { id: 'which', otherwise: () => null }),
    );
    expect(withOptions.block.nodes[1]).toMatchObject({ id: 'which', otherwise: { nodes: [], result: null } });
  });
});

describe('lists', () => {
  test('reduce hands on the value and the item', () => {
    const { block } = draw(({ month }) =>
      reduce(load({ month }).parts, { n: 0 }, (sum, part) => use({ sum: sum.n, part })),
    );
    expect(block.nodes[1]).toMatchObject({
      kind: 'reduce',
      key: null,
      initial: { n: 0 },
      body: {
        nodes: [
          {
            id: 'reduce/use',
            input: { sum: { $item: 'reduce', path: ['value', 'n'] }, part: { $item: 'reduce', path: ['item'] } },
          },
        ],
      },
    });
  });

  test.each([
    [3, { items: 3 }],
    ['90%', { share: 0.9 }],
    ['0%', { share: 0 }],
  ] as const)('minSuccess %s', (given, expected) => {
    const { block } = draw(({ month }) => map(load({ month }).parts, (part) => use(part), { minSuccess: given }));
    expect(block.nodes[1]).toMatchObject({ minSuccess: expected });
  });

  test.each([-1, 1.5, '101%', 'most'])('minSuccess %s is refused', (given) => {
    const build = ({ month }: { month: Ref<string> }) =>
      map(load({ month }).parts, (part) => use(part), { minSuccess: given as number });
    expect(() => draw(build)).toThrow(`map "map" has minSuccess ${given}`);
  });

  test('a part of what is collected is the part itself; tuples have numbers in their paths', () => {
    const { block } = draw(({ month }) => {
      const { rows, pair } = load({ month });
      const all = collect({ rows, both: [rows, 2], pair });
      return [all.rows, Reflect.get(all.pair, '1'), collect([rows])];
    });
    expect(block.result).toEqual([ref('load', 'rows'), ref('load', 'pair', 1), [ref('load', 'rows')]]);
  });
});

describe('a pipeline in a pipeline', () => {
  const inner = pipeline(
    'inner',
    { params: z.object({ month: z.string().default('2001-01') }), defaults: { timeout: '7s' } },
    ({ month }) => {
      onExit(() => use('never drawn'));
      return load({ month });
    },
  );

  test('is a scope of its own with its own params and defaults, and without its onExit', () => {
    const { block, schemas, onExit: exit, steps } = draw(({ month }) => use(inner({ month }).rows, { timeout: '3s' }));
    expect(block.nodes[0]).toMatchObject({
      kind: 'pipeline',
      id: 'inner',
      pipeline: 'inner',
      params: { month: { $param: ['month'] } },
      body: {
        nodes: [
          { id: 'inner/load', input: { month: { $item: 'inner', path: ['month'] } }, options: { timeoutMs: 7000 } },
        ],
        result: ref('inner/load'),
      },
    });
    expect(block.nodes[1]).toMatchObject({ input: ref('inner', 'rows'), options: { timeoutMs: 3000 } });
    expect([...schemas.keys()]).toEqual(['pipeline/inner']);
    expect(exit).toBeUndefined();
    expect([...steps.keys()]).toEqual(['load', 'use']);
  });

  test('that calls itself is refused', () => {
    const again: { call?: () => unknown } = {};
    const loop = pipeline('loop', { params: z.object({}) }, () => again.call?.() ?? null);
    again.call = () => loop({});
    expect(() => loop.trace()).toThrow('the pipeline "loop" calls itself');
  });
});

describe('people, events and time', () => {
  test('keep their schemas in the code and their JSON Schemas in the plan', () => {
    const { block, schemas } = draw(({ month }) => {
      const event = waitFor('labels', z.object({ file: z.string() }), { timeout: '6h' });
      const pause = sleep('10m', { after: event });
      return approval({ ask: 'Deploy?', show: month, form: z.object({ text: z.string() }), after: [pause, event] });
    });
    expect(block.nodes).toMatchObject([
      { kind: 'wait', id: 'labels', timeoutMs: 21_600_000, schema: { type: 'object', required: ['file'] } },
      { kind: 'sleep', id: 'sleep', until: 600_000, after: ['labels'] },
      {
        kind: 'approval',
        ask: 'Deploy?',
        shows: { $param: ['month'] },
        quorum: 1,
        expiresMs: null,
        onExpiry: 'decline',
        after: ['sleep', 'labels'],
      },
    ]);
    expect([...schemas.keys()]).toEqual(['node/labels', 'node/approval']);
  });

  test('an approval escalates in stages, each later than the one before and all before it expires', () => {
    const ask = (escalate: EscalateOptions | EscalateOptions[], roles: string[] = ['owner'], expires?: string) =>
      draw(() => approval({ ask: 'Deploy?', roles, escalate, expires })).block.nodes[0];
    expect(ask({ after: '2d', roles: ['head'] })).toMatchObject({
      escalate: [{ afterMs: 172_800_000, roles: ['head'] }],
    });
    expect(
      ask([
        { after: '1h', roles: ['head'], instead: false },
        { after: '2h', roles: ['board'], instead: true },
      ]),
    ).toMatchObject({
      escalate: [
        { afterMs: 3_600_000, roles: ['head'] },
        { afterMs: 7_200_000, roles: ['board'], instead: true },
      ],
    });
    const head = { after: '2h', roles: ['head'] };
    expect(() => ask(head, [])).toThrow('anyone may decide there already');
    expect(() => ask(head, ['owner'], '2h')).toThrow('expires before it has escalated');
    expect(() => ask([head, head])).toThrow('stage 2 of approval "approval" is not later than the stage before it');
    expect(() => ask({ after: '2h', roles: [] })).toThrow('has no roles');
    expect(() => ask([])).toThrow('escalates to nobody');
    expect(() => ask({ after: 'soon', roles: ['head'] })).toThrow('"soon" is not a duration');
  });
});

describe('ends', () => {
  test('onExit has a block of its own, which reads how the run ended', () => {
    const { block, onExit: exit } = draw(({ month }) => {
      onExit((run) => use({ month, outcome: run.outcome }), { timeout: '1m' });
      return load({ month });
    });
    expect(block.nodes.map(({ id }) => id)).toEqual(['load']);
    expect(exit).toMatchObject({
      timeoutMs: 60_000,
      block: { nodes: [{ id: 'on-exit/use', input: { outcome: { $item: 'on-exit', path: ['outcome'] } } }] },
    });
  });

  test('onExit inside of a node, or twice, is refused', () => {
    expect(() => draw(({ month }) => map(load({ month }).parts, () => onExit(() => null)))).toThrow(
      'inside of a control',
    );
    expect(() =>
      draw(() => {
        onExit(() => null);
        onExit(() => null);
      }),
    ).toThrow('onExit was called twice');
  });
});

describe('options', () => {
  test("the node's count before the step's, and those before the pipeline's", () => {
    const own = step(
      'own',
      { input: z.json(), output: z.object({}), timeout: '2s', resources: { gpu: 2 }, cache: 'reuse' },
      () => ({}),
    );
    const options = { params: z.object({}), defaults: { timeout: '1s', priority: 5, retry: { attempts: 9 } } } as const;
    const { block, labels } = pipeline('p', options, () => {
      const first = use(1, { label: 'the first' });
      return own(2, { timeout: '3s', cache: 'off', after: first });
    }).trace();
    expect(block.nodes).toMatchObject([
      { options: { timeoutMs: 1000, priority: 5, queue: 'default', retry: { attempts: 9, factor: 2 } } },
      { after: ['use'], options: { timeoutMs: 3000, priority: 5, gpu: 2, queue: 'gpu' } },
    ]);
    expect(block.nodes[1]).not.toHaveProperty('options.cache');
    expect([...labels]).toEqual([['use', 'the first']]);
  });

  test.each([
    [{ priority: 6 }, 'priority 6'],
    [{ limit: 0 }, 'limit 0'],
    [{ limit: 2, light: true }, 'is light and has a limit'],
    [{ retry: { attempts: 0 } }, 'retry.attempts 0'],
    [{ resources: { gpu: 0.5 } }, 'resources.gpu 0.5'],
    [{ timeout: '0s' }, '"0s" is not a duration'],
    [{ timeout: 'soon' }, '"soon" is not a duration'],
    [{ id: 'a/b' }, '"a/b" cannot be a node\'s id'],
    [{ id: 'a[b]' }, "cannot be a node's id"],
    [{ id: '' }, "cannot be a node's id"],
  ])('%j is refused', (options, message) => {
    expect(() => draw(() => use(1, options))).toThrow(message);
  });
});

test('a ref cannot be an id', () => {
  expect(() => draw(({ month }) => use(1, { id: month as never }))).toThrow('an id is not a text that is known');
});

test('a secret is bound by its name', () => {
  const ask = step('ask', { input: z.object({ key: secretText() }), output: z.null() }, () => null);
  expect(draw(() => ask({ key: secret('API_KEY') })).block.nodes[0]).toMatchObject({
    input: { key: { $secret: 'API_KEY' } },
  });
  // @ts-expect-error a text is no secret
  expect(() => draw(() => ask({ key: 'API_KEY' }))).not.toThrow();
  expect(() => secret('api key')).toThrow('cannot name a secret');
});
