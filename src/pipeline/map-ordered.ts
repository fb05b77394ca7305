import { untilFailure } from './until-failure.ts';

/**
 * Applies `work` to every item, at most `workers` at once, and yields the results in the order of the items. No more items are
 * read than are in work. If the source throws, the iteration throws that after the results of all items before it; if `work`
 * throws, in the turn of its item.
 * @throws {RangeError} if `workers` is not a whole number of at least 1.
 */
export async function* mapOrdered<A, B>(
  items: Iterable<A> | AsyncIterable<A>,
  workers: number,
  work: (item: A) => Promise<B>,
): AsyncGenerator<B, void, undefined> {
  if (!Number.isInteger(workers) || workers < 1) throw new RangeError(`workers is ${workers}; expected a whole number of at least 1.`);
  const source = untilFailure(items);
  const inWork: Promise<B>[] = [];
  try {
    for await (const item of source.items) {
      const result = work(item);
      result.catch(() => undefined); // it is awaited below, in its turn; until then its rejection is no stray one
      inWork.push(result);
      if (inWork.length >= workers) yield await takeFirst(inWork);
    }
    while (inWork.length > 0) yield await takeFirst(inWork);
    source.rethrow();
  } finally {
    await Promise.allSettled(inWork);
  }
}

function takeFirst<B>(inWork: Promise<B>[]): Promise<B> {
  const first = inWork.shift();
  if (first === undefined) throw new RangeError('Nothing is in work.');
  return first;
}
