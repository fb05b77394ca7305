import { NerError } from '../error.ts';
import { abortable } from '../model/abortable.ts';
import { untilFailure } from './until-failure.ts';

/** How `mapOrdered` works. */
interface MapOptions {
  /** Most items in work at once. */
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** An outcome as a value, so that promises can wait for their turn without a rejection that nobody handles yet. */
type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: unknown };

/**
 * Applies `work` to every item, at most `workers` at once, and yields each result as soon as it and those before it are there. No more
 * items are read than are in work. If the source throws, the iteration throws that after the results of all items before it; if
 * `work` throws, in the turn of its item.
 * @param work - gets a signal that is aborted with the given one, and when nobody wants more results.
 * @throws {NerError} `usage` if `workers` is not a whole number of at least 1.
 * @throws `signal.reason` as soon as the signal is aborted, even while the source makes it wait.
 */
export async function* mapOrdered<A, B>(
  items: Iterable<A> | AsyncIterable<A>,
  { workers, signal }: MapOptions,
  work: (item: A, signal: AbortSignal) => Promise<B>,
): AsyncGenerator<B, void, undefined> {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new NerError(`workers is ${workers}; expected a whole number of at least 1.`, { code: 'usage' });
  }
  const abandoned = new AbortController();
  const workSignal = AbortSignal.any([signal, abandoned.signal]);
  const source = untilFailure(items);
  const iterator = source.items[Symbol.asyncIterator]();
  const inWork: Promise<Outcome<B>>[] = [];
  let reading: Promise<IteratorResult<A>> | undefined;
  let isOpen = true;
  try {
    while (isOpen || inWork.length > 0) {
      if (isOpen && inWork.length < workers) reading ??= iterator.next();
      const event = await abortable(firstOf(inWork[0], reading), signal);
      if ('finished' in event) {
        inWork.shift();
        if (!event.finished.ok) throw event.finished.reason;
        yield event.finished.value;
        continue;
      }
      reading = undefined;
      const { done, value } = event.read;
      if (done === true) isOpen = false;
      else inWork.push(outcomeOf(() => work(value, workSignal)));
    }
    source.rethrow();
  } finally {
    abandoned.abort();
    // A source that is being read cannot be closed before it answers, which may be never.
    if (isOpen && reading === undefined) await iterator.return?.();
    await Promise.all(inWork);
  }
}

async function outcomeOf<T>(make: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await make() };
  } catch (reason) {
    return { ok: false, reason };
  }
}

/** Whichever of the two is there first; at least one of them is waited for. */
function firstOf<A, B>(
  finished: Promise<A> | undefined,
  read: Promise<B> | undefined,
): Promise<{ readonly finished: A } | { readonly read: B }> {
  const events = [finished?.then((outcome) => ({ finished: outcome })), read?.then((outcome) => ({ read: outcome }))];
  return Promise.race(events.filter((event) => event !== undefined));
}
