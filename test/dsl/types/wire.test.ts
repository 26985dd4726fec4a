import { describe, expectTypeOf, test } from 'vitest';
import { type Ref, step, typedStep, type Wire, z } from '../../../dsl/index.js';

declare const rowType: unique symbol;
type Shape = { id: string; size?: number | undefined; tags: string[]; inner: { a: number | null } };
declare const text: Ref<string>;
declare const km: Ref<'km'>;
declare const flag: Ref<boolean>;
declare const maybe: Ref<number | undefined>;
declare const tags: Ref<string[]>;
declare const fixed: Ref<readonly string[]>;
declare const inner: Ref<{ a: number }>;

/** Never called: `tsc` is the test. */
function accepted(take: (value: Wire<Shape>) => void, one: (value: Wire<string | number>) => void): void {
  take({ id: 'x', tags: ['a'], inner: { a: null } });
  take({ id: text, tags: ['a', text, km], inner });
  take({ id: km, tags, inner: { a: null }, size: maybe });
  take({ id: 'x', tags: fixed, inner: { a: inner.a }, size: undefined });
  take(null as unknown as Ref<Shape>);
  one(flagged() ? text : (null as unknown as Ref<number>));
}
const flagged = (): boolean => true;

function refused(take: (value: Wire<Shape>) => void): void {
  // @ts-expect-error a property is missing
  take({ id: 'x', tags: [] });
  // @ts-expect-error a property too many
  take({ id: 'x', tags: [], inner, more: 1 });
  // @ts-expect-error a property too many, further in
  take({ id: 'x', tags: [], inner: { a: 1, b: 2 } });
  // @ts-expect-error a ref to something else
  take({ id: flag, tags: [], inner });
  // @ts-expect-error what may be absent, where it must be there
  take({ id: 'x', tags: [], inner: { a: maybe } });
  // @ts-expect-error a list of something else
  take({ id: 'x', tags: [1], inner });
  // @ts-expect-error a list with something else among it
  take({ id: 'x', tags: ['a', maybe], inner });
  // @ts-expect-error a ref to a part, where the whole is wanted
  take(text);
}

describe('what a step takes', () => {
  test('values, refs and structures of both', () => {
    expectTypeOf(accepted).toBeFunction();
    expectTypeOf(refused).toBeFunction();
  });

  test('tuples keep their length', () => {
    expectTypeOf<[Ref<string>, number]>().toExtend<Wire<[string, number]>>();
    expectTypeOf<[Ref<string>]>().not.toExtend<Wire<[string, number]>>();
    expectTypeOf<[string, Ref<number>, 3]>().toExtend<Wire<[string, ...number[]]>>();
    expectTypeOf<[Ref<number>]>().not.toExtend<Wire<[string, ...number[]]>>();
  });

  test('records, unions and types that contain themselves', () => {
    type Tree = { value: number; children: Tree[] };
    expectTypeOf<{ value: Ref<number>; children: [Ref<Tree>] }>().toExtend<Wire<Tree>>();
    expectTypeOf<Ref<Tree[]>>().toExtend<Wire<Tree['children']>>();
    expectTypeOf<{ a: Ref<number>; b: 2 }>().toExtend<Wire<Record<string, number>>>();
    expectTypeOf<{ kind: 'a'; n: Ref<number> }>().toExtend<Wire<{ kind: 'a'; n: number } | { kind: 'b' }>>();
    expectTypeOf<{ kind: 'b'; n: Ref<number> }>().not.toExtend<Wire<{ kind: 'a'; n: number }>>();
    expectTypeOf<Ref<'a'> | Ref<'b'>>().toExtend<Wire<'a' | 'b'>>();
    expectTypeOf<Ref<{ a: Ref<string> }>>().not.toExtend<Wire<{ a: string }>>();
  });

  test('json takes refs to anything that is JSON', () => {
    type Json = z.infer<ReturnType<typeof z.json>>;
    expectTypeOf<{ deep: [Ref<{ a: number; b: string[] }>, null, 'x'] }>().toExtend<Wire<Json>>();
    expectTypeOf<Wire<unknown>>().toEqualTypeOf<unknown>();
  });

  test('functions are taken as they are', () => {
    type Model = { name: string; build: (n: number) => string };
    expectTypeOf<{ name: string; build: object }>().not.toExtend<Wire<Model>>();
    expectTypeOf<Model>().toExtend<Wire<Model>>();
  });

  test('typedStep keeps the type parameters of its signature', () => {
    type Dataset<Row> = { files: string[]; readonly [rowType]?: Row };
    const split = typedStep<
      <Row>(input: { data: Wire<Dataset<Row>>; by: keyof Row & string }) => {
        past: Ref<Dataset<Row>>;
        later: Ref<Dataset<Row>>;
      }
    >()('split', { input: z.object({ data: z.unknown(), by: z.string() }), output: z.unknown() }, () => ({}));
    const use = (data: Ref<Dataset<{ day: string; delay: number }>>) => {
      // @ts-expect-error not a column
      split({ data, by: 'week' });
      return split({ data, by: 'day' }).past;
    };
    expectTypeOf<ReturnType<typeof use>>().toEqualTypeOf<Ref<Dataset<{ day: string; delay: number }>>>();
    expectTypeOf(split.run).parameter(0).toEqualTypeOf<{ data: unknown; by: string }>();
  });

  test('a context is typed', () => {
    step('with-context', { input: z.object({}), output: z.object({}) }, (_, ctx) => {
      expectTypeOf(ctx.signal).toEqualTypeOf<AbortSignal>();
      // @ts-expect-error no such thing
      ctx.nothing;
      return {};
    });
  });
});
