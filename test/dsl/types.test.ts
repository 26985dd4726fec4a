import { describe, expectTypeOf, test } from 'vitest';
import { map, pipeline, type Ref, reject, step, typedStep, type Wire, when, z } from '../../dsl/index.js';

const load = step(
  'load',
  {
    input: z.object({ month: z.string() }),
    output: z.object({ rows: z.number(), good: z.boolean(), parts: z.array(z.string()) }),
  },
  ({ month }) => ({ rows: month.length, good: true, parts: [month] }),
);
const count = step(
  'count',
  { input: z.object({ n: z.number(), unit: z.enum(['km', 'mi']).default('km') }), output: z.number() },
  ({ n }) => n,
);

/** Never called: the compiler is the test. `tsc` fails when an error that is expected here does not come. */
function misuses({ month }: { month: Ref<string> }): void {
  const loaded = load({ month });

  // @ts-expect-error a number where a string is wanted
  load({ month: 1 });
  // @ts-expect-error a ref to a number where a string is wanted
  load({ month: loaded.rows });
  // @ts-expect-error a missing input
  load({});
  // @ts-expect-error an input the step does not have
  load({ month, year: 2001 });
  // @ts-expect-error an output the step does not have
  count({ n: loaded.row });
  // @ts-expect-error a whole output where a part of it is wanted
  count({ n: loaded });
  // @ts-expect-error a value outside the enum
  count({ n: 1, unit: 'furlong' });
  // @ts-expect-error a condition must be a boolean
  when(loaded.rows, () => loaded);
  // @ts-expect-error only lists can be mapped over
  map(loaded.rows, (item) => item);
  // @ts-expect-error a ref is not its value
  const text: string = month;
  // @ts-expect-error arithmetic needs values
  const sum: number = loaded.rows + 1;
  // @ts-expect-error a ref has no array methods
  loaded.parts.map((part: string) => part);
  void [text, sum];
}

describe('types of edges', () => {
  test('outputs are refs, and so are their parts', () => {
    type Loaded = ReturnType<typeof load>;
    expectTypeOf<Loaded>().toEqualTypeOf<Ref<{ rows: number; good: boolean; parts: string[] }>>();
    expectTypeOf<Loaded['rows']>().toEqualTypeOf<Ref<number>>();
  });

  test('inputs take values, refs, and structures of both; defaults may be left out', () => {
    expectTypeOf<{ n: Ref<number> }>().toExtend<Parameters<typeof count>[0]>();
    expectTypeOf<{ n: number; unit: 'mi' }>().toExtend<Parameters<typeof count>[0]>();
    expectTypeOf<Ref<'km'>>().toExtend<Ref<string>>();
  });

  test('control nodes give the types of their ways', () => {
    const way = (loaded: ReturnType<typeof load>) =>
      when(
        loaded.good,
        () => count({ n: loaded.rows }),
        () => reject(loaded),
      );
    expectTypeOf<ReturnType<typeof way>>().toEqualTypeOf<Ref<number>>();
    const half = (loaded: ReturnType<typeof load>) => when(loaded.good, () => loaded);
    expectTypeOf<ReturnType<typeof half>>().toExtend<Ref<{ rows: number; good: boolean; parts: string[] } | null>>();
    const mapped = (loaded: ReturnType<typeof load>) => map(loaded.parts, (month) => load({ month }).rows);
    expectTypeOf<ReturnType<typeof mapped>>().toEqualTypeOf<Ref<number[]>>();
  });

  test('typedStep keeps the type parameters of its signature', () => {
    const first = typedStep<<Item>(input: { items: Wire<readonly Item[]> }) => Ref<Item>>()(
      'first',
      { input: z.object({ items: z.array(z.unknown()) }), output: z.unknown() },
      ({ items }) => items[0],
    );
    const use = (parts: Ref<string[]>) => first({ items: parts });
    expectTypeOf<ReturnType<typeof use>>().toEqualTypeOf<Ref<string>>();
  });

  test('a pipeline hands its params over as refs', () => {
    pipeline('typed', { params: z.object({ month: z.string(), epochs: z.int().default(4) }) }, (params) => {
      expectTypeOf(params.month).toEqualTypeOf<Ref<string>>();
      expectTypeOf(params.epochs).toEqualTypeOf<Ref<number>>();
      return load({ month: params.month });
    });
    expectTypeOf(misuses).toBeFunction();
  });
});

test('an output is what is written: defaults are filled in, a codec is its JSON side', () => {
  const dated = step(
    'dated',
    {
      input: z.object({}),
      output: z.object({
        n: z.number().default(3),
        at: z.codec(z.iso.datetime(), z.date(), {
          decode: (text) => new Date(text),
          encode: (date) => date.toISOString(),
        }),
        note: z.string().optional(),
      }),
    },
    () => ({ n: 1, at: new Date() }),
  );
  const use = () => {
    const { n, at, note } = dated({});
    return { n, at, note };
  };
  expectTypeOf<ReturnType<typeof use>>().toEqualTypeOf<{
    n: Ref<number>;
    at: Ref<string>;
    note: Ref<string | undefined>;
  }>();
});
