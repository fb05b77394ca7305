/** The items of a source up to its failure. */
export interface UntilFailure<T> {
  /** Passes items on and ends, without throwing, where the source throws. */
  readonly items: AsyncIterable<T>;
  /** Throws what the source threw, if it did. */
  rethrow(): void;
}

/** Puts off the failure of a source, so that what was made of its items until then can be finished first. */
export function untilFailure<T>(source: Iterable<T> | AsyncIterable<T>): UntilFailure<T> {
  let failure: { readonly reason: unknown } | undefined;
  async function* items(): AsyncGenerator<T, void, undefined> {
    try {
      yield* source;
    } catch (reason) {
      failure = { reason };
    }
  }
  return {
    items: items(),
    rethrow() {
      if (failure !== undefined) throw failure.reason;
    },
  };
}
