import { describe, expectTypeOf, test } from 'vitest';
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
} from '../../../dsl/index.js';

type Check = { kind: 'clean'; rows: number } | { kind: 'dirty'; bad: string[] } | { kind: 'empty' };
declare const check: Ref<Check>;
declare const graded: Ref<{ grade: 1; a: string } | { grade: 2; b: number }>;
declare const sure: Ref<{ ok: true; value: number } | { ok: false; why: string }>;
declare const size: Ref<'small' | 'large'>;
declare const flag: Ref<boolean>;
declare const count: Ref<number>;
declare const texts: Ref<string[]>;
declare const rows: Ref<readonly { id: string; n: number }[]>;
declare const best: Ref<{ model: string } | null>;
declare const perhaps: Ref<number | undefined>;

describe('match', () => {
  test('narrows in each case, and unites the results', () => {
    const result = () =>
      match(check, 'kind', {
        clean: (found) => found.rows,
        dirty: ({ bad }) => bad,
        empty: () => 'nothing',
      });
    expectTypeOf<ReturnType<typeof result>>().toEqualTypeOf<Ref<number | string[] | string>>();
  });

  test('numbers and truth values are tags', () => {
    const grade = () => match(graded, 'grade', { 1: ({ a }) => a, 2: ({ b }) => b });
    expectTypeOf<ReturnType<typeof grade>>().toEqualTypeOf<Ref<string | number>>();
    const ok = () => match(sure, 'ok', { true: ({ value }) => value, false: (not) => reject(not.why) });
    expectTypeOf<ReturnType<typeof ok>>().toEqualTypeOf<Ref<number>>();
  });

  test('otherwise takes what has no case', () => {
    const result = () => match(check, 'kind', { clean: ({ rows: n }) => n }, { otherwise: () => null });
    expectTypeOf<ReturnType<typeof result>>().toEqualTypeOf<Ref<number | null>>();
  });

  test('a text or a number is matched by itself', () => {
    const result = () => match(size, { small: () => count, large: () => flag });
    expectTypeOf<ReturnType<typeof result>>().toEqualTypeOf<Ref<number | boolean>>();
    const other = () => match(size, { small: () => count }, { otherwise: () => reject(size) });
    expectTypeOf<ReturnType<typeof other>>().toEqualTypeOf<Ref<number>>();
    const truth = () => match(flag, { true: () => 1, false: () => 'no' });
    expectTypeOf<ReturnType<typeof truth>>().toEqualTypeOf<Ref<number | string>>();
  });

  test('mistakes', () => {
    const misuses = () => {
      // @ts-expect-error "empty" has no case
      match(check, 'kind', { clean: () => 1, dirty: () => 2 });
      // @ts-expect-error not a tag
      match(check, 'kind', { clean: () => 1, dirty: () => 2, empty: () => 3, full: () => 4 });
      // @ts-expect-error not a property of all variants
      match(check, 'rows', { 1: () => 1 });
      // @ts-expect-error what another variant has
      match(check, 'kind', { clean: ({ bad }) => bad, dirty: () => 2, empty: () => 3 });
      // @ts-expect-error "large" has no case
      match(size, { small: () => 1 });
      // @ts-expect-error not a value it can have
      match(size, { small: () => 1, large: () => 2, huge: () => 3 });
      // @ts-expect-error any text: there is no end to the cases
      match(texts, { small: () => 1 });
    };
    expectTypeOf(misuses).toBeFunction();
  });
});

describe('optional values', () => {
  test('present and orElse lead to what is there', () => {
    const start = () =>
      present(
        best,
        (there) => there.model,
        () => count,
      );
    expectTypeOf<ReturnType<typeof start>>().toEqualTypeOf<Ref<string | number>>();
    const half = () => present(perhaps, (n) => ({ n }));
    expectTypeOf<ReturnType<typeof half>>().toEqualTypeOf<Ref<{ n: number } | null>>();
    const model = () => orElse(best, { model: 'none' }).model;
    expectTypeOf<ReturnType<typeof model>>().toEqualTypeOf<Ref<string>>();
    const misuses = () => {
      // @ts-expect-error another type
      orElse(perhaps, 'x');
      // @ts-expect-error it may be null
      best.model;
    };
    expectTypeOf(misuses).toBeFunction();
  });

  test('an entry of a record', () => {
    const entry = (record: Ref<Record<string, number>>) => orElse(record.a, 0);
    expectTypeOf<ReturnType<typeof entry>>().toEqualTypeOf<Ref<number>>();
  });
});

describe('lists', () => {
  test('map gives a list of results; with minSuccess it has gaps', () => {
    const whole = () => map(texts, (text) => ({ text, n: count }));
    expectTypeOf<ReturnType<typeof whole>>().toEqualTypeOf<Ref<{ text: string; n: number }[]>>();
    const gaps = () => map(rows, (row) => row.n, { key: (row) => row.id, minSuccess: '90%' });
    expectTypeOf<ReturnType<typeof gaps>>().toEqualTypeOf<Ref<(number | null)[]>>();
    const tuned = () => map(texts, (text) => text, { concurrency: 4, id: 'each' });
    expectTypeOf<ReturnType<typeof tuned>>().toEqualTypeOf<Ref<string[]>>();
  });

  test('items that are not their own keys need one', () => {
    const misuses = () => {
      // @ts-expect-error no key
      map(rows, (row) => row.n);
      // @ts-expect-error no key among the options
      map(rows, (row) => row.n, { concurrency: 2 });
      // @ts-expect-error the key is not a property of the items
      map(rows, (row) => row.n, { key: (row) => row.name });
      // @ts-expect-error an object cannot be a key
      map(rows, (row) => row.n, { key: (row) => row });
      // @ts-expect-error no such option
      map(texts, (text) => text, { parallel: 2 });
      // @ts-expect-error not a list
      map(count, (item) => item);
    };
    expectTypeOf(misuses).toBeFunction();
  });

  test('reduce hands its value on', () => {
    const sum = () => reduce(texts, { n: 0 }, (value, text) => ({ n: value.n, last: text }));
    expectTypeOf<ReturnType<typeof sum>>().toEqualTypeOf<Ref<{ n: number }>>();
    const last = () => reduce(rows, count, (_, row) => row.n, { key: (row) => row.id });
    expectTypeOf<ReturnType<typeof last>>().toEqualTypeOf<Ref<number>>();
    const misuses = () => {
      // @ts-expect-error the body returns something else
      reduce(texts, count, (_, text) => text);
      // @ts-expect-error no key
      reduce(rows, count, (_, row) => row.n);
    };
    expectTypeOf(misuses).toBeFunction();
  });

  test('collect makes one ref of several', () => {
    const one = () => collect({ a: count, list: [flag, flag], plain: 'x' });
    expectTypeOf<ReturnType<typeof one>>().toEqualTypeOf<Ref<{ a: number; list: boolean[]; plain: string }>>();
    const list = (refs: Ref<number>[]) => map(collect(refs), (n) => n);
    expectTypeOf<ReturnType<typeof list>>().toEqualTypeOf<Ref<number[]>>();
  });
});

describe('people and time', () => {
  test('approvals and events have the type of their form', () => {
    const ask = () => approval({ ask: 'Deploy?', form: z.object({ share: z.number().default(1) }) });
    expectTypeOf<ReturnType<typeof ask>['approved']>().toEqualTypeOf<Ref<boolean>>();
    expectTypeOf<ReturnType<typeof ask>['value']>().toEqualTypeOf<Ref<{ share: number } | null>>();
    const plain = () => approval({ ask: 'Deploy?' });
    expectTypeOf<ReturnType<typeof plain>['value']>().toEqualTypeOf<Ref<null>>();
    const event = () => waitFor('labels', z.object({ file: z.string() }));
    expectTypeOf<ReturnType<typeof event>['file']>().toEqualTypeOf<Ref<string>>();
    const timely = () => waitFor('labels', z.object({ file: z.string() }), { timeout: '6h' });
    expectTypeOf<ReturnType<typeof timely>>().toEqualTypeOf<Ref<{ file: string } | null>>();
    const pause = () => [sleep('1h'), sleep(texts as unknown as Ref<string>)];
    expectTypeOf<ReturnType<typeof pause>>().toEqualTypeOf<Ref<null>[]>();
    const misuses = () => {
      // @ts-expect-error a ref to a number is no time
      sleep(count);
      // @ts-expect-error no question
      approval({});
    };
    expectTypeOf(misuses).toBeFunction();
  });

  test('onExit reads how the run ended', () => {
    onExit;
    const exit = () =>
      onExit((run) => {
        expectTypeOf(run.outcome).toExtend<Ref<string>>();
        // @ts-expect-error no such thing
        run.result;
      });
    expectTypeOf(exit).returns.toEqualTypeOf<void>();
  });
});

describe('when', () => {
  test('unites its ways, null where there is none', () => {
    const both = () =>
      when(
        flag,
        () => count,
        () => texts,
      );
    expectTypeOf<ReturnType<typeof both>>().toEqualTypeOf<Ref<number | string[]>>();
    const nested = () => when(flag, () => when(flag, () => count));
    expectTypeOf<ReturnType<typeof nested>>().toEqualTypeOf<Ref<number | null>>();
    const nothing = () => when(flag, () => {});
    expectTypeOf<ReturnType<typeof nothing>>().toEqualTypeOf<Ref<null>>();
    const misuses = () => {
      // @ts-expect-error a number decides nothing
      when(count, () => 1);
      // @ts-expect-error known now
      when(true, () => 1);
      // @ts-expect-error it may be null
      when(best, () => 1);
    };
    expectTypeOf(misuses).toBeFunction();
  });
});

describe('pipelines', () => {
  const time = z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (at) => at.toISOString(),
  });
  const params = z.object({ month: z.string(), epochs: z.int().default(4), from: time, note: z.string().optional() });
  const inner = pipeline('inner', { params }, (given) => {
    expectTypeOf(given.epochs).toEqualTypeOf<Ref<number>>();
    expectTypeOf(given.from).toEqualTypeOf<Ref<string>>();
    expectTypeOf(given.note).toEqualTypeOf<Ref<string | undefined>>();
    return { pair: [count, given.month] as const, list: [count], nothing: undefined, deep: { given } };
  });

  test('a pipeline is called with its params, and gives its result', () => {
    const use = () => inner({ month: 'x', from: '2001-01-01T00:00:00Z' });
    expectTypeOf<ReturnType<typeof use>['pair']>().toEqualTypeOf<Ref<readonly [number, string]>>();
    expectTypeOf<ReturnType<typeof use>['list']>().toEqualTypeOf<Ref<number[]>>();
    expectTypeOf<ReturnType<typeof use>['nothing']>().toEqualTypeOf<Ref<null>>();
    expectTypeOf<ReturnType<typeof use>['deep']['given']['epochs']>().toEqualTypeOf<Ref<number>>();
    const misuses = () => {
      // @ts-expect-error a param is missing
      inner({ month: 'x' });
      // @ts-expect-error the JSON side of a param
      inner({ month: 'x', from: new Date() });
    };
    expectTypeOf(misuses).toBeFunction();
  });

  test('without a result it gives null', () => {
    const silent = pipeline('silent', { params: z.object({}) }, () => {});
    expectTypeOf<ReturnType<typeof silent>>().toEqualTypeOf<Ref<null>>();
    const of = step('of', { input: z.object({}), output: z.array(z.number()) }, () => []);
    const listed = pipeline('listed', { params: z.object({}) }, () => of({}));
    expectTypeOf<ReturnType<typeof listed>>().toEqualTypeOf<Ref<number[]>>();
  });
});
