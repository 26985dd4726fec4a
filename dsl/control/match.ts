import { type Binding, partOfBinding } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';
import { type ResultOf, refBinding } from './result-of.js';

export interface MatchOptions<Otherwise = unknown> extends ControlOptions {
  /** The way for every tag that has no case. Without it each tag must have one. */
  readonly otherwise?: () => Otherwise;
}

type Scalar = string | number | boolean;
/** The tags of a union as property names: `true` and `1` are written as texts. */
type TagOf<T> = T extends Scalar ? `${T}` : never;
type Tagged<T, Key extends PropertyKey, Tag> = T extends { readonly [K in Key]: infer Own }
  ? Tag extends TagOf<Own>
    ? T
    : never
  : never;

/** What is matched by: the property that tells objects apart, or else the cases of the value itself. */
type On<T> = [T] extends [Scalar] ? { readonly [Tag in TagOf<T>]?: () => unknown } : TagKey<T>;
type TagKey<T> = { [Key in keyof T & string]: T[Key] extends Scalar ? Key : never }[keyof T & string];
type Rest<T, Key> = [T] extends [Scalar]
  ? MatchOptions
  : Key extends keyof T
    ? { readonly [Tag in TagOf<T[Key]>]?: (value: Ref<Tagged<T, Key, Tag>>) => unknown }
    : never;

/** A key that is written as a number is one to TypeScript. */
type NumberOf<Tags> = Tags extends `${infer N extends number}` ? N : never;

/** Asks for what is missing among cases, and refuses what does not belong there, at the key where it is. */
type Complete<Tags extends string, Cases, Options> =
  NoCaseFor<Exclude<keyof Cases, Tags | NumberOf<Tags>>> extends infer Extra
    ? (keyof Extra extends never ? unknown : Extra) &
        (Options extends { readonly otherwise: () => unknown } ? unknown : Missing<Exclude<Tags, TextOf<keyof Cases>>>)
    : never;

type Missing<Tags extends string> = [Tags] extends [never] ? unknown : NeedsCaseFor<Tags>;
type NeedsCaseFor<Tags extends string> = { readonly [Tag in Tags]: unknown };
type NoCaseFor<Tags extends PropertyKey> = { readonly [Tag in Tags]: 'the value has no such tag' };
type TextOf<Key> = Key extends string | number ? `${Key}` : never;

type CheckOn<T, Key, Cases> = [T] extends [Scalar] ? Complete<TagOf<T>, Key, Cases> : unknown;
type CheckCases<T, Key, Cases, Options> = [T] extends [Scalar]
  ? unknown
  : Complete<Key extends keyof T ? TagOf<T[Key]> : never, Cases, Options>;

type ResultOfCases<Cases> = {
  [Tag in keyof Cases]: Cases[Tag] extends (value: never) => infer R ? ResultOf<R> : never;
}[keyof Cases];
type ResultOfOtherwise<Options> = Options extends { readonly otherwise: () => infer R } ? ResultOf<R> : never;
type Matched<T, Key, Cases, Options> = [T] extends [Scalar]
  ? ResultOfCases<Key> | ResultOfOtherwise<Cases>
  : ResultOfCases<Cases> | ResultOfOtherwise<Options>;

/**
 * Goes the way of the variant that a union has, decided when the run gets there; inside, the ref has the type of that
 * variant. Its value is the result of the way taken. The ids of the nodes inside begin with `ID.TAG/`.
 *
 * Takes a discriminated union, the property that tells its variants apart and a function for each tag; or a text, a
 * number or a truth value of which the type knows all values, and a function for each of them. A tag that is missing
 * or unknown is a type error; with `otherwise` among the options, tags may be missing.
 *
 * @example
 * match(check, 'kind', { clean: ({ data }) => train({ data }), dirty: (found) => reject(found) });
 * match(size, { small: () => trainHere({ data }), large: () => trainOnGpu({ data }) });
 */
export function match<
  T,
  const Key extends On<T>,
  Cases extends Rest<T, Key> = Rest<T, Key>,
  Options extends MatchOptions = MatchOptions,
>(
  value: RefCore<T>,
  key: Key & CheckOn<T, Key, Cases>,
  ...rest: [T] extends [Scalar]
    ? [options?: Cases]
    : [cases: Cases & CheckCases<T, Key, Cases, Options>, options?: Options]
): Ref<Matched<T, Key, Cases, Options>> {
  const on = refBinding(value, 'match', 'value');
  const [first, second] = rest as readonly unknown[];
  // The types above relate the arguments to each other; below, they are what they are for every call.
  if (typeof key === 'string') return addMatch(value, partOfBinding(on, [key]), first as Ways, second as MatchOptions);
  return addMatch(value, on, key as unknown as Ways, first as MatchOptions);
}

type Ways = Readonly<Record<string, (value: RefCore<unknown>) => unknown>>;

function addMatch<T>(value: RefCore<unknown>, on: Binding, cases: Ways, options: MatchOptions = {}): Ref<T> {
  const { tracer, head } = claimNode('match', options);
  const { otherwise } = options;
  tracer.add({
    kind: 'match',
    ...head,
    on,
    cases: Object.entries(cases).map(([tag, way]) => ({
      is: tag,
      block: tracer.block(`${head.id}.${tracer.attempt(() => scopeName(tag), 'tag')}/`, () => way(value)),
    })),
    ...(otherwise ? { otherwise: tracer.block(`${head.id}.otherwise/`, otherwise) } : {}),
  });
  return outputRef(head.id);
}

function scopeName(tag: string): string {
  if (/^[^/[\]]+$/.test(tag)) return tag;
  throw misuse(`the tag "${tag}" cannot be part of a node's id`, 'Use tags without slashes and brackets.');
}
