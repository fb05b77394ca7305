/** What waits for several owners. They take turns; what waits for one comes in its order. */
export interface TurnQueue<T> {
  readonly isEmpty: boolean;
  /** Behind all that waits for the owner; an owner for whom nothing waited has its turn after all others. */
  add(owner: symbol, item: T): void;
  /** Takes out the first item of the owner whose turn it is, which puts that owner behind all others. */
  next(): T | undefined;
  /** Takes out an item; nothing happens if it does not wait. */
  remove(owner: symbol, item: T): void;
  /** Takes out all that waits for an owner, in its order. */
  removeAll(owner: symbol): readonly T[];
}

export function turnQueue<T>(): TurnQueue<T> {
  /** In the order of their turns; none is empty. */
  const lines = new Map<symbol, Set<T>>();

  function remove(owner: symbol, item: T): void {
    const line = lines.get(owner);
    line?.delete(item);
    if (line?.size === 0) lines.delete(owner);
  }

  return {
    get isEmpty() {
      return lines.size === 0;
    },
    add(owner, item) {
      const line = lines.get(owner);
      if (line === undefined) lines.set(owner, new Set([item]));
      else line.add(item);
    },
    next() {
      for (const [owner, line] of lines) {
        for (const item of line) {
          lines.delete(owner);
          lines.set(owner, line);
          remove(owner, item);
          return item;
        }
      }
      return undefined;
    },
    remove,
    removeAll(owner) {
      const line = lines.get(owner) ?? [];
      lines.delete(owner);
      return [...line];
    },
  };
}
