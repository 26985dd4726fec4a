import { describe, expectTypeOf, test } from 'vitest';
import { type Ref, step, type ValueOf, z } from '../../../dsl/index.js';

/** Never called: `tsc` is the test. What a ref of each kind of value offers. */
type Fields<T> = Exclude<keyof Ref<T> & string, 'then'>;

describe('properties of refs', () => {
  test('objects, as deep as they go', () => {
    type Deep = { a: { b: { c: number } }; text: string };
    expectTypeOf<Ref<Deep>['a']['b']['c']>().toEqualTypeOf<Ref<number>>();
    expectTypeOf<Fields<Deep>>().toEqualTypeOf<'a' | 'text'>();
    expectTypeOf<ValueOf<Ref<Deep>['a']>>().toEqualTypeOf<{ b: { c: number } }>();
  });

  test('an optional property is a ref to a value that may be absent, and never absent itself', () => {
    type Loose = { a?: number; inner?: { b: number } };
    expectTypeOf<Ref<Loose>['a']>().toEqualTypeOf<Ref<number | undefined>>();
    expectTypeOf<Ref<Loose>['inner']>().toEqualTypeOf<Ref<{ b: number } | undefined>>();
    expectTypeOf<Fields<{ b: number } | undefined>>().toEqualTypeOf<never>();
    const misuse = (ref: Ref<Loose>) => {
      // @ts-expect-error the object may be absent
      ref.inner.b;
    };
    expectTypeOf(misuse).toBeFunction();
  });

  test('what may be null has no properties', () => {
    expectTypeOf<Fields<{ b: number } | null>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<{ b: { c: number } | null }>>().toEqualTypeOf<'b'>();
  });

  test('of a union, those that all variants have', () => {
    type Either = { kind: 'a'; size: number; only: string } | { kind: 'b'; size: string };
    expectTypeOf<Fields<Either>>().toEqualTypeOf<'kind' | 'size'>();
    expectTypeOf<Ref<Either>['kind']>().toEqualTypeOf<Ref<'a' | 'b'>>();
    expectTypeOf<Ref<Either>['size']>().toEqualTypeOf<Ref<number | string>>();
    expectTypeOf<Fields<{ a: number } | string>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<{ a: number } | number[]>>().toEqualTypeOf<never>();
  });

  test('of an intersection, those of all parts', () => {
    expectTypeOf<Fields<{ a: number } & { b: string }>>().toEqualTypeOf<'a' | 'b'>();
    expectTypeOf<Ref<{ a: number } & { b: string }>['b']>().toEqualTypeOf<Ref<string>>();
  });

  test('a list has neither places nor methods', () => {
    expectTypeOf<Fields<string[]>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<readonly { a: number }[]>>().toEqualTypeOf<never>();
    const misuse = (list: Ref<{ a: number }[]>) => {
      // @ts-expect-error no place of a list is sure to be there
      list[0];
      // @ts-expect-error the list is not there yet
      list.length;
      // @ts-expect-error the list is not there yet
      list.map((item: unknown) => item);
      // @ts-expect-error the list is not there yet
      for (const item of list) void item;
    };
    expectTypeOf(misuse).toBeFunction();
  });

  test('a tuple has its places and nothing else', () => {
    type Pair = [number, { b: string }];
    expectTypeOf<Fields<Pair>>().toEqualTypeOf<'0' | '1'>();
    expectTypeOf<Ref<Pair>[0]>().toEqualTypeOf<Ref<number>>();
    expectTypeOf<Ref<Pair>[1]['b']>().toEqualTypeOf<Ref<string>>();
    expectTypeOf<Ref<readonly [string, number?]>[1]>().toEqualTypeOf<Ref<number | undefined>>();
    expectTypeOf<Fields<[string, ...number[]]>>().toEqualTypeOf<'0'>();
    const misuse = (pair: Ref<Pair>) => {
      // @ts-expect-error a third place
      pair[2];
      // @ts-expect-error the length is known: 2
      pair.length;
    };
    expectTypeOf(misuse).toBeFunction();
  });

  test('an entry of a record may be absent', () => {
    const use = (record: Ref<Record<string, number>>) => record.entry!;
    expectTypeOf<ReturnType<typeof use>>().toEqualTypeOf<Ref<number | undefined>>();
    expectTypeOf<Ref<Record<'a' | 'b', number>>['a']>().toEqualTypeOf<Ref<number>>();
    type Known = { known: string; [other: string]: unknown };
    expectTypeOf<Ref<Known>['known']>().toEqualTypeOf<Ref<string>>();
  });

  test('types that contain themselves', () => {
    type Tree = { value: number; left: Tree | null; children: Tree[]; parent?: Tree };
    expectTypeOf<Fields<Tree>>().toEqualTypeOf<'value' | 'left' | 'children' | 'parent'>();
    expectTypeOf<Ref<Tree>['children']>().toEqualTypeOf<Ref<Tree[]>>();
    const tree = z.object({
      value: z.number(),
      get children() {
        return z.array(tree);
      },
    });
    const grow = step('grow', { input: z.object({}), output: tree }, () => ({ value: 1, children: [] }));
    expectTypeOf<ReturnType<typeof grow>['value']>().toEqualTypeOf<Ref<number>>();
    expectTypeOf<Ref<z.infer<ReturnType<typeof z.json>>>>().toExtend<Ref<unknown>>();
    expectTypeOf<Fields<z.infer<ReturnType<typeof z.json>>>>().toEqualTypeOf<never>();
  });

  test('texts and numbers have none, branded ones neither', () => {
    expectTypeOf<Fields<string>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<'a' | 'b'>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<`v${number}`>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<string & z.$brand<'Id'>>>().toEqualTypeOf<never>();
    expectTypeOf<Fields<{ a: number } & z.$brand<'Row'>>>().toEqualTypeOf<'a'>();
    enum Size {
      Small = 'small',
      Large = 'large',
    }
    expectTypeOf<Fields<Size>>().toEqualTypeOf<never>();
    expectTypeOf<Ref<Size.Small>>().toExtend<Ref<Size>>();
    expectTypeOf<Ref<boolean>>().not.toExtend<Ref<true>>();
  });

  test('unknown, any and never offer nothing, and any does not pass for everything', () => {
    expectTypeOf<Fields<unknown>>().toEqualTypeOf<never>();
    // biome-ignore lint/suspicious/noExplicitAny: what is tested
    type Any = Ref<any>;
    expectTypeOf<Exclude<keyof Any & string, 'then'>>().toEqualTypeOf<never>();
    expectTypeOf<Any>().toEqualTypeOf<Ref<unknown>>();
    expectTypeOf<Fields<never>>().toEqualTypeOf<never>();
    expectTypeOf<Ref<never>>().toExtend<Ref<string>>();
  });

  test('edges are the JSON side of a codec', () => {
    const date = z.codec(z.iso.datetime(), z.date(), {
      decode: (text) => new Date(text),
      encode: (time) => time.toISOString(),
    });
    const at = step('at', { input: z.object({ at: date }), output: z.object({ at: date }) }, (input) => {
      expectTypeOf(input.at).toEqualTypeOf<Date>();
      return input;
    });
    expectTypeOf<ReturnType<typeof at>['at']>().toEqualTypeOf<Ref<string>>();
    expectTypeOf<Ref<string>>().toExtend<
      Parameters<typeof at>[0] extends infer I ? (I extends { at: infer A } ? A : never) : never
    >();
  });

  test('a ref is no promise', () => {
    const misuse = async (ref: Ref<string>) => {
      // @ts-expect-error a ref has no value to wait for
      await ref;
    };
    expectTypeOf(misuse).toBeFunction();
  });

  test('refs go where a wider type is wanted', () => {
    expectTypeOf<Ref<'km'>>().toExtend<Ref<string>>();
    expectTypeOf<Ref<{ a: 1; b: string }>>().toExtend<Ref<{ a: number }>>();
    expectTypeOf<Ref<{ a: number }>>().not.toExtend<Ref<{ a: string }>>();
    expectTypeOf<Ref<string[]>>().toExtend<Ref<readonly string[]>>();
    expectTypeOf<Ref<number>>().toExtend<Ref<number | null>>();
    expectTypeOf<Ref<number | null>>().not.toExtend<Ref<number>>();
    const widen = <T>(ref: Ref<T>): T[] => [ref as never];
    expectTypeOf(widen(null as unknown as Ref<number>)).toEqualTypeOf<number[]>();
    expectTypeOf(widen(null as unknown as Ref<{ a: number }>)).toEqualTypeOf<{ a: number }[]>();
    expectTypeOf(widen(null as unknown as Ref<number | null>)).toEqualTypeOf<(number | null)[]>();
  });
});
