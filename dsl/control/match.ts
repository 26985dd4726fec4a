import { partOfBinding } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';
import { type ResultOf, refBinding } from './result-of.js';

/** The tags of a union as property names: `true` and `1` are written as texts. */
type TagOf<T> = T extends string | number | boolean ? `${T}` : never;
type Tagged<T, Key extends PropertyKey, Tag> = T extends { readonly [K in Key]: infer Own }
  ? Tag extends TagOf<Own>
    ? T
    : never
  : never;

export interface MatchOptions<Otherwise> extends ControlOptions {
  /** The way for every tag that has no case. Without it each tag must have one. */
  readonly otherwise?: () => Otherwise;
}

type Cases<T, Key extends keyof T, Results> = {
  readonly [Tag in keyof Results]: (value: Ref<Tagged<T, Key, Tag>>) => Results[Tag];
};

/**
 * Goes the way of the variant that a union has, decided when the run gets there; inside, the ref has the type of that
 * variant. Its value is the result of the way taken. The ids of the nodes inside begin with `ID.TAG/`.
 *
 * @param value a discriminated union: `z.discriminatedUnion('kind', […])`
 * @param key the property that tells the variants apart
 * @param cases one function for each tag; a tag that is missing or unknown is a type error
 * @example
 * match(check, 'kind', { clean: ({ data }) => train({ data }), dirty: (found) => reject(found) });
 */
export function match<
  T extends object,
  Key extends keyof T & string,
  Results extends { [Tag in TagOf<T[Key]>]: unknown },
>(
  value: Ref<T>,
  key: Key,
  cases: Cases<T, Key, Results> & { readonly [Tag in Exclude<keyof Results, TagOf<T[Key]>>]: never },
  options?: ControlOptions,
): Ref<ResultOf<Results[keyof Results]>>;
export function match<
  T extends object,
  Key extends keyof T & string,
  Results extends { [Tag in TagOf<T[Key]>]?: unknown },
  Otherwise,
>(
  value: Ref<T>,
  key: Key,
  cases: Cases<T, Key, Results> & { readonly [Tag in Exclude<keyof Results, TagOf<T[Key]>>]: never },
  options: MatchOptions<Otherwise> & { readonly otherwise: () => Otherwise },
): Ref<ResultOf<Results[keyof Results]> | ResultOf<Otherwise>>;
export function match(
  value: Ref<unknown>,
  key: string,
  cases: Readonly<Record<string, (value: never) => unknown>>,
  options: MatchOptions<unknown> = {},
): Ref<unknown> {
  const { tracer, head } = claimNode('match', options);
  const { otherwise } = options;
  const on = partOfBinding(refBinding(value, 'match', 'value'), [key]);
  tracer.add({
    kind: 'match',
    ...head,
    on,
    cases: Object.entries(cases).map(([tag, way]) => ({
      is: tag,
      block: tracer.block(`${head.id}.${scopeName(tag)}/`, () => way(value as never)),
    })),
    ...(otherwise ? { otherwise: tracer.block(`${head.id}.otherwise/`, otherwise) } : {}),
  });
  return outputRef(head.id);
}

function scopeName(tag: string): string {
  if (/^[^/[\]]+$/.test(tag)) return tag;
  throw misuse(`the tag "${tag}" cannot be part of a node's id`, 'Use tags without slashes and brackets.');
}
