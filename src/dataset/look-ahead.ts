/**
 * Reads the first items in advance, to learn from them how to understand all.
 * @param most - how many, if there are so many.
 * @returns the items read, and all items from the first on; these can be read once.
 */
export async function lookAhead<T>(
  items: AsyncIterable<T>,
  most: number,
): Promise<{ readonly head: readonly T[]; readonly all: AsyncGenerator<T, void, undefined> }> {
  const iterator = items[Symbol.asyncIterator]();
  const head: T[] = [];
  let isDone = false;
  while (head.length < most && !isDone) {
    const next = await iterator.next();
    if (next.done === true) isDone = true;
    else head.push(next.value);
  }
  return { head, all: whole(head, isDone ? undefined : iterator) };
}

async function* whole<T>(head: readonly T[], rest: AsyncIterator<T> | undefined): AsyncGenerator<T, void, undefined> {
  try {
    yield* head;
    for (let next = await rest?.next(); next !== undefined && next.done !== true; next = await rest?.next()) yield next.value;
  } finally {
    await rest?.return?.();
  }
}

/**
 * The first items; the others are not read.
 * @param most - how many, if there are so many.
 */
export async function firstItems<T>(items: AsyncIterable<T>, most: number): Promise<readonly T[]> {
  const first: T[] = [];
  for await (const item of items) {
    first.push(item);
    if (first.length >= most) break;
  }
  return first;
}
