declare const refValue: unique symbol;

/**
 * What all refs have. It is called `Ref` as the public type is, so that errors in an editor read `Ref<number>`.
 */
export interface Ref<out T> {
  readonly [refValue]: T;
  /**
   * Not there: a ref has no value to wait for. Declared so that `await` of a ref is a type error that says so.
   * @deprecated
   */
  then(this: 'a ref is not a promise: do not await it, pass it to a step'): never;
}
